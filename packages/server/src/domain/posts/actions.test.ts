import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  accountSnapshot,
  createMedia,
  createPost,
  deletePost,
  editPost,
  favouritedBy,
  flagPost,
  follow,
  notificationsOf,
  type PostView,
  postById,
  postContext,
  postHistory,
  react,
  sharedBy,
  sharePost,
  unsharePost,
} from '../index.ts';
import { type OpenDomain, openDomain, plainBody } from '../testing/open-domain.ts';

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
const seen = (viewer: number | null, { post }: PostView) => domain.ask(postById, { viewer, id: post.id });
const notices = async (viewer: number) =>
  (await domain.ask(notificationsOf, { viewer, page: { limit: 40 } })).map(({ type, from, post }) => [
    type,
    from.id,
    post?.post.id,
  ]);
const upload = (actor: number, file: string) =>
  domain.run(createMedia, {
    actor,
    type: 'image',
    contentType: 'image/png',
    file,
    preview: null,
    meta: {},
    description: null,
    blurhash: null,
    bytes: 1,
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

    expect((await seen(null, first))?.post).toMatchObject({ repliesCount: 1, sharesCount: 1, favouritesCount: 1 });
    expect(await domain.ask(accountSnapshot, { id: juliet })).toMatchObject({ postsCount: 1 });
    expect(await domain.ask(accountSnapshot, { id: romeo })).toMatchObject({ postsCount: 2 });
    expect(await domain.ask(accountSnapshot, { id: nurse })).toMatchObject({
      postsCount: 1,
      lastPostAt: share.post.createdAt,
    });

    await domain.run(deletePost, { actor: romeo, id: reply.post.id });
    await domain.run(unsharePost, { actor: nurse, id: first.post.id });
    await domain.run(react, { actor: nurse, id: first.post.id, emoji: STAR, on: false });
    expect((await seen(null, first))?.post).toMatchObject({ repliesCount: 0, sharesCount: 0, favouritesCount: 0 });
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
    expect(await seen(romeo, { post })).toMatchObject({
      post: { sharesCount: 0, favouritesCount: 0 },
      flags: { favourited: false, shared: false, bookmarked: false, muted: true, pinned: false },
    });
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
    expect((await seen(null, second))?.post.replyTo).toBeNull();
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
    expect(await seen(nurse, first)).toBeUndefined();
    expect(await seen(nurse, three)).toBeDefined();
  });
});

describe('an edit', () => {
  it('keeps the version before, is told where the post may have been heard of, and names who did what', async () => {
    const { post } = await domain.post(juliet, 'before', { tags: ['rose'] });
    await domain.run(react, { actor: romeo, id: post.id, emoji: STAR, on: true });
    await domain.run(sharePost, { actor: nurse, id: post.id, visibility: 'public' });
    const before = domain.heard.length;

    const body = plainBody('after', { tags: ['name'], mentions: [nurse] });
    const edited = await domain.run(editPost, { actor: juliet, id: post.id, body });

    expect(edited.post).toMatchObject({ text: 'after', tags: ['name'], editedAt: expect.any(Number) });
    const [told, ...notified] = domain.since(before);
    expect(told).toMatchObject({
      type: 'post.edited',
      data: { post: edited.post, doers: { favourited: [romeo], shared: [nurse], bookmarked: [], pinned: [] } },
    });
    expect(told?.topics).toEqual(
      expect.arrayContaining(['public', 'hashtag:rose', 'hashtag:name', `account:${nurse}`]),
    );
    expect(notified.map(({ type, topics }) => [type, topics])).toEqual([
      ['notification.created', [`account:${nurse}`]],
      ['notification.created', [`account:${nurse}`]],
      ['notification.created', [`account:${romeo}`]],
    ]);
    const history = await domain.ask(postHistory, { viewer: null, id: post.id });
    expect(history?.versions.map(({ html, createdAt }) => [html, createdAt])).toEqual([
      ['<p>before</p>', post.createdAt],
      ['<p>after</p>', edited.post.editedAt],
    ]);
  });

  it('that changes nothing is told to nobody', async () => {
    const { post } = await domain.post(juliet, 'same');
    const before = domain.heard.length;

    const edited = await domain.run(editPost, { actor: juliet, id: post.id, body: plainBody('same') });

    expect(edited.post).toEqual(post);
    expect(domain.heard.length).toBe(before);
  });
});

describe('a deletion', () => {
  it('takes shares, marks and notices with it, and tells whoever may have heard of the post', async () => {
    await domain.run(follow, { actor: nurse, target: romeo });
    const picture = await upload(juliet, 'a.png');
    const { post } = await domain.post(juliet, 'gone', { tags: ['rose'], mentions: [nurse], media: [picture.id] });
    const share = await domain.run(sharePost, { actor: romeo, id: post.id, visibility: 'public' });
    await domain.run(react, { actor: romeo, id: post.id, emoji: STAR, on: true });
    await domain.run(flagPost, { actor: nurse, id: post.id, flag: 'bookmarked', on: true });
    expect(await notices(juliet)).toHaveLength(2);
    const before = domain.heard.length;

    const answer = await domain.run(deletePost, { actor: juliet, id: post.id });

    expect(answer.post).toMatchObject({ id: post.id, text: 'gone', media: [{ id: picture.id }] });
    const told = domain.since(before).filter(({ type }) => type.startsWith('post.') || type.startsWith('share.'));
    expect(told).toMatchObject([
      { type: 'share.deleted', topics: [`channel:${share.post.channel.id}`], data: { post: share.post.id } },
      { type: 'post.deleted', data: { post: post.id } },
    ]);
    expect(told[1]?.topics).toEqual(
      expect.arrayContaining([
        `channel:${post.channel.id}`,
        'public',
        'public:media',
        'hashtag:rose',
        `account:${nurse}`,
      ]),
    );
    for (const viewer of [juliet, romeo, null]) {
      expect(await seen(viewer, { post })).toBeUndefined();
      expect(await seen(viewer, share)).toBeUndefined();
    }
    expect(await notices(juliet)).toEqual([]);
    expect(await notices(nurse)).toEqual([]);
    await expect(domain.run(deletePost, { actor: juliet, id: post.id })).rejects.toMatchObject({ code: 'not-found' });
  });

  it('of a share is its undoing', async () => {
    const { post } = await domain.post(juliet, 'shared');
    const share = await domain.run(sharePost, { actor: romeo, id: post.id, visibility: 'public' });

    await domain.run(deletePost, { actor: romeo, id: share.post.id });

    expect(await seen(null, { post })).toMatchObject({ post: { sharesCount: 0 } });
    expect(await seen(null, share)).toBeUndefined();
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
    expect(await notices(juliet)).toEqual([
      ['favourite', nurse, post.id],
      ['reblog', nurse, post.id],
      ['reblog', romeo, post.id],
    ]);
  });
});

describe('what is refused', () => {
  it.for([
    ['a body without text or media', 'unprocessable', () => domain.post(juliet, '  ')],
    [
      'media of somebody else',
      'unprocessable',
      async () => domain.post(juliet, 'x', { media: [(await upload(romeo, 'r')).id] }),
    ],
    [
      'media that another post shows',
      'unprocessable',
      async () => {
        const { id } = await upload(juliet, 'j');
        await domain.post(juliet, 'x', { media: [id] });
        return domain.post(juliet, 'y', { media: [id] });
      },
    ],
    ['more media than four', 'unprocessable', () => domain.post(juliet, 'x', { media: [1, 2, 3, 4, 5] })],
    [
      'more mentions than an event holds',
      'too-large',
      () => domain.post(juliet, 'x', { mentions: Array.from({ length: 101 }, (_, n) => n) }),
    ],
    [
      'a post in another’s channel',
      'forbidden',
      async () => domain.post(juliet, 'x', { channel: (await domain.post(romeo, 'r')).post.channel.id }),
    ],
    [
      'an edit of another’s post',
      'not-found',
      async () =>
        domain.run(editPost, { actor: romeo, id: (await domain.post(juliet, 'x')).post.id, body: plainBody('y') }),
    ],
    [
      'a deletion of another’s post',
      'not-found',
      async () => domain.run(deletePost, { actor: romeo, id: (await domain.post(juliet, 'x')).post.id }),
    ],
    [
      'a share of what is not for everybody',
      'forbidden',
      async () =>
        domain.run(sharePost, {
          actor: romeo,
          id: (await domain.post(juliet, 'x', { visibility: 'followers', mentions: [romeo] })).post.id,
          visibility: 'public',
        }),
    ],
    [
      'a pin of another’s post',
      'unprocessable',
      async () =>
        domain.run(flagPost, { actor: romeo, id: (await domain.post(juliet, 'x')).post.id, flag: 'pinned', on: true }),
    ],
    [
      'a pin of what is not for everybody',
      'unprocessable',
      async () =>
        domain.run(flagPost, {
          actor: juliet,
          id: (await domain.post(juliet, 'x', { visibility: 'followers' })).post.id,
          flag: 'pinned',
          on: true,
        }),
    ],
    [
      'a post of another server that is here already',
      'conflict',
      async () => {
        await domain.post(juliet, 'x', { origin: 'https://verona.example/1' });
        return domain.post(juliet, 'x', { origin: 'https://verona.example/1' });
      },
    ],
  ] as const)('%s', async ([, code, act]) => {
    await expect(act()).rejects.toMatchObject({ code });
  });
});

describe('followers who want each post', () => {
  it('are told of it, unless it answers somebody else or names them', async () => {
    await domain.run(follow, { actor: romeo, target: juliet, notify: true });
    const { post: first } = await domain.post(juliet, 'first');
    const { post: other } = await domain.post(nurse, 'other');
    await domain.post(juliet, 'reply', { replyTo: other.id });
    const { post: named } = await domain.post(juliet, 'named', { mentions: [romeo] });

    expect(await notices(romeo)).toEqual([
      ['mention', juliet, named.id],
      ['status', juliet, first.id],
    ]);
  });
});

it('keeps nothing of a post under an idempotency key but its id', async () => {
  const key = { scope: 'account', key: 'k', digest: 'd' };
  const wanted = { actor: juliet, visibility: 'public' as const, body: plainBody('once') };

  const first = await domain.log.run(createPost, wanted, key);
  const second = await domain.log.run(createPost, wanted, key);

  expect(second).toMatchObject({ duplicate: true, result: { post: { id: first.result.post.id } } });
  expect(Object.keys(second.result.post)).toEqual(['id']);
});
