import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  block,
  bookmarks,
  createChannel,
  deletePost,
  FLAGGED_AT_ONCE,
  flagPost,
  flagPosts,
  follow,
  movePost,
  mute,
  readingFlagsOf,
  unfollow,
  unreadOf,
} from '../index.ts';
import { type OpenDomain, openDomain } from '../testing/open-domain.ts';

let domain: OpenDomain;
let juliet: number;
let romeo: number;
let nurse: number;
let channel: number;
let count = 0;
beforeAll(async () => {
  domain = await openDomain();
});
beforeEach(async () => {
  const run = ++count;
  [juliet, romeo, nurse] = (await domain.accounts(`juliet_${run}`, `romeo_${run}`, `nurse_${run}`)).map(
    ({ id }) => id,
  ) as [number, number, number];
  channel = await group(`verona_${run}`);
  await domain.run(follow, { actor: romeo, target: channel });
});
afterAll(() => domain[Symbol.asyncDispose]());

async function group(slug: string): Promise<number> {
  const made = { actor: juliet, slug, title: slug, description: '', access: 'open' } as const;
  return (await domain.run(createChannel, { ...made, defaultAffiliation: 'publisher' })).id;
}

async function post(text: string, topic = '', options: object = {}): Promise<number> {
  return (await domain.post(juliet, text, { channel, topic, ...options })).post.id;
}

async function posts(number: number, topic = ''): Promise<readonly number[]> {
  const ids: number[] = [];
  for (let n = 0; n < number; n++) ids.push(await post(`${n}`, topic));
  return ids;
}

async function unread(viewer = romeo) {
  const { channels, directs } = await domain.ask(unreadOf, { viewer });
  return [...channels, ...directs].flatMap((of) => of.posts).toSorted((a, b) => a - b);
}

const read = (ids: readonly number[], on = true, actor = romeo) =>
  domain.run(flagPosts, { actor, select: { posts: ids }, flag: 'read', on });

describe('what is unread', () => {
  it('is what was posted since one became a member, by channel and topic, with what names one', async () => {
    const [a, b] = [await post('a', 'Tomb'), await post('b', 'tomb', { mentions: [romeo] })];
    const c = await post('c');
    const direct = await domain.post(juliet, 'd', { visibility: 'direct', mentions: [romeo] });
    await domain.run(follow, { actor: nurse, target: channel });
    const last = await post('last', 'tomb');

    expect(await domain.ask(unreadOf, { viewer: romeo })).toEqual({
      channels: [
        { channel, topic: 'tomb', posts: [a, b, last] },
        { channel, topic: '', posts: [c] },
      ],
      directs: [
        {
          channel: direct.post.channel.id,
          participants: [juliet, romeo].toSorted((x, y) => x - y),
          posts: [direct.post.id],
        },
      ],
      mentions: [b],
      count: 5,
      isWhole: true,
    });
    expect(await unread(nurse)).toEqual([last]);
  });

  it('leaves out what blocks, mutes and deletion hide, and what came before one came back', async () => {
    await domain.run(follow, { actor: nurse, target: channel });
    const mine = await domain.post(nurse, 'by the nurse', { channel });
    const [a = 0, b = 0] = await posts(2);
    expect(await unread()).toEqual([mine.post.id, a, b]);

    await domain.run(mute, { actor: romeo, target: nurse, on: true });
    await domain.run(deletePost, { actor: juliet, id: a });
    expect(await unread()).toEqual([b]);
    await domain.run(mute, { actor: romeo, target: nurse, on: false });
    await domain.run(block, { actor: nurse, target: romeo, on: true });
    expect(await unread()).toEqual([b]);

    await read([b]);
    await read([b], false);
    await domain.run(unfollow, { actor: romeo, target: channel });
    expect(await unread()).toEqual([]);
    await domain.run(follow, { actor: romeo, target: channel });
    expect(await unread()).toEqual([]);
  });

  it('is not what its author has read, where that is asked for', async () => {
    const foreign = await post('not read by its author');
    const own = await domain.post(romeo, 'read', { channel, readBySender: true });
    const other = await domain.post(romeo, 'unread', { channel });

    expect(await unread()).toEqual([foreign, other.post.id]);
    await read([foreign, other.post.id]);
    const next = await domain.post(romeo, 'read too', { channel, readBySender: true });
    expect(await unread()).toEqual([]);
    expect(await domain.ask(readingFlagsOf, { viewer: romeo, posts: [own.post.id, next.post.id] })).toMatchObject([
      { read: true },
      { read: true },
    ]);
  });

  it('is the newest where there is more than fits', async () => {
    const ids = await posts(5);

    const view = await domain.ask(unreadOf, { viewer: romeo, limit: 3 });

    expect(view).toMatchObject({ channels: [{ posts: ids.slice(2) }], count: 3, isWhole: false });
  });
});

describe('reading', () => {
  it('names what really changed, and nothing when nothing did', async () => {
    const [a = 0, b = 0, c = 0] = await posts(3);
    const before = domain.heard.length;

    expect(await read([b, a, b])).toEqual({ posts: [a, b], isWhole: true });
    expect(await read([a, b, 1])).toEqual({ posts: [], isWhole: true });
    expect(await read([b, c])).toEqual({ posts: [c], isWhole: true });

    expect(domain.since(before)).toEqual([
      {
        type: 'post.flagged',
        topics: [`account:${romeo}`],
        data: { account: romeo, flag: 'read', on: true, posts: [a, b] },
      },
      {
        type: 'post.flagged',
        topics: [`account:${romeo}`],
        data: { account: romeo, flag: 'read', on: true, posts: [c] },
      },
    ]);
  });

  it('can be taken back, with what one needs to count the posts again', async () => {
    const a = await post('a', 'Tomb', { mentions: [romeo] });
    const { post: direct } = await domain.post(juliet, 'd', { visibility: 'direct', mentions: [romeo] });
    await domain.run(follow, { actor: nurse, target: channel });
    await read([a, direct.id]);
    const before = domain.heard.length;

    await read([direct.id, a], false);
    expect(await read([a], false, nurse)).toEqual({ posts: [], isWhole: true });

    expect(domain.since(before).map(({ data }) => data)).toEqual([
      {
        account: romeo,
        flag: 'read',
        on: false,
        posts: [a, direct.id],
        details: [
          { post: a, channel, author: juliet, topic: 'Tomb', mentioned: true },
          {
            post: direct.id,
            channel: direct.channel.id,
            author: juliet,
            participants: [juliet, romeo].toSorted((x, y) => x - y),
            mentioned: false,
          },
        ],
      },
    ]);
    expect(await unread()).toEqual([a, direct.id]);
  });

  it('takes a channel, a topic in any case, the posts without one, or everything', async () => {
    const tomb = await posts(2, 'Tomb');
    const bare = await posts(2);
    const rest = await posts(2, 'balcony');
    const readIn = (topic?: string) =>
      domain.run(flagPosts, {
        actor: romeo,
        select: { channel, ...(topic === undefined ? {} : { topic }) },
        flag: 'read',
        on: true,
      });

    expect(await readIn('tOMB')).toEqual({ posts: tomb, isWhole: true });
    expect(await readIn('')).toEqual({ posts: bare, isWhole: true });
    expect(await unread()).toEqual(rest);
    expect(await readIn()).toEqual({ posts: rest, isWhole: true });
    const [last = 0] = await posts(1);
    await read([tomb[0] ?? 0], false);
    const before = domain.heard.length;
    const all = { actor: romeo, select: { all: true }, flag: 'read', on: true } as const;
    expect(await domain.run(flagPosts, all)).toEqual({ posts: [], isWhole: true });
    expect(await domain.run(flagPosts, all)).toEqual({ posts: [], isWhole: true });
    expect(await unread()).toEqual([]);
    expect(domain.since(before).map(({ data }) => data)).toEqual([
      { account: romeo, flag: 'read', on: true, posts: [], all: true },
    ]);
    await read([last], false);
    expect(await unread()).toEqual([last]);
  });

  it('of a channel is not held up by what others moved or read', async () => {
    const elsewhere = await group(`elsewhere_${count}`);
    const [moved = 0, kept = 0] = await posts(2, 'tomb');
    await domain.run(movePost, { actor: juliet, id: moved, channel: elsewhere, mode: 'one' });
    await read([kept], true, juliet);

    const reading = { actor: romeo, select: { channel, topic: 'tomb' }, flag: 'read', on: true } as const;
    expect(await domain.run(flagPosts, reading)).toEqual({ posts: [kept], isWhole: true });
  });

  it('goes in steps where there is much to read', async () => {
    const ids = await posts(FLAGGED_AT_ONCE + 5);
    const step = () => domain.run(flagPosts, { actor: romeo, select: { channel }, flag: 'read', on: true });

    expect(await step()).toEqual({ posts: ids.slice(0, FLAGGED_AT_ONCE), isWhole: false });
    expect(await unread()).toEqual(ids.slice(FLAGGED_AT_ONCE));
    expect(await step()).toEqual({ posts: ids.slice(FLAGGED_AT_ONCE), isWhole: true });
    const many = { actor: romeo, select: { posts: ids }, flag: 'read', on: true } as const;
    await expect(domain.run(flagPosts, many)).rejects.toMatchObject({ code: 'too-large' });
    const unreading = { actor: romeo, select: { channel }, flag: 'read', on: false } as const;
    await expect(domain.run(flagPosts, unreading)).rejects.toMatchObject({ code: 'bad-request' });
  });

  it('says the same as a list of what was read, however it is kept', async () => {
    const ids = await posts(600);
    const expected = new Set(ids);
    let seed = 7;
    const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
    for (let turn = 0; turn < 60; turn++) {
      const from = random(600);
      const chosen = ids.slice(from, from + 1 + random(120)).filter(() => random(5) > 0);
      const on = random(4) > 0;
      const changed = chosen.filter((id) => expected.has(id) === on);
      expect((await read(chosen, on)).posts).toEqual(changed);
      for (const id of changed) {
        if (on) expected.delete(id);
        else expected.add(id);
      }
      expect(await unread()).toEqual([...expected].toSorted((a, b) => a - b));
    }
  });
});

describe('a star', () => {
  it('is the bookmark, and what one lost sight of can still be unstarred', async () => {
    const [a = 0, b = 0] = await posts(2);
    const star = (ids: readonly number[], on: boolean) =>
      domain.run(flagPosts, { actor: romeo, select: { posts: ids }, flag: 'starred', on });
    const before = domain.heard.length;

    expect(await star([a, b], true)).toEqual({ posts: [a, b], isWhole: true });
    await domain.run(flagPost, { actor: romeo, id: a, flag: 'bookmarked', on: false });
    expect(await star([b], true)).toEqual({ posts: [], isWhole: true });
    const listed = await domain.ask(bookmarks, { viewer: romeo, page: { limit: 9 } });
    expect(listed.map(({ item }) => item.post.id)).toEqual([b]);
    await domain.run(block, { actor: juliet, target: romeo, on: true });
    expect(await star([b, a], false)).toEqual({ posts: [b], isWhole: true });

    const told = domain.since(before).filter(({ type }) => type === 'post.flagged');
    expect(told.map(({ data }) => data)).toEqual([
      { account: romeo, flag: 'starred', on: true, posts: [a, b] },
      { account: romeo, flag: 'starred', on: false, posts: [a] },
      { account: romeo, flag: 'starred', on: false, posts: [b] },
    ]);
  });

  it('stands beside the other flags of a post', async () => {
    const [a = 0] = await posts(1);
    for (const flag of ['starred', 'collapsed', 'read'] as const) {
      await domain.run(flagPosts, { actor: romeo, select: { posts: [a] }, flag, on: true });
    }
    expect(await domain.ask(readingFlagsOf, { viewer: romeo, posts: [a] })).toEqual([
      { post: a, read: true, starred: true, collapsed: true, mentioned: false, historical: false },
    ]);
    expect(await domain.ask(readingFlagsOf, { viewer: nurse, posts: [a] })).toEqual([
      { post: a, read: true, starred: false, collapsed: false, mentioned: false, historical: true },
    ]);
  });
});
