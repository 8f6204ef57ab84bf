import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  accountSnapshot,
  deletePost,
  favouritedBy,
  flagPost,
  postContext,
  react,
  sharedBy,
  sharePost,
  unsharePost,
} from '../index.ts';
import { type OpenDomain, openDomain } from '../testing/open-domain.ts';
import { notices, seen } from './testing/watch.ts';

let domain: OpenDomain;
let juliet: number;
let romeo: number;
let nurse: number;
let round = 0;
beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain[Symbol.asyncDispose]());
beforeEach(async () => {
  round += 1;
  const made = await domain.accounts(`juliet${round}`, `romeo${round}`, `nurse${round}`);
  [juliet, romeo, nurse] = [made[0].id, made[1].id, made[2].id];
});

const STAR = '⭐';
describe('a reaction', () => {
  it('is told where the post lives, to its author and to whoever reacts', async () => {
    const open = await domain.post(juliet, 'for all');
    const direct = await domain.post(juliet, 'for romeo', { visibility: 'direct', mentions: [romeo] });
    const before = domain.heard.length;

    await domain.run(react, { actor: nurse, id: open.post.id, emoji: '🌹', on: true });
    await domain.run(react, { actor: nurse, id: open.post.id, emoji: '🌹', on: false });
    await domain.run(react, { actor: romeo, id: direct.post.id, emoji: '🌹', on: true });

    const everybody = [`channel:${open.post.channel.id}`, `account:${juliet}`, `account:${nurse}`];
    expect(domain.since(before).map(({ type, topics }) => [type, topics])).toEqual([
      ['reaction.added', everybody],
      ['reaction.removed', everybody],
      ['reaction.added', [`account:${juliet}`, `account:${romeo}`]],
    ]);
  });
});

describe('counts', () => {
  it('follow every post, reply, share, favourite and deletion', async () => {
    const first = await domain.post(juliet, 'first');
    const reply = await domain.post(romeo, 'reply', { replyTo: first.post.id });
    await domain.post(romeo, 'secret', { replyTo: first.post.id, visibility: 'followers' });
    await domain.post(juliet, 'hush', { visibility: 'direct', mentions: [romeo] });
    const share = await domain.run(sharePost, { actor: nurse, id: first.post.id, visibility: 'public' });
    await domain.run(react, { actor: nurse, id: first.post.id, emoji: STAR, on: true });
    await domain.run(react, { actor: nurse, id: first.post.id, emoji: '🌹', on: true });

    expect((await seen(domain, null, first))?.post).toMatchObject({
      repliesCount: 1,
      sharesCount: 1,
      favouritesCount: 1,
    });
    expect(await domain.ask(accountSnapshot, { id: juliet })).toMatchObject({ postsCount: 1 });
    expect(await domain.ask(accountSnapshot, { id: romeo })).toMatchObject({ postsCount: 2 });
    expect(await domain.ask(accountSnapshot, { id: nurse })).toMatchObject({
      postsCount: 1,
      lastPostAt: share.post.createdAt,
    });

    await domain.run(deletePost, { actor: romeo, id: reply.post.id });
    await domain.run(unsharePost, { actor: nurse, id: first.post.id });
    await domain.run(react, { actor: nurse, id: first.post.id, emoji: STAR, on: false });
    expect((await seen(domain, null, first))?.post).toMatchObject({
      repliesCount: 0,
      sharesCount: 0,
      favouritesCount: 0,
    });
    expect(await domain.ask(accountSnapshot, { id: romeo })).toMatchObject({ postsCount: 1 });
    expect(await domain.ask(accountSnapshot, { id: nurse })).toMatchObject({ postsCount: 0, lastPostAt: null });
  });

  it('stand still when something is done twice, and nobody is told again', async () => {
    const { post } = await domain.post(juliet, 'once');
    const actions = [
      () => domain.run(sharePost, { actor: romeo, id: post.id, visibility: 'public' }),
      () => domain.run(react, { actor: romeo, id: post.id, emoji: STAR, on: true }),
      () => domain.run(flagPost, { actor: romeo, id: post.id, flag: 'bookmarked', on: true }),
      () => domain.run(flagPost, { actor: romeo, id: post.id, flag: 'muted', on: true }),
      () => domain.run(unsharePost, { actor: romeo, id: post.id }),
      () => domain.run(react, { actor: romeo, id: post.id, emoji: STAR, on: false }),
      () => domain.run(flagPost, { actor: romeo, id: post.id, flag: 'bookmarked', on: false }),
    ];

    for (const action of actions) {
      const once = await action();
      const before = domain.heard.length;
      expect(await action()).toEqual(once);
      expect(domain.heard.length).toBe(before);
    }
    expect(await seen(domain, romeo, { post })).toMatchObject({
      post: { sharesCount: 0, favouritesCount: 0 },
      flags: { favourited: false, shared: false, bookmarked: false, muted: true, pinned: false },
    });
  });
});

describe('reactions of one account', () => {
  const EMOJI = Array.from({ length: 20 }, (_, index) => String.fromCodePoint(0x1f600 + index));

  it('are twenty different ones under one post, beside the favourite', async () => {
    const { post } = await domain.post(juliet, 'laugh');
    const reacts = (emoji: string, on = true, actor = romeo) => domain.run(react, { actor, id: post.id, emoji, on });
    for (const emoji of EMOJI) await reacts(emoji);
    const before = domain.heard.length;

    await expect(reacts('🌹')).rejects.toMatchObject({ code: 'unprocessable', message: expect.stringContaining('20') });
    await reacts(EMOJI[0] ?? '');
    expect(domain.heard.length).toBe(before);

    expect((await reacts(STAR)).flags?.favourited).toBe(true);
    await reacts('🌹', true, nurse);
    await reacts(EMOJI[0] ?? '', false);
    await reacts('🌹');
    await expect(reacts(EMOJI[0] ?? '')).rejects.toMatchObject({ code: 'unprocessable' });
  });
});

describe('a reply', () => {
  it('inherits thread and topic, stands in the context, and is an answer to nothing once that is deleted', async () => {
    const root = await domain.post(juliet, 'root', { topic: 'balcony' });
    const reply = await domain.post(romeo, 'reply', { replyTo: root.post.id, topic: 'ignored' });
    const deep = await domain.post(nurse, 'deep', { replyTo: reply.post.id });
    const second = await domain.post(nurse, 'second', { replyTo: root.post.id });

    expect(deep.post).toMatchObject({
      thread: root.post.id,
      topic: 'balcony',
      replyTo: { id: reply.post.id, account: romeo },
    });
    const context = async (id: number) => {
      const found = await domain.ask(postContext, { viewer: null, id });
      return [found?.ancestors, found?.descendants].map((views) => views?.map(({ post }) => post.text));
    };
    expect(await context(root.post.id)).toEqual([[], ['reply', 'deep', 'second']]);
    expect(await context(deep.post.id)).toEqual([['root', 'reply'], []]);

    await domain.run(deletePost, { actor: juliet, id: root.post.id });
    expect((await seen(domain, null, second))?.post.replyTo).toBeNull();
    expect(await context(deep.post.id)).toEqual([['reply'], []]);
    expect(await domain.ask(postContext, { viewer: null, id: root.post.id })).toBeUndefined();
  });

  it('is refused where the answered post cannot be seen', async () => {
    const secret = await domain.post(juliet, 'secret', { visibility: 'followers' });
    await expect(domain.post(romeo, 'what?', { replyTo: secret.post.id })).rejects.toMatchObject({ code: 'not-found' });
    await expect(domain.post(romeo, 'what?', { replyTo: 1 })).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('a direct post', () => {
  it('lives in the channel of exactly its participants and is told to them alone', async () => {
    const first = await domain.post(juliet, 'one', { visibility: 'direct', mentions: [romeo] });
    const before = domain.heard.length;
    const answer = await domain.post(romeo, 'two', {
      visibility: 'direct',
      mentions: [juliet],
      replyTo: first.post.id,
    });
    const three = await domain.post(juliet, 'three', { visibility: 'direct', mentions: [romeo, nurse] });

    expect(answer.post.channel).toEqual(first.post.channel);
    expect(three.post.channel.id).not.toBe(first.post.channel.id);
    const [created] = domain.since(before).filter(({ type }) => type === 'post.created');
    expect(created?.topics.toSorted()).toEqual([`account:${juliet}`, `account:${romeo}`].toSorted());
    const told = domain.since(before).filter(({ type }) => type === 'conversation.updated');
    expect(told.map(({ topics }) => String(topics[0])).toSorted()).toEqual(
      [juliet, romeo, juliet, romeo, nurse].map((id) => `account:${id}`).toSorted(),
    );
    expect(await seen(domain, nurse, first)).toBeUndefined();
    expect(await seen(domain, nurse, three)).toBeDefined();
  });
});

describe('a share', () => {
  it('acts on what it passes on, whoever shares, favourites or bookmarks it', async () => {
    const { post } = await domain.post(juliet, 'shared');
    const share = await domain.run(sharePost, { actor: romeo, id: post.id, visibility: 'public' });

    const again = await domain.run(sharePost, { actor: nurse, id: share.post.id, visibility: 'unlisted' });
    const star = await domain.run(react, { actor: nurse, id: share.post.id, emoji: STAR, on: true });

    expect(again.post).toMatchObject({ visibility: 'unlisted', shared: { id: post.id, sharesCount: 2 } });
    expect(star).toMatchObject({
      post: { id: post.id, favouritesCount: 1 },
      flags: { favourited: true, shared: true },
    });
    const ids = (rows: readonly { readonly item: { readonly id: number } }[] | undefined) =>
      rows?.map(({ item }) => item.id);
    const page = { limit: 40 };
    expect(ids(await domain.ask(sharedBy, { viewer: null, id: post.id, page }))).toEqual([nurse, romeo]);
    expect(ids(await domain.ask(favouritedBy, { viewer: null, id: share.post.id, page }))).toEqual([nurse]);
    expect(await notices(domain, juliet)).toEqual([
      ['favourite', nurse, post.id],
      ['reblog', nurse, post.id],
      ['reblog', romeo, post.id],
    ]);
  });
});
