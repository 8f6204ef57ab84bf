import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  announcementsFor,
  createFilter,
  createMedia,
  deleteAnnouncement,
  deleteFilter,
  deleteMedia,
  describeMedia,
  dismissAnnouncement,
  filtersOf,
  listAudit,
  markersOf,
  mediaById,
  type NewAnnouncement,
  publishAnnouncement,
  reactToAnnouncement,
  setMarkers,
  updateFilter,
} from '../index.ts';
import { type OpenDomain, openDomain } from '../testing/open-domain.ts';

let domain: OpenDomain;
beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain[Symbol.asyncDispose]());

const notFound = { code: 'not-found' };
const unprocessable = { code: 'unprocessable' };

describe('a filter', () => {
  test('changes keyword by keyword, by their ids, and tells the account each time', async () => {
    const [juliet, romeo] = await domain.accounts('juliet', 'romeo');
    const { post } = await domain.post(romeo.id, 'spoilers');
    const before = domain.heard.length;
    const made = await domain.run(createFilter, {
      actor: juliet.id,
      filter: {
        title: 'endings',
        contexts: ['home', 'public'],
        keywords: [{ keyword: 'tomb' }, { keyword: 'poison', wholeWord: false }],
      },
    });
    expect(made).toMatchObject({
      title: 'endings',
      contexts: ['home', 'public'],
      action: 'warn',
      expiresAt: null,
      keywords: [
        { keyword: 'tomb', wholeWord: true },
        { keyword: 'poison', wholeWord: false },
      ],
      posts: [],
    });
    const [tomb, poison] = made.keywords.map(({ id }) => id);

    const changed = await domain.run(updateFilter, {
      actor: juliet.id,
      id: made.id,
      filter: {
        action: 'blur',
        expiresAt: 1_900_000_000_000,
        keywords: [{ id: tomb ?? 0, keyword: 'vault' }, { id: poison ?? 0, remove: true }, { keyword: 'dagger' }],
        addPosts: [post.id, post.id],
      },
    });
    expect(changed).toMatchObject({
      id: made.id,
      title: 'endings',
      action: 'blur',
      expiresAt: 1_900_000_000_000,
      keywords: [
        { id: tomb, keyword: 'vault', wholeWord: true },
        { keyword: 'dagger', wholeWord: true },
      ],
      posts: [{ post: post.id }],
    });
    expect(await domain.ask(filtersOf, { viewer: juliet.id })).toEqual([changed]);
    expect(await domain.ask(filtersOf, { viewer: romeo.id })).toEqual([]);

    const cleared = await domain.run(updateFilter, {
      actor: juliet.id,
      id: made.id,
      filter: { removePosts: [post.id], expiresAt: null },
    });
    expect(cleared).toEqual({ ...changed, posts: [], expiresAt: null });
    await domain.run(deleteFilter, { actor: juliet.id, id: made.id });
    expect(await domain.ask(filtersOf, { viewer: juliet.id })).toEqual([]);
    expect(domain.since(before)).toEqual(
      Array.from({ length: 4 }, () => ({
        type: 'filters.changed',
        topics: [`account:${juliet.id}`],
        data: { account: juliet.id },
      })),
    );
  });

  test('is its owner’s, and what cannot stand changes nothing', async () => {
    const [paris, tybalt] = await domain.accounts('paris', 'tybalt');
    const filter = { title: 'one', contexts: ['home'] as const, keywords: [{ keyword: 'duel' }] };
    const made = await domain.run(createFilter, { actor: paris.id, filter });
    const other = await domain.run(createFilter, { actor: paris.id, filter });
    const theirs = other.keywords[0]?.id ?? 0;
    const update = (actor: number, change: object) => domain.run(updateFilter, { actor, id: made.id, filter: change });

    await expect(update(tybalt.id, { title: 'mine' })).rejects.toMatchObject(notFound);
    await expect(domain.run(deleteFilter, { actor: tybalt.id, id: made.id })).rejects.toMatchObject(notFound);
    await expect(update(paris.id, { keywords: [{ id: theirs, remove: true }] })).rejects.toMatchObject(notFound);
    await expect(update(paris.id, { addPosts: [1] })).rejects.toMatchObject(notFound);
    await expect(update(paris.id, { title: ' ' })).rejects.toMatchObject(unprocessable);
    await expect(update(paris.id, { contexts: [] })).rejects.toMatchObject(unprocessable);
    await expect(update(paris.id, { contexts: ['attic'] })).rejects.toMatchObject(unprocessable);
    await expect(update(paris.id, { title: 'half', keywords: [{ keyword: '' }] })).rejects.toMatchObject(unprocessable);
    expect(await domain.ask(filtersOf, { viewer: paris.id })).toEqual([made, other]);
  });
});

test('filters of an account have bounds together, and name only posts that it may see', async () => {
  const [samson, gregory] = await domain.accounts('samson', 'gregory');
  const secret = await domain.post(gregory.id, 'coals', { visibility: 'followers' });
  const words = (count: number) => Array.from({ length: count }, (_, index) => ({ keyword: `word${index}` }));
  const make = (filter: object) =>
    domain.run(createFilter, { actor: samson.id, filter: { title: 'x', contexts: ['home'], ...filter } });

  await make({ keywords: words(600) });

  await expect(make({ keywords: words(401) })).rejects.toMatchObject(unprocessable);
  await expect(make({ addPosts: [secret.post.id] })).rejects.toMatchObject(notFound);
  for (let made = 1; made < 200; made++) await make({});
  await expect(make({})).rejects.toMatchObject(unprocessable);
  expect(await domain.ask(filtersOf, { viewer: samson.id })).toHaveLength(200);
});

test('markers count their versions up, each timeline by itself', async () => {
  const benvolio = await domain.account('benvolio');
  const set = (...places: [timeline: string, lastReadId: string][]) =>
    domain.run(setMarkers, {
      actor: benvolio.id,
      markers: places.map(([timeline, lastReadId]) => ({ timeline, lastReadId })),
    });
  await set(['home', '5']);
  const [home, notifications] = await set(['home', '9'], ['notifications', '7']);
  expect([home, notifications]).toMatchObject([
    { timeline: 'home', lastReadId: '9', version: 1 },
    { timeline: 'notifications', lastReadId: '7', version: 0 },
  ]);
  const ask = (...timelines: string[]) => domain.ask(markersOf, { viewer: benvolio.id, timelines });
  expect(await ask('notifications', 'home', 'attic')).toEqual([notifications, home]);
  expect(await domain.ask(markersOf, { viewer: 1, timelines: ['home'] })).toEqual([]);
});

describe('an announcement', () => {
  const entry = (action: string) => ({ actor: 'escalus', action, target: '' });
  const publish = (input: NewAnnouncement) =>
    domain.run(publishAnnouncement, { input, entry: entry('announcements.publish') });

  test('is published, reacted to, dismissed and deleted, its text with it', async () => {
    const [mercutio, rosaline] = await domain.accounts('mercutio', 'rosaline');
    const before = domain.heard.length;
    const made = await publish({ text: 'a masked ball', html: '<p>a masked ball</p>' });
    const ask = (viewer: number, withDismissed = false) => domain.ask(announcementsFor, { viewer, withDismissed });
    const reacts = (actor: number, name: string, on = true) =>
      domain.run(reactToAnnouncement, { actor, id: made.id, name, on });

    await reacts(mercutio.id, '🎭');
    await reacts(rosaline.id, '🎭');
    await reacts(rosaline.id, '🎭');
    expect(await ask(mercutio.id)).toEqual([
      { ...made, reactions: [{ name: '🎭', count: 2, mine: true }], read: false },
    ]);
    await reacts(mercutio.id, '🎭', false);
    await domain.run(dismissAnnouncement, { actor: mercutio.id, id: made.id });
    expect(await ask(mercutio.id)).toEqual([]);
    expect(await ask(mercutio.id, true)).toEqual([
      { ...made, reactions: [{ name: '🎭', count: 1, mine: false }], read: true },
    ]);
    for (const name of ['👍🏽', '👩‍👩‍👧', '🇮🇹', '❤', '❤️', '1️⃣', '☠️']) await reacts(mercutio.id, name);
    for (const name of ['🍷', '', '8', 'boo', '🎭🎭', '🎭boo']) {
      await expect(reacts(mercutio.id, name)).rejects.toMatchObject(unprocessable);
    }

    const heard = domain.since(before).slice(0, 4);
    expect(heard.map(({ type, topics }) => [type, topics])).toEqual(
      ['published', 'reacted', 'reacted', 'reacted'].map((what) => [`announcement.${what}`, ['community']]),
    );
    expect(heard.map(({ data }) => data)).toEqual([
      { announcement: made },
      { announcement: made.id, name: '🎭', count: 1 },
      { announcement: made.id, name: '🎭', count: 2 },
      { announcement: made.id, name: '🎭', count: 1 },
    ]);

    await domain.run(deleteAnnouncement, { input: { id: made.id }, entry: entry('announcements.delete') });
    expect(domain.since(before).at(-1)).toMatchObject({
      type: 'announcement.deleted',
      topics: ['community'],
      data: { announcement: made.id },
    });
    expect(await ask(rosaline.id, true)).toEqual([]);
    await expect(reacts(rosaline.id, '🎭')).rejects.toMatchObject(notFound);
    const page = await domain.log.read({
      topics: [{ topic: 'community', since: 0 }],
      after: (domain.heard[before]?.position ?? 1) - 1,
      limit: 100,
    });
    const kept = page.kind === 'page' ? page.events.filter(({ erased }) => !erased) : [];
    expect(kept.at(-1)?.type).toBe('announcement.deleted');
    expect(kept.map(({ type }) => type)).not.toContain('announcement.published');
    const audit = await domain.ask(listAudit, { before: Number.MAX_SAFE_INTEGER, limit: 2 });
    expect(audit).toMatchObject([
      { action: 'announcements.delete', outcome: 'ok' },
      { action: 'announcements.publish', outcome: 'ok' },
    ]);
  });

  test('that has ended is not shown', async () => {
    const escalus = await domain.account('escalus');
    const now = Date.now();
    const texts = async () =>
      (await domain.ask(announcementsFor, { viewer: escalus.id })).map(({ text, endsAt }) => [text, endsAt]);
    await publish({ text: 'over', html: '', startsAt: now - 2_000, endsAt: now - 1_000 });
    await publish({ text: 'on', html: '', startsAt: now - 2_000, endsAt: now + 3_600_000, allDay: true });
    expect(await texts()).toEqual([['on', now + 3_600_000]]);
    await expect(publish({ text: 'odd', html: '', startsAt: 5, endsAt: 4 })).rejects.toMatchObject(unprocessable);
  });
});

test('media are their owner’s, can be described, and are a post’s once it shows them', async () => {
  const [capulet, montague] = await domain.accounts('capulet', 'montague');
  const made = await domain.run(createMedia, {
    actor: capulet.id,
    type: 'image',
    contentType: 'image/png',
    file: 'a.png',
    preview: null,
    meta: { original: { width: 2, height: 1 } },
    description: null,
    blurhash: 'U',
    bytes: 100,
  });
  const described = await domain.run(describeMedia, {
    actor: capulet.id,
    id: made.id,
    description: 'a crest',
    focus: [2, -0.5],
  });
  expect(described).toEqual({
    ...made,
    description: 'a crest',
    meta: { original: { width: 2, height: 1 }, focus: { x: 1, y: -0.5 } },
  });
  const ask = (viewer: number) => domain.ask(mediaById, { viewer, id: made.id });
  expect([await ask(capulet.id), await ask(montague.id)]).toEqual([described, undefined]);
  for (const message of [describeMedia, deleteMedia]) {
    await expect(domain.run(message, { actor: montague.id, id: made.id })).rejects.toMatchObject(notFound);
  }

  const { post } = await domain.post(capulet.id, '', { media: [made.id] });
  expect(post.media).toEqual([described]);
  expect(await ask(capulet.id)).toBeUndefined();
  await expect(domain.run(deleteMedia, { actor: capulet.id, id: made.id })).rejects.toMatchObject(unprocessable);
  const again = await domain.run(describeMedia, { actor: capulet.id, id: made.id, post: post.id, description: null });
  expect(again.description).toBeNull();
});
