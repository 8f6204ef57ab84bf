import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  accountPosts,
  block,
  bookmarks,
  createChannel,
  createMedia,
  favourites,
  flagPost,
  follow,
  ingestAccount,
  type PostView,
  publicTimeline,
  react,
  sharePost,
  tagTimeline,
} from '../index.ts';
import { type OpenDomain, openDomain } from '../testing/open-domain.ts';

let domain: OpenDomain;
let juliet: number;
let romeo: number;
let tybalt: number;
let group: number;
const ids = new Map<string, number>();

const page = { limit: 20 };
const named = (...names: readonly string[]) => names.map((name) => ids.get(name));
const found = (views: readonly PostView[] | undefined) => views?.map(({ post }) => post.id);
async function keep(name: string, view: Promise<PostView>): Promise<number> {
  const { id } = (await view).post;
  ids.set(name, id);
  return id;
}

beforeAll(async () => {
  domain = await openDomain();
  const [one, two] = await domain.accounts('juliet', 'romeo');
  [juliet, romeo] = [one.id, two.id];
  const url = 'https://mantua.example/@tybalt';
  const remote = { name: 'tybalt', domain: 'mantua.example', displayName: 'Tybalt', url };
  tybalt = (await domain.run(ingestAccount, remote)).id;
  const verona = { actor: juliet, slug: 'verona', title: 'Verona', description: '', access: 'open' as const };
  group = (await domain.run(createChannel, { ...verona, defaultAffiliation: 'publisher' })).id;
  await domain.run(follow, { actor: romeo, target: group });
  const picture = {
    type: 'image' as const,
    contentType: 'image/png',
    preview: null,
    meta: {},
    blurhash: null,
    bytes: 1,
  };
  const media = await domain.run(createMedia, { actor: juliet, file: 'a.png', description: null, ...picture });
  const plain = await keep('plain', domain.post(juliet, 'plain', { tags: ['Rose'] }));
  await keep('shown', domain.post(juliet, 'shown', { media: [media.id], tags: ['rose', 'name'] }));
  await keep('foreign', domain.post(tybalt, 'foreign', { origin: 'https://mantua.example/1', tags: ['name'] }));
  await keep('reply', domain.post(juliet, 'reply', { replyTo: ids.get('foreign') ?? 0, tags: ['rose'] }));
  await keep('thread', domain.post(juliet, 'thread', { replyTo: plain }));
  await keep('unlisted', domain.post(juliet, 'unlisted', { visibility: 'unlisted', tags: ['rose'] }));
  await keep('share', domain.run(sharePost, { actor: juliet, id: ids.get('foreign') ?? 0, visibility: 'public' }));
  await keep('grouped', domain.post(romeo, 'grouped', { mentions: [group] }));
  await keep('stranger', domain.post(tybalt, 'stranger', { mentions: [group] }));
  await keep('answer', domain.post(juliet, 'answer', { replyTo: ids.get('grouped') ?? 0 }));
}, 60_000);
afterAll(() => domain[Symbol.asyncDispose]());

describe('a group channel', () => {
  it('has what those who may post there write to it or answer in it, and nothing of others', async () => {
    expect(found(await domain.ask(accountPosts, { viewer: null, account: group, page }))).toEqual(
      named('answer', 'grouped'),
    );
  });
});

describe('the posts of an account', () => {
  it.for([
    ['everything', {}, ['answer', 'share', 'unlisted', 'thread', 'reply', 'shown', 'plain']],
    ['no replies to others', { excludeReplies: true }, ['share', 'unlisted', 'thread', 'shown', 'plain']],
    ['no shares', { excludeShares: true }, ['answer', 'unlisted', 'thread', 'reply', 'shown', 'plain']],
    ['with media', { onlyMedia: true }, ['shown']],
    ['with a tag, however it is written', { tagged: '#RÓSE' }, ['unlisted', 'reply', 'shown', 'plain']],
  ] as const)('%s', async ([, options, expected]) => {
    const views = await domain.ask(accountPosts, { viewer: null, account: juliet, page, ...options });
    expect(found(views)).toEqual(named(...expected));
  });

  it('pinned: the latest pin first', async () => {
    for (const name of ['shown', 'plain']) {
      await domain.run(flagPost, { actor: juliet, id: ids.get(name) ?? 0, flag: 'pinned', on: true });
    }
    const views = await domain.ask(accountPosts, { viewer: null, account: juliet, page, pinned: true });
    expect(found(views)).toEqual(named('plain', 'shown'));
  });

  it('are unknown for nobody’s id', async () => {
    expect(await domain.ask(accountPosts, { viewer: null, account: 1, page })).toBeUndefined();
  });
});

describe('public timelines', () => {
  it.for([
    ['all', {}, ['stranger', 'grouped', 'thread', 'foreign', 'shown', 'plain']],
    ['local', { local: true }, ['grouped', 'thread', 'shown', 'plain']],
    ['remote', { remote: true }, ['stranger', 'foreign']],
    ['with media', { media: true }, ['shown']],
  ] as const)('%s', async ([, options, expected]) => {
    expect(found(await domain.ask(publicTimeline, { viewer: null, page, ...options }))).toEqual(named(...expected));
  });

  it.for([
    ['one tag, with replies', { tag: 'rose' }, ['reply', 'shown', 'plain']],
    ['one of several', { tag: 'rose', any: ['name'] }, ['reply', 'foreign', 'shown', 'plain']],
    ['all of several', { tag: 'rose', all: ['name'] }, ['shown']],
    ['none of some', { tag: 'rose', none: ['NAME'] }, ['reply', 'plain']],
    ['remote', { tag: 'name', remote: true }, ['foreign']],
    ['no tag at all', { tag: '#' }, []],
  ] as const)('by tags: %s', async ([, options, expected]) => {
    expect(found(await domain.ask(tagTimeline, { viewer: null, page, ...options }))).toEqual(named(...expected));
  });
});

describe('marks', () => {
  it('are listed by when they were made, by pages, without what cannot be seen any more', async () => {
    const hidden = await keep('hidden', domain.post(juliet, 'hidden', { visibility: 'followers', mentions: [romeo] }));
    const order = ['shown', 'hidden', 'plain'];
    for (const name of order) {
      await domain.run(react, { actor: romeo, id: ids.get(name) ?? 0, emoji: '⭐', on: true });
      await domain.run(flagPost, { actor: romeo, id: ids.get(name) ?? 0, flag: 'bookmarked', on: true });
    }
    expect(hidden).toBeGreaterThan(0);

    for (const query of [favourites, bookmarks]) {
      const all = await domain.ask(query, { viewer: romeo, page });
      expect(all.map(({ item }) => item.post.id)).toEqual(named('plain', 'hidden', 'shown'));
      const [newest, middle, oldest] = all.map(({ cursor }) => cursor);
      const pages = [
        { limit: 1, maxId: newest ?? 0 },
        { limit: 1, minId: oldest ?? 0 },
        { limit: 1, sinceId: oldest ?? 0 },
      ];
      const cursors = await Promise.all(
        pages.map(async (some) => (await domain.ask(query, { viewer: romeo, page: some })).map(({ cursor }) => cursor)),
      );
      expect(cursors).toEqual([[middle], [middle], [newest]]);
    }
    await domain.run(block, { actor: juliet, target: romeo, on: true });
    for (const query of [favourites, bookmarks]) expect(await domain.ask(query, { viewer: romeo, page })).toEqual([]);
  });
});
