import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  block,
  createChannel,
  createPost,
  deletePost,
  editPost,
  flagPost,
  follow,
  postHistory,
  react,
  sharePost,
  unsharePost,
  updateChannel,
} from '../index.ts';
import { type OpenDomain, openDomain, plainBody } from '../testing/open-domain.ts';
import { notices, seen, upload } from './testing/watch.ts';

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
      ['notification.created', [`account:${romeo}`]],
      ['notification.created', [`account:${nurse}`]],
    ]);
    const history = await domain.ask(postHistory, { viewer: null, id: post.id });
    expect(history?.versions.map(({ html, createdAt }) => [html, createdAt])).toEqual([
      ['<p>before</p>', post.createdAt],
      ['<p>after</p>', edited.post.editedAt],
    ]);
  });

  it('is shown to nobody who may not see the post: not to whom a direct post names late, nor outside a closed group', async () => {
    const group = { title: 'x', description: '', access: 'open', defaultAffiliation: 'publisher' } as const;
    const place = await domain.run(createChannel, { ...group, actor: juliet, slug: `place${round}` });
    const direct = await domain.post(juliet, 'hush', { visibility: 'direct', mentions: [romeo] });
    const open = await domain.post(juliet, 'open', { channel: place.id, tags: ['rose'], mentions: [nurse] });
    await domain.run(updateChannel, { actor: juliet, channel: place.id, access: 'authorize' });
    const before = domain.heard.length;

    for (const { post } of [direct, open]) {
      const body = plainBody('new words', { mentions: [romeo, nurse] });
      await domain.run(editPost, { actor: juliet, id: post.id, body });
    }

    const told = domain.since(before).filter(({ data }) => JSON.stringify(data).includes('new words'));
    expect(told.filter(({ topics }) => topics.includes(`account:${nurse}`))).toEqual([]);
    expect(told.filter(({ type }) => type === 'post.edited').map(({ topics }) => topics)).toEqual([
      [`account:${juliet}`, `account:${romeo}`],
      [`channel:${place.id}`],
    ]);

    await domain.run(deletePost, { actor: juliet, id: open.post.id });

    expect(domain.since(before).find(({ type }) => type === 'post.deleted')?.topics).toEqual(
      expect.arrayContaining(['public', 'hashtag:rose', `account:${nurse}`]),
    );
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
    const picture = await upload(domain, juliet, 'a.png');
    const { post } = await domain.post(juliet, 'gone', { tags: ['rose'], mentions: [nurse], media: [picture.id] });
    const share = await domain.run(sharePost, { actor: romeo, id: post.id, visibility: 'public' });
    await domain.run(react, { actor: romeo, id: post.id, emoji: STAR, on: true });
    await domain.run(flagPost, { actor: nurse, id: post.id, flag: 'bookmarked', on: true });
    expect(await notices(domain, juliet)).toHaveLength(2);
    const before = domain.heard.length;

    const answer = await domain.run(deletePost, { actor: juliet, id: post.id });

    expect(answer?.post).toMatchObject({ id: post.id, text: 'gone', media: [{ id: picture.id }] });
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
      expect(await seen(domain, viewer, { post })).toBeUndefined();
      expect(await seen(domain, viewer, share)).toBeUndefined();
    }
    expect(await notices(domain, juliet)).toEqual([]);
    expect(await notices(domain, nurse)).toEqual([]);
    await expect(domain.run(deletePost, { actor: juliet, id: post.id })).rejects.toMatchObject({ code: 'not-found' });
  });

  it('of a share is its undoing', async () => {
    const { post } = await domain.post(juliet, 'shared');
    const share = await domain.run(sharePost, { actor: romeo, id: post.id, visibility: 'public' });

    await domain.run(deletePost, { actor: romeo, id: share.post.id });

    expect(await seen(domain, null, { post })).toMatchObject({ post: { sharesCount: 0 } });
    expect(await seen(domain, null, share)).toBeUndefined();
  });
});

describe('a share of whom has blocked its sharer since', () => {
  it.each(['unshare', 'delete'])('is taken back by %s, and the answer says nothing of the post', async (how) => {
    const { post } = await domain.post(juliet, 'a secret now');
    const share = await domain.run(sharePost, { actor: romeo, id: post.id, visibility: 'public' });
    await domain.run(block, { actor: juliet, target: romeo, on: true });
    const before = domain.heard.length;

    const command = how === 'unshare' ? unsharePost : deletePost;
    expect(
      await domain.run(command, { actor: romeo, id: how === 'unshare' ? post.id : share.post.id }),
    ).toBeUndefined();

    expect(domain.since(before)).toContainEqual(
      expect.objectContaining({ type: 'share.deleted', data: { post: share.post.id, shared: post.id } }),
    );
    expect(await seen(domain, juliet, { post })).toMatchObject({ post: { sharesCount: 0 } });
    await expect(domain.run(unsharePost, { actor: romeo, id: post.id })).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('what is refused', () => {
  it.for([
    ['a body without text or media', 'unprocessable', () => domain.post(juliet, '  ')],
    [
      'media of somebody else',
      'unprocessable',
      async () => domain.post(juliet, 'x', { media: [(await upload(domain, romeo, 'r')).id] }),
    ],
    [
      'media that another post shows',
      'unprocessable',
      async () => {
        const { id } = await upload(domain, juliet, 'j');
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
      'a pin of what is direct',
      'unprocessable',
      async () =>
        domain.run(flagPost, {
          actor: juliet,
          id: (await domain.post(juliet, 'x', { visibility: 'direct', mentions: [romeo] })).post.id,
          flag: 'pinned',
          on: true,
        }),
    ],
    [
      'a sixth pin',
      'unprocessable',
      async () => {
        const { id: actor } = await domain.account('pinner');
        const pin = async (number: number) =>
          domain.run(flagPost, {
            actor,
            id: (await domain.post(actor, `${number}`, { visibility: 'followers' })).post.id,
            flag: 'pinned',
            on: true,
          });
        for (const number of [1, 2, 3, 4, 5]) expect(await pin(number)).toMatchObject({ flags: { pinned: true } });
        return pin(6);
      },
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

    expect(await notices(domain, romeo)).toEqual([
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
