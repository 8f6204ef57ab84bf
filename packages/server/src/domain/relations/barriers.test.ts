import type { CarillonError } from '@carillon/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AccountView,
  block,
  blockDomain,
  blocksOf,
  domainBlocksOf,
  follow,
  followersOf,
  ingestAccount,
  mute,
  mutesOf,
  type Relationship,
  relationshipsWith,
  sharePost,
  updateProfile,
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

function foreigner(server = 'verona.example') {
  const name = `guest${++count}`;
  const url = `https://${server}/@${name}`;
  return domain.run(ingestAccount, { name, domain: server, displayName: name, url });
}

async function relationship(viewer: number, target: number): Promise<Relationship> {
  const [found] = await domain.ask(relationshipsWith, { viewer, targets: [target] });
  if (!found) throw new Error(`nobody is ${target}`);
  return found;
}

const refusal = (run: Promise<unknown>) =>
  run.then(
    () => 'done',
    (error: CarillonError) => error.code,
  );

function told(since: number, type: RegExp) {
  return domain.since(since).filter((event) => type.test(event.type));
}

describe('a block', () => {
  it('ends follows both ways, takes posts out of sight, and is told to the actor alone', async () => {
    const [actor, target, friend] = [await person(), await person(), await person()];
    await domain.run(follow, { actor: actor.id, target: target.id });
    await domain.run(follow, { actor: target.id, target: actor.id });
    await domain.run(follow, { actor: actor.id, target: friend.id });
    const own = await domain.post(target.id, 'mine');
    const shared = await domain.run(sharePost, { actor: friend.id, id: own.post.id, visibility: 'public' });
    const named = await domain.post(friend.id, 'about', { mentions: [target.id] });
    await domain.post(friend.id, 'another matter');
    const since = domain.heard.length;
    const made = await domain.run(block, { actor: actor.id, target: target.id, on: true });

    expect(made).toMatchObject({ blocking: true, following: false, followedBy: false, blockedBy: false });
    const [changed] = told(since, /^relationship/);
    expect(changed).toEqual({
      type: 'relationship.changed',
      topics: [`account:${actor.id}`, 'system'],
      data: {
        account: actor.id,
        target: target.id,
        kind: 'block',
        on: true,
        hidden: [named.post.id, shared.post.id, own.post.id],
      },
    });
    expect(domain.heard.find(({ type }, at) => at >= since && type === 'relationship.changed')).toMatchObject({
      actor: String(actor.id),
      routing: { author: actor.id, object: target.id },
    });
    expect(told(since, /^follow/).map(({ type, data }) => [type, data])).toEqual([
      ['follow.ended', { account: actor.id, channel: target.channel }],
      ['follow.ended', { account: target.id, channel: actor.channel }],
    ]);
    expect(await relationship(target.id, actor.id)).toMatchObject({ blockedBy: true, following: false });
    const blocked = await domain.ask(blocksOf, { viewer: actor.id, page: PAGE });
    expect(blocked.map(({ item }) => item.id)).toEqual([target.id]);

    const again = domain.heard.length;
    await domain.run(block, { actor: actor.id, target: target.id, on: true });
    expect(domain.since(again)).toEqual([]);
    await domain.run(block, { actor: actor.id, target: target.id, on: false });
    await domain.run(block, { actor: actor.id, target: target.id, on: false });
    expect(domain.since(again).map(({ data }) => data)).toEqual([
      { account: actor.id, target: target.id, kind: 'block', on: false },
    ]);
    expect(await domain.ask(blocksOf, { viewer: actor.id, page: PAGE })).toEqual([]);
  });

  it('takes a request back that waits', async () => {
    const [actor, target] = [await person(), await person()];
    await domain.run(updateProfile, { actor: target.id, profile: { locked: true } });
    await domain.run(follow, { actor: actor.id, target: target.id });
    const since = domain.heard.length;
    await domain.run(block, { actor: target.id, target: actor.id, on: true });
    expect(told(since, /^follow/).map(({ type, topics }) => [type, topics])).toEqual([
      ['follow.ended', [`account:${actor.id}`, `account:${target.id}`]],
    ]);
    expect(await relationship(actor.id, target.id)).toMatchObject({ requested: false, blockedBy: true });
  });

  it('hides them from each other where followers are listed', async () => {
    const [star, actor, target] = [await person(), await person(), await person()];
    for (const { id } of [actor, target]) await domain.run(follow, { actor: id, target: star.id });
    await domain.run(block, { actor: actor.id, target: target.id, on: true });
    const list = async (viewer: number | null, account: number) =>
      (await domain.ask(followersOf, { viewer, account, page: PAGE }))?.map(({ item }) => item.id);

    expect(await list(null, star.id)).toEqual([target.id, actor.id]);
    expect(await list(actor.id, star.id)).toEqual([actor.id]);
    expect(await list(target.id, star.id)).toEqual([target.id]);
    expect(await list(star.id, star.id)).toEqual([target.id, actor.id]);
    expect(await list(target.id, actor.id)).toEqual([]);
    expect(await list(null, 1)).toBeUndefined();
  });

  it('is neither for oneself nor for nobody', async () => {
    const { id } = await person();
    for (const run of [block, mute]) {
      expect(await refusal(domain.run(run, { actor: id, target: id, on: true }))).toBe('forbidden');
      expect(await refusal(domain.run(run, { actor: id, target: 1, on: true }))).toBe('not-found');
    }
  });
});

describe('a mute', () => {
  it('hides posts and leaves follows, with an end and with notifications as wanted', async () => {
    const [actor, target] = [await person(), await person()];
    await domain.run(follow, { actor: actor.id, target: target.id });
    const { post } = await domain.post(target.id, 'noise');
    const since = domain.heard.length;
    const muted = await domain.run(mute, { actor: actor.id, target: target.id, on: true });
    const expiresAt = Date.now() + 3_600_000;
    const changed = { actor: actor.id, target: target.id, on: true, notifications: false, expiresAt };
    const short = await domain.run(mute, changed);
    await domain.run(mute, changed);

    expect(muted).toMatchObject({ muting: true, mutingNotifications: true, mutingExpiresAt: null, following: true });
    expect(short).toMatchObject({ muting: true, mutingNotifications: false, mutingExpiresAt: expiresAt });
    const facts = { account: actor.id, target: target.id, kind: 'mute', on: true, hidden: [post.id] };
    expect(domain.since(since).map(({ topics, data }) => [topics, data])).toEqual([
      [[`account:${actor.id}`, 'system'], { ...facts, notifications: true }],
      [[`account:${actor.id}`, 'system'], { ...facts, notifications: false, expiresAt }],
    ]);
    expect(await domain.ask(mutesOf, { viewer: actor.id, page: PAGE })).toMatchObject([
      { item: { id: target.id, muteExpiresAt: expiresAt } },
    ]);
    expect(await domain.run(mute, { actor: actor.id, target: target.id, on: false })).toMatchObject({ muting: false });
    expect(await domain.ask(mutesOf, { viewer: actor.id, page: PAGE })).toEqual([]);
  });

  it('counts no more once it has ended', async () => {
    const [actor, target] = [await person(), await person()];
    const wanted = { actor: actor.id, target: target.id, on: true };
    expect(await refusal(domain.run(mute, { ...wanted, expiresAt: Date.now() - 1 }))).toBe('unprocessable');
    await domain.run(mute, { ...wanted, expiresAt: Date.now() + 150 });
    await expect.poll(() => relationship(actor.id, target.id)).toMatchObject({ muting: false, mutingExpiresAt: null });
    expect(await domain.ask(mutesOf, { viewer: actor.id, page: PAGE })).toEqual([]);
  });
});

describe('a domain block', () => {
  it('parts from all accounts of the domain and tells which posts go', async () => {
    const actor = await person();
    const [near, fan, far] = [await foreigner(), await foreigner(), await foreigner('mantua.example')];
    for (const { id } of [near, far]) await domain.run(follow, { actor: actor.id, target: id });
    await domain.run(follow, { actor: fan.id, target: actor.id });
    const { post } = await domain.post(near.id, 'from afar', { origin: `https://verona.example/${count}` });
    const since = domain.heard.length;
    await domain.run(blockDomain, { actor: actor.id, domain: 'Verona.Example', on: true });
    await domain.run(blockDomain, { actor: actor.id, domain: 'verona.example', on: true });

    expect(told(since, /^relationship/).map(({ topics, data }) => [topics, data])).toEqual([
      [
        [`account:${actor.id}`, 'system'],
        { account: actor.id, target: 'verona.example', kind: 'domain-block', on: true, hidden: [post.id] },
      ],
    ]);
    expect(told(since, /^follow/).map(({ data }) => data)).toEqual([
      { account: actor.id, channel: near.channel },
      { account: fan.id, channel: actor.channel },
    ]);
    expect(await relationship(actor.id, near.id)).toMatchObject({ domainBlocking: true, following: false });
    expect(await relationship(actor.id, far.id)).toMatchObject({ domainBlocking: false, following: true });
    const blocked = await domain.ask(domainBlocksOf, { viewer: actor.id, page: PAGE });
    expect(blocked.map(({ item }) => item)).toEqual(['verona.example']);

    await domain.run(blockDomain, { actor: actor.id, domain: 'verona.example', on: false });
    expect(await domain.ask(domainBlocksOf, { viewer: actor.id, page: PAGE })).toEqual([]);
    expect(await refusal(domain.run(blockDomain, { actor: actor.id, domain: 'not a domain', on: true }))).toBe(
      'unprocessable',
    );
  });
});

describe('lists of accounts', () => {
  it('go by pages from both ends', async () => {
    const actor = await person();
    const others: number[] = [];
    for (let i = 0; i < 5; i++) others.push((await person()).id);
    for (const target of others) await domain.run(block, { actor: actor.id, target, on: true });
    const page = async (bounds: { maxId?: number; sinceId?: number; minId?: number }) =>
      domain.ask(blocksOf, { viewer: actor.id, page: { limit: 2, ...bounds } });
    const newest = await page({});
    const [first = 0, second = 0] = newest.map(({ cursor }) => cursor);
    const next = await page({ maxId: second });
    const names = (listed: typeof newest) => listed.map(({ item }) => others.indexOf(item.id));

    expect(names(newest)).toEqual([4, 3]);
    expect(names(next)).toEqual([2, 1]);
    expect(names(await page({ sinceId: next.at(-1)?.cursor ?? 0 }))).toEqual([4, 3]);
    expect(names(await page({ minId: next.at(-1)?.cursor ?? 0 }))).toEqual([3, 2]);
    expect(names(await page({ minId: second, maxId: first + 1 }))).toEqual([4]);
  });
});
