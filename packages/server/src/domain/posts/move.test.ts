import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  channelPosts,
  createChannel,
  deletePost,
  flagPosts,
  follow,
  listTopics,
  movePost,
  postById,
  postHistory,
  setAffiliation,
  sharePost,
  unreadOf,
} from '../index.ts';
import { type OpenDomain, openDomain } from '../testing/open-domain.ts';

let domain: OpenDomain;
let juliet: number;
let romeo: number;
let nurse: number;
let open: number;
let other: number;
let closed: number;
let run = 0;
beforeAll(async () => {
  domain = await openDomain();
});
beforeEach(async () => {
  run++;
  [juliet, romeo, nurse] = (await domain.accounts(`juliet_${run}`, `romeo_${run}`, `nurse_${run}`)).map(
    ({ id }) => id,
  ) as [number, number, number];
  open = await group('open', 'open');
  other = await group('other', 'open');
  closed = await group('closed', 'whitelist');
  for (const target of [open, other]) await domain.run(follow, { actor: romeo, target });
});
afterAll(() => domain[Symbol.asyncDispose]());

async function group(name: string, access: 'open' | 'whitelist'): Promise<number> {
  const slug = `${name}_${run}`;
  const made = { actor: juliet, slug, title: slug, description: '', access, defaultAffiliation: 'publisher' } as const;
  return (await domain.run(createChannel, made)).id;
}

async function admit(account: number): Promise<void> {
  await domain.run(setAffiliation, { actor: juliet, target: account, channel: closed, affiliation: 'publisher' });
  await domain.run(follow, { actor: account, target: closed });
}

async function post(actor: number, text: string, options: object = {}): Promise<number> {
  return (await domain.post(actor, text, { channel: open, topic: 'Tomb', ...options })).post.id;
}

async function texts(channel: number, topic: string, viewer: number | null = juliet) {
  const found = await domain.ask(channelPosts, { viewer, channel, topic, page: { limit: 40 } });
  return found?.map((view) => view.post.text).toReversed();
}

const since = (count: number, type: string) => domain.since(count).filter((event) => event.type === type);

describe('a move to another topic', () => {
  it('takes one post, the later ones, or all of its topic, and is told once on the channel', async () => {
    const [a, b, c] = [await post(juliet, 'a'), await post(romeo, 'b', { topic: 'tomb' }), await post(juliet, 'c')];
    const before = domain.heard.length;

    expect(await domain.run(movePost, { actor: juliet, id: b, topic: ' Vault', mode: 'later' })).toEqual({
      posts: [b, c],
    });
    expect(await domain.run(movePost, { actor: juliet, id: c, topic: 'Vault', mode: 'all' })).toEqual({ posts: [] });

    expect(await texts(open, 'tomb')).toEqual(['a']);
    expect(await texts(open, 'vault')).toEqual(['b', 'c']);
    expect(domain.since(before)).toEqual([
      {
        type: 'post.moved',
        topics: [`channel:${open}`],
        data: {
          ...{ actor: juliet, anchor: b, mode: 'later', posts: [b, c] },
          from: { channel: open, topic: 'tomb' },
          to: { channel: open, topic: 'Vault' },
        },
      },
    ]);
    await domain.run(movePost, { actor: juliet, id: c, topic: '', mode: 'one' });
    await domain.run(movePost, { actor: juliet, id: a, topic: 'TOMB', mode: 'all' });
    expect((await domain.ask(listTopics, { viewer: null, channel: open }))?.map(({ name }) => name)).toEqual([
      '',
      'Vault',
      'TOMB',
    ]);
    expect((await domain.ask(postHistory, { viewer: null, id: c }))?.moves).toMatchObject([
      { actor: juliet, from: { channel: open, topic: 'Tomb' }, to: { channel: open, topic: 'Vault' } },
      { actor: juliet, from: { channel: open, topic: 'Vault' }, to: { channel: open, topic: '' } },
    ]);
    await domain.run(deletePost, { actor: juliet, id: c });
    expect(await texts(open, '')).toEqual([]);
  });

  it('is for those who may write in the channel, and refused for direct posts and what cannot be seen', async () => {
    const a = await post(juliet, 'a');
    const hidden = await post(juliet, 'hidden', { channel: closed });
    const direct = await domain.post(juliet, 'd', { visibility: 'direct', mentions: [romeo] });
    const moves = (actor: number, id: number, topic = 'x') => domain.run(movePost, { actor, id, topic, mode: 'one' });

    await expect(moves(nurse, a)).rejects.toMatchObject({ code: 'forbidden', facts: { reason: 'not-writable' } });
    await expect(moves(romeo, hidden)).rejects.toMatchObject({ code: 'not-found' });
    await expect(moves(romeo, direct.post.id)).rejects.toMatchObject({ code: 'unprocessable' });
    await expect(moves(romeo, a, 'x'.repeat(61))).rejects.toMatchObject({ code: 'too-large' });
    expect(await moves(romeo, a)).toEqual({ posts: [a] });
  });

  it('is refused for what is too old, but to staff', async () => {
    const createdAt = Date.now() - 8 * 86_400_000;
    const old = await post(romeo, 'old', { createdAt });
    const fresh = await post(romeo, 'fresh');
    const moves = (actor: number) => domain.run(movePost, { actor, id: old, topic: 'x', mode: 'all' });

    await expect(moves(romeo)).rejects.toMatchObject({
      code: 'forbidden',
      facts: { reason: 'move-limit', total: 2, allowed: 1, firstAllowed: fresh },
    });
    expect(await moves(juliet)).toEqual({ posts: [old, fresh] });
  });
});

describe('a move to another channel', () => {
  it('between open ones tells both of each post, and counts them where they are', async () => {
    const a = await post(romeo, 'a', { tags: ['rose'] });
    const reply = (await domain.post(juliet, 'b', { replyTo: a })).post.id;
    const before = domain.heard.length;

    const moved = await domain.run(movePost, { actor: juliet, id: a, channel: other, mode: 'all' });

    expect(moved).toEqual({ posts: [a, reply] });
    const [first, second] = since(before, 'post.moved');
    expect(first?.topics).toEqual(
      expect.arrayContaining([`channel:${open}`, `channel:${other}`, 'public', 'hashtag:rose']),
    );
    expect(first?.data).toMatchObject({
      ...{ posts: [a], anchor: a, mode: 'all', isNews: false, post: { id: a, text: 'a', channel: { id: other } } },
      ...{ from: { channel: open, topic: 'Tomb' }, to: { channel: other, topic: 'Tomb' } },
    });
    expect(second?.data).toMatchObject({ posts: [reply], anchor: a });
    expect(since(before, 'post.deleted')).toEqual([]);
    expect(await texts(other, 'tomb', null)).toEqual(['a', 'b']);
    expect(await texts(open, 'tomb')).toEqual([]);
    expect((await domain.ask(postById, { viewer: null, id: a }))?.post.repliesCount).toBe(1);
    const channels = await domain.ask(postById, { viewer: null, id: a });
    expect(channels?.post.channel.id).toBe(other);
  });

  it('to a closed one tells whoever loses sight that the post is gone, and leaves nothing of it in the log', async () => {
    await admit(nurse);
    const a = await post(juliet, 'quondam', { tags: ['rose'] });
    await domain.run(sharePost, { actor: romeo, id: a, visibility: 'public' });
    const before = domain.heard.length;

    await domain.run(movePost, { actor: juliet, id: a, channel: closed, topic: 'plot', mode: 'one' });

    const [gone] = since(before, 'post.deleted');
    expect(gone?.topics).toEqual(expect.arrayContaining([`channel:${open}`, 'public', 'hashtag:rose']));
    expect(gone?.topics).not.toContain(`channel:${closed}`);
    expect(gone?.data).toEqual({ post: a, topic: 'Tomb', movedTo: closed });
    expect(since(before, 'share.deleted')).toHaveLength(1);
    const [moved] = since(before, 'post.moved');
    expect(moved?.topics).toEqual([`channel:${closed}`]);
    expect(moved?.data).toMatchObject({ isNews: true, from: { topic: 'Tomb' }, post: { visibility: 'followers' } });
    for (const viewer of [null, romeo]) expect(await domain.ask(postById, { viewer, id: a })).toBeUndefined();
    expect((await domain.ask(postById, { viewer: nurse, id: a }))?.post.text).toBe('quondam');
    const page = await domain.log.read({ topics: [{ topic: `channel:${open}`, since: 0 }], after: 0, limit: 1_000 });
    const replayed = page.kind === 'gap' ? [] : page.events;
    expect(replayed.some(({ type }) => type === 'post.deleted')).toBe(true);
    expect(Buffer.concat(replayed.map(({ data }) => data)).toString('utf8')).not.toContain('quondam');
  });

  it('from a closed one shows the post to everybody, and to its members alone where it was', async () => {
    await admit(romeo);
    const a = await post(juliet, 'a', { channel: closed, topic: 'plot' });
    const before = domain.heard.length;

    await domain.run(movePost, { actor: juliet, id: a, channel: open, topic: 'Tomb', mode: 'one' });

    const [moved] = since(before, 'post.moved');
    expect(moved?.topics).toEqual(expect.arrayContaining([`channel:${open}`, `channel:${closed}`, 'public']));
    expect(moved?.data).toMatchObject({ isNews: true, from: { channel: closed, topic: null } });
    expect(await texts(open, 'tomb', null)).toEqual(['a']);
    const historyOf = async (viewer: number) => (await domain.ask(postHistory, { viewer, id: a }))?.moves;
    expect(await historyOf(nurse)).toMatchObject([{ from: { topic: null }, to: { topic: 'Tomb' } }]);
    expect(await historyOf(romeo)).toMatchObject([{ from: { topic: 'plot' } }]);
  });

  it('is refused where the actor may not write or read, and for personal channels', async () => {
    const a = await post(romeo, 'a');
    const moves = (channel: number, actor = romeo) => domain.run(movePost, { actor, id: a, channel, mode: 'one' });
    const own = (await domain.post(romeo, 'own')).post;

    await expect(moves(closed)).rejects.toMatchObject({ code: 'not-found' });
    await expect(moves(1)).rejects.toMatchObject({ code: 'not-found' });
    await expect(moves(own.channel.id)).rejects.toMatchObject({ code: 'unprocessable' });
    await expect(moves(other, nurse)).rejects.toMatchObject({ code: 'forbidden' });
    expect(await moves(other)).toEqual({ posts: [a] });
  });

  it('changes nothing about who has read what', async () => {
    const made = [await post(juliet, 'a'), await post(juliet, 'b'), await post(juliet, 'c')] as const;
    const late = await domain.post(juliet, 'late', { channel: other });
    await domain.run(flagPosts, { actor: romeo, select: { channel: other }, flag: 'read', on: true });
    await domain.run(flagPosts, { actor: romeo, select: { posts: [made[0]] }, flag: 'read', on: true });
    await domain.run(follow, { actor: nurse, target: other });
    const unread = async (viewer: number) =>
      (await domain.ask(unreadOf, { viewer })).channels.map(({ channel, posts }) => [channel, posts]);

    await domain.run(movePost, { actor: juliet, id: made[0], channel: other, mode: 'later' });
    expect(await unread(romeo)).toEqual([[other, [made[1], made[2]]]]);
    expect(await unread(nurse)).toEqual([]);

    const reading = { actor: romeo, select: { channel: other, topic: 'tomb' }, flag: 'read', on: true } as const;
    await domain.run(flagPosts, { ...reading, select: { posts: [made[2]] } });
    expect(await domain.run(flagPosts, reading)).toEqual({ posts: [made[1]], isWhole: true });
    await domain.run(flagPosts, { actor: romeo, select: { posts: [made[1], late.post.id] }, flag: 'read', on: false });
    await domain.run(movePost, { actor: juliet, id: made[1], channel: open, mode: 'one' });
    expect(await unread(romeo)).toEqual([
      [open, [made[1]]],
      [other, [late.post.id]],
    ]);
    await domain.run(flagPosts, { actor: romeo, select: { all: true }, flag: 'read', on: true });
    expect(await unread(romeo)).toEqual([]);
  });
});
