import type { CarillonError } from '@carillon/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AccountView,
  block,
  changeListMembers,
  createChannel,
  createList,
  deleteList,
  follow,
  followedTagsOf,
  followTag,
  type ListView,
  listById,
  listMembersOf,
  listsOf,
  unfollow,
  updateList,
} from '../index.ts';
import { type OpenDomain, openDomain } from '../testing/open-domain.ts';

let domain: OpenDomain;
let count = 0;
beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain[Symbol.asyncDispose]());

const PAGE = { limit: 40 };

function person(): Promise<AccountView> {
  return domain.account(`person${++count}`);
}

async function listOf(actor: AccountView): Promise<ListView> {
  return domain.run(createList, { actor: actor.id, title: 'Friends', replies: 'list', exclusive: true });
}

async function members(viewer: AccountView, id: number) {
  return (await domain.ask(listMembersOf, { viewer: viewer.id, id, page: PAGE }))?.map(({ item }) => item.id);
}

const refusal = (run: Promise<unknown>) =>
  run.then(
    () => 'done',
    (error: CarillonError) => error.code,
  );

function changes(since: number) {
  return domain
    .since(since)
    .filter(({ type }) => type === 'list.changed')
    .map(({ topics, data }) => [topics, data]);
}

describe('a list', () => {
  it('is made, changed and deleted, and each event says how it stands', async () => {
    const [owner, other] = [await person(), await person()];
    const since = domain.heard.length;
    const made = await listOf(owner);
    const renamed = await domain.run(updateList, { actor: owner.id, id: made.id, title: 'Family', exclusive: false });

    expect(made).toEqual({ id: made.id, title: 'Friends', replies: 'list', exclusive: true });
    expect(renamed).toEqual({ ...made, title: 'Family', exclusive: false });
    expect(await domain.ask(listById, { viewer: owner.id, id: made.id })).toEqual(renamed);
    expect(await domain.ask(listById, { viewer: other.id, id: made.id })).toBeUndefined();
    expect(await domain.ask(listMembersOf, { viewer: other.id, id: made.id, page: PAGE })).toBeUndefined();
    const theirs = { actor: other.id, id: made.id };
    expect(await refusal(domain.run(updateList, { ...theirs, title: 'Mine' }))).toBe('not-found');
    expect(await refusal(domain.run(changeListMembers, theirs))).toBe('not-found');
    expect(await refusal(domain.run(deleteList, theirs))).toBe('not-found');
    expect(await refusal(domain.run(updateList, { actor: owner.id, id: made.id, title: ' ' }))).toBe('unprocessable');

    await domain.run(deleteList, { actor: owner.id, id: made.id });
    const [topics, named] = [[`account:${owner.id}`], { account: owner.id, list: made.id }];
    expect(changes(since)).toEqual([
      [topics, { ...named, settings: { replies: 'list', exclusive: true } }],
      [topics, { ...named, settings: { replies: 'list', exclusive: false } }],
      [topics, named],
    ]);
    expect(await domain.ask(listsOf, { viewer: owner.id })).toEqual([]);
  });

  it('holds those alone whom its owner follows, groups too', async () => {
    const [owner, friend, stranger] = [await person(), await person(), await person()];
    const group = await domain.run(createChannel, {
      actor: friend.id,
      slug: `group${++count}`,
      title: 'Group',
      description: '',
      access: 'open',
      defaultAffiliation: 'publisher',
    });
    for (const target of [friend.id, group.id]) await domain.run(follow, { actor: owner.id, target });
    const { id } = await listOf(owner);
    const since = domain.heard.length;
    const change = (wanted: { add?: readonly number[]; remove?: readonly number[] }) =>
      refusal(domain.run(changeListMembers, { actor: owner.id, id, ...wanted }));

    expect(await change({ add: [friend.id, stranger.id] })).toBe('not-found');
    expect(await change({ add: [1] })).toBe('not-found');
    expect(await members(owner, id)).toEqual([]);
    expect(await change({ add: [friend.id, group.id, owner.id, friend.id] })).toBe('done');
    expect(await change({ add: [friend.id], remove: [stranger.id] })).toBe('done');
    expect(await members(owner, id)).toEqual([owner.id, group.id, friend.id]);
    expect(await change({ remove: [group.id] })).toBe('done');
    expect(await members(owner, id)).toEqual([owner.id, friend.id]);

    const settings = { replies: 'list', exclusive: true };
    expect(changes(since).map(([, data]) => data)).toEqual([
      {
        account: owner.id,
        list: id,
        settings,
        added: [
          { account: friend.id, channel: friend.channel },
          { account: group.id, channel: group.id },
          { account: owner.id, channel: owner.channel },
        ],
      },
      { account: owner.id, list: id, settings, removed: [{ account: group.id, channel: group.id }] },
    ]);
    const lists = await domain.ask(listsOf, { viewer: owner.id, member: friend.id });
    expect(lists.map((list) => list.id)).toEqual([id]);
    expect(await domain.ask(listsOf, { viewer: owner.id, member: group.id })).toEqual([]);
  });

  it.for(['unfollow', 'block', 'blocked'] as const)('loses its member by %s, and says so', async (how) => {
    const [owner, friend] = [await person(), await person()];
    await domain.run(follow, { actor: owner.id, target: friend.id });
    const lists = [await listOf(owner), await listOf(owner)];
    for (const { id } of lists) await domain.run(changeListMembers, { actor: owner.id, id, add: [friend.id] });
    const since = domain.heard.length;
    if (how === 'unfollow') await domain.run(unfollow, { actor: owner.id, target: friend.id });
    else if (how === 'block') await domain.run(block, { actor: owner.id, target: friend.id, on: true });
    else await domain.run(block, { actor: friend.id, target: owner.id, on: true });

    const removed = [{ account: friend.id, channel: friend.channel }];
    expect(changes(since)).toHaveLength(2);
    expect(changes(since)).toEqual(
      expect.arrayContaining(
        lists.map(({ id }) => [
          [`account:${owner.id}`],
          { account: owner.id, list: id, settings: { replies: 'list', exclusive: true }, removed },
        ]),
      ),
    );
    for (const { id } of lists) expect(await members(owner, id)).toEqual([]);
  });
});

describe('a followed tag', () => {
  it('is known by its one spelling, begins at its event, and is let go', async () => {
    const owner = await person();
    const since = domain.heard.length;
    for (const tag of ['Café', 'CAFE']) await domain.run(followTag, { actor: owner.id, tag, on: true });
    await domain.run(followTag, { actor: owner.id, tag: 'dogs', on: true });
    const listed = await domain.ask(followedTagsOf, { viewer: owner.id, page: PAGE });
    await domain.run(followTag, { actor: owner.id, tag: 'cafe', on: false });
    await domain.run(followTag, { actor: owner.id, tag: 'cafe', on: false });

    expect(listed.map(({ item }) => item)).toEqual(['dogs', 'cafe']);
    const topics = [`account:${owner.id}`];
    expect(domain.since(since)).toEqual([
      { type: 'tag.followed', topics, data: { account: owner.id, tag: 'cafe' } },
      { type: 'tag.followed', topics, data: { account: owner.id, tag: 'dogs' } },
      { type: 'tag.unfollowed', topics, data: { account: owner.id, tag: 'cafe' } },
    ]);
    expect(await refusal(domain.run(followTag, { actor: owner.id, tag: '#!', on: true }))).toBe('unprocessable');
  });
});
