import { formatToken } from '@carillon/core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { entityOf, MastodonStream } from '../../../../test/mastodon/streaming-clients.ts';
import { type StreamingServer, startStreaming } from '../../../../test/mastodon/streaming-harness.ts';
import {
  type AccountView,
  block,
  changeListMembers,
  createFilter,
  createList,
  deleteAnnouncement,
  deleteList,
  deletePost,
  editPost,
  flagPost,
  follow,
  mute,
  publishAnnouncement,
  react,
  reactToAnnouncement,
  sharePost,
  unfollow,
  unsharePost,
  updateProfile,
} from '../../../domain/index.ts';
import { type OpenDomain, plainBody } from '../../../domain/testing/open-domain.ts';
import * as entities from '../entities/testing/schemas.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let server: StreamingServer;
let count = 0;

beforeAll(async () => {
  server = await startStreaming({ listener: { heartbeatMs: 400 } });
});

afterAll(async () => {
  const { failures } = server;
  await server[Symbol.asyncDispose]();
  expect(failures).toEqual([]);
});

interface Person extends AccountView {
  readonly token: string;
}

/** New accounts with names of their own, so that tests do not meet. */
async function people<const Names extends readonly string[]>(
  ...names: Names
): Promise<{ readonly [Index in keyof Names]: Person }> {
  const made: Person[] = [];
  for (const name of names) {
    const account = await server.domain.account(`${name}${++count}`);
    made.push({ ...account, token: await server.token(account.id) });
  }
  // One for each name, in their order.
  return made as unknown as { readonly [Index in keyof Names]: Person };
}

async function open(path: string, { token }: Person, headers: Record<string, string> = {}): Promise<MastodonStream> {
  const stream = new MastodonStream(server.url, path, token, headers);
  await stream.until(({ greeted }) => greeted, 'a greeting');
  return stream;
}

function here(): string {
  return formatToken(server.domain.log.head);
}

const run: OpenDomain['run'] = (message, input) => server.domain.run(message, input);
const post: OpenDomain['post'] = (actor, text, options) => server.domain.post(actor, text, options);
const entry = { actor: 'test', action: 'test', target: 'test' };

describe('the bytes of an event stream', () => {
  it('are those that every known client reads', async () => {
    const [juliet] = await people('juliet');
    using stream = await open('public', juliet);
    const { post: first } = await post(juliet.id, 'wherefore');
    const created = here();
    await run(deletePost, { actor: juliet.id, id: first.id });
    await stream.until(({ heard }) => heard.length === 2, 'both');
    const blocks = stream.body.replaceAll(':thump\n', '');
    const status = stream.heard[0]?.payload ?? '';

    expect(blocks).toBe(
      `:)\nevent: update\nid: ${created}\ndata: ${status}\n\nevent: delete\nid: ${here()}\ndata: ${first.id}\n\n`,
    );
    expect(stream.body).not.toContain('\r');
  });

  it('say that they are still here without a blank line', async () => {
    const [juliet] = await people('juliet');
    using stream = await open('direct', juliet);
    await stream.until(({ body }) => body.length >= ':)\n:thump\n:thump\n'.length, 'two heartbeats');

    expect(stream.body).toMatch(/^:\)\n(:thump\n){2,}$/);
  });
});

describe('the home stream', () => {
  it('tells of the posts of whom one follows from then on, and no longer than that', async () => {
    const [juliet, romeo, tybalt] = await people('juliet', 'romeo', 'tybalt');
    await post(romeo.id, 'before');
    using stream = await open('user', juliet);
    await post(romeo.id, 'still before');
    await run(follow, { actor: juliet.id, target: romeo.id });
    const { post: heard } = await post(romeo.id, 'heard');
    await post(tybalt.id, 'of a stranger');
    const { post: own } = await post(juliet.id, 'own');
    await run(editPost, { actor: romeo.id, id: heard.id, body: plainBody('heard better') });
    await run(deletePost, { actor: romeo.id, id: heard.id });
    await run(unfollow, { actor: juliet.id, target: romeo.id });
    await post(romeo.id, 'after');
    await post(juliet.id, 'last');
    await stream.until(({ words }) => words.includes('update last'), 'the last');

    expect(stream.words).toEqual([
      'update heard',
      'update own',
      'status.update heard better',
      `delete ${heard.id}`,
      'update last',
    ]);
    const statuses = stream.heard.filter(({ event }) => event !== 'delete').map(entityOf);
    for (const status of statuses) entities.status.parse(status);
    expect(statuses.map(({ pinned }) => pinned)).toEqual([undefined, false, undefined, false]);
    expect(statuses[1]?.id).toBe(String(own.id));
  });

  it('tells of shares, and what one has done with a post', async () => {
    const [juliet, romeo, mercutio] = await people('juliet', 'romeo', 'mercutio');
    for (const target of [romeo.id, mercutio.id]) await run(follow, { actor: juliet.id, target });
    const { post: shared } = await post(romeo.id, 'a pilgrim');
    await run(react, { actor: juliet.id, id: shared.id, emoji: '⭐', on: true });
    await run(flagPost, { actor: juliet.id, id: shared.id, flag: 'bookmarked', on: true });
    using stream = await open('user', juliet);
    const { post: share } = await run(sharePost, { actor: mercutio.id, id: shared.id, visibility: 'public' });
    await run(editPost, { actor: romeo.id, id: shared.id, body: plainBody('a palmer') });
    await run(unsharePost, { actor: mercutio.id, id: shared.id });
    await stream.until(({ words }) => words.some((word) => word.startsWith('delete')), 'the end');

    expect(stream.words.filter((word) => !word.startsWith('notification'))).toEqual([
      'update shared a pilgrim',
      'status.update a palmer',
      `delete ${share.id}`,
    ]);
    const [update, edit] = stream.heard.filter(({ event }) => event.endsWith('update')).map(entityOf);
    const done = { favourited: true, bookmarked: true, reblogged: false };
    expect(update).toMatchObject({ favourited: false, bookmarked: false, reblog: done, filtered: [] });
    expect(edit).toMatchObject(done);
    entities.status.parse(update);
    entities.status.parse(edit);
  });

  it('says what filters found, in a post and in what it shares', async () => {
    const [juliet, romeo] = await people('juliet', 'romeo');
    await run(follow, { actor: juliet.id, target: romeo.id });
    using stream = await open('user', juliet);
    const filter = { title: 'sad', contexts: ['home'], action: 'warn', keywords: [{ keyword: 'poison' }] } as const;
    await run(createFilter, { actor: juliet.id, filter });
    await post(romeo.id, 'the poison');
    await post(romeo.id, 'the balcony');
    await stream.until(({ heard }) => heard.length === 3, 'three');

    expect(stream.words).toEqual(['filters_changed null', 'update the poison', 'update the balcony']);
    const [, found, clean] = stream.heard.map(({ payload }) => JSON.parse(payload));
    expect(found.filtered).toMatchObject([
      { filter: { title: 'sad', filter_action: 'warn' }, keyword_matches: ['poison'] },
    ]);
    expect(clean.filtered).toEqual([]);
    entities.status.parse(found);
  });

  it('takes back the posts of whom one blocks or mutes, with one position', async () => {
    const [juliet, romeo, tybalt] = await people('juliet', 'romeo', 'tybalt');
    for (const target of [romeo.id, tybalt.id]) await run(follow, { actor: juliet.id, target });
    const made: number[] = [];
    for (const author of [romeo, romeo, tybalt]) made.push((await post(author.id, 'a post')).post.id);
    using stream = await open('user', juliet);
    await run(mute, { actor: juliet.id, target: romeo.id, on: true });
    const muted = here();
    await post(romeo.id, 'not heard');
    await run(block, { actor: juliet.id, target: tybalt.id, on: true });
    await post(juliet.id, 'last');
    await stream.until(({ words }) => words.includes('update last'), 'the last');

    expect(stream.words).toEqual([`delete ${made[1]}`, `delete ${made[0]}`, `delete ${made[2]}`, 'update last']);
    expect(stream.heard.slice(0, 2).map(({ id }) => id)).toEqual([undefined, muted]);
  });

  it('has notifications for whoever may read them', async () => {
    const [juliet, romeo] = await people('juliet', 'romeo');
    const quiet = { ...juliet, token: await server.token(juliet.id, ['read:statuses']) };
    using full = await open('user', juliet);
    using statuses = await open('user', quiet);
    using only = await open('user/notification', juliet);
    const { post: own } = await post(juliet.id, 'own');
    await run(react, { actor: romeo.id, id: own.id, emoji: '⭐', on: true });
    await run(follow, { actor: romeo.id, target: juliet.id });
    const { post: mention } = await post(romeo.id, 'hey', { mentions: [juliet.id] });
    await run(editPost, { actor: romeo.id, id: mention.id, body: plainBody('hello', { mentions: [juliet.id] }) });
    await post(juliet.id, 'last');
    for (const stream of [full, statuses]) await stream.until(({ words }) => words.includes('update last'), 'the last');

    const notes = ['notification favourite own', 'notification follow', 'notification mention hey'];
    expect(only.words).toEqual([...notes, 'status.update hello']);
    expect(full.words).toEqual(['update own', ...notes, 'status.update hello', 'update last']);
    expect(statuses.words).toEqual(['update own', 'status.update hello', 'update last']);
    for (const note of only.heard.slice(0, 3)) entities.notification.parse(entityOf(note));
  });

  it('has announcements', async () => {
    const [juliet] = await people('juliet');
    using stream = await open('user', juliet);
    const { id } = await run(publishAnnouncement, { input: { text: 'feast', html: '<p>feast</p>' }, entry });
    await run(reactToAnnouncement, { actor: juliet.id, id, name: '🎉', on: true });
    await run(deleteAnnouncement, { input: { id }, entry });
    await stream.until(({ heard }) => heard.length === 3, 'three');

    expect(stream.words.slice(1)).toEqual([
      `announcement.reaction {"name":"🎉","count":1,"announcement_id":"${id}"}`,
      `announcement.delete ${id}`,
    ]);
    const [announced] = stream.heard;
    expect(entities.publicAnnouncement.parse(JSON.parse(announced?.payload ?? ''))).toMatchObject({ id: String(id) });
    expect(announced?.payload).not.toContain('"read"');
  });
});

describe('the streams of strangers', () => {
  const NAMES = [
    'public',
    'public/local',
    'public/remote',
    'public?only_media=1',
    'hashtag?tag=%23V%C3%A9rona',
    'hashtag/local?tag=VERONA',
  ];

  it('show what is theirs, without what a viewer excludes', async () => {
    const [juliet, romeo, tybalt] = await people('juliet', 'romeo', 'tybalt');
    await run(block, { actor: juliet.id, target: tybalt.id, on: true });
    const filter = { title: 'f', contexts: ['public'], action: 'hide', keywords: [{ keyword: 'feud' }] } as const;
    await run(createFilter, { actor: juliet.id, filter });
    await run(updateProfile, { actor: juliet.id, profile: {}, settings: { chosenLanguages: ['it'] } });
    const streams = await Promise.all(NAMES.map((name) => open(name, juliet)));
    await post(romeo.id, 'in verona', { tags: ['Verona'], language: 'it' });
    await post(romeo.id, 'the feud', { language: 'it' });
    await post(romeo.id, 'in english', { language: 'en' });
    await post(romeo.id, 'in no language');
    await post(tybalt.id, 'blocked', { language: 'it' });
    await post(romeo.id, 'unlisted', { language: 'it', visibility: 'unlisted', tags: ['Verona'] });
    const { post: last } = await post(romeo.id, 'last', { tags: ['verona'], language: 'it' });
    await run(editPost, {
      actor: romeo.id,
      id: last.id,
      body: plainBody('the last', { tags: ['verona'], language: 'it' }),
    });
    for (const index of [0, 1, 4, 5]) {
      await streams[index]?.until(({ words }) => words.includes('status.update the last'), NAMES[index] ?? '');
    }
    const ends = ['update last', 'status.update the last'];
    const words = streams.map((stream) => stream.words);
    const found = streams[0]?.heard.map(entityOf) ?? [];
    for (const stream of streams) stream[Symbol.dispose]();

    expect(words).toEqual([
      ['update in verona', 'update the feud', ...ends],
      ['update in verona', 'update the feud', ...ends],
      [],
      [],
      ['update in verona', ...ends],
      ['update in verona', ...ends],
    ]);
    expect(found.map(({ filtered }) => (filtered as unknown[]).length)).toEqual([0, 1, 0, 0]);
    expect(found.every((status) => !('favourited' in status) && !('pinned' in status))).toBe(true);
  });
});

describe('a list', () => {
  it('follows its members, and ends with itself', async () => {
    const [juliet, romeo, mercutio] = await people('juliet', 'romeo', 'mercutio');
    for (const target of [romeo.id, mercutio.id]) await run(follow, { actor: juliet.id, target });
    const { id } = await run(createList, { actor: juliet.id, title: 'l', replies: 'list', exclusive: false });
    using stream = await open(`list?list=${id}`, juliet);
    await post(romeo.id, 'not a member');
    await run(changeListMembers, { actor: juliet.id, id, add: [romeo.id, mercutio.id] });
    await post(romeo.id, 'a member');
    await run(changeListMembers, { actor: juliet.id, id, remove: [romeo.id] });
    await post(romeo.id, 'no longer');
    const { post: left } = await post(mercutio.id, 'still one');
    await run(mute, { actor: juliet.id, target: mercutio.id, on: true });
    await post(mercutio.id, 'muted');
    await stream.until(({ words }) => words.length >= 3, 'three');
    await run(deleteList, { actor: juliet.id, id });
    await stream.until(({ ended }) => ended, 'the end');

    expect(stream.words).toEqual(['update a member', 'update still one', `delete ${left.id}`]);
  });
});

describe('direct conversations', () => {
  it('are told to those who take part', async () => {
    const [juliet, romeo, tybalt] = await people('juliet', 'romeo', 'tybalt');
    using hers = await open('direct', juliet);
    using theirs = await open('direct', tybalt);
    await post(romeo.id, 'meet me', { visibility: 'direct', mentions: [juliet.id] });
    await hers.until(({ heard }) => heard.length === 1, 'a conversation');

    const conversation = entities.conversation.parse(JSON.parse(hers.heard[0]?.payload ?? ''));
    expect(conversation).toMatchObject({ unread: true, last_status: { content: '<p>meet me</p>' } });
    expect(hers.heard[0]?.event).toBe('conversation');
    expect(theirs.heard).toEqual([]);
  });
});

describe('after a lost connection', () => {
  it.each([
    ['the header', (id: string) => ({ query: '', headers: { 'Last-Event-ID': id } })],
    ['last_event_id', (id: string) => ({ query: '?last_event_id=' + id, headers: {} })],
    ['since', (id: string) => ({ query: '?since=' + id, headers: {} })],
    ['the header before the query', (id: string) => ({ query: '?since=nonsense', headers: { 'Last-Event-ID': id } })],
  ])('goes on after what %s names', async (_, wish) => {
    const [juliet, romeo] = await people('juliet', 'romeo');
    await run(follow, { actor: juliet.id, target: romeo.id });
    await post(romeo.id, 'one');
    const { query, headers } = wish(here());
    await post(romeo.id, 'two');
    const { post: gone } = await post(romeo.id, 'a secret');
    await run(deletePost, { actor: romeo.id, id: gone.id });
    using stream = await open(`user${query}`, juliet, headers);
    await post(romeo.id, 'three');
    await stream.until(({ words }) => words.includes('update three'), 'the last');

    expect(stream.words).toEqual(['update two', `delete ${gone.id}`, 'update three']);
    expect(stream.body).not.toContain('a secret');
  });

  it.each([
    ['nonsense', () => 'nonsense', 'malformed'],
    ['a place in another history', () => formatToken({ position: 3, epoch: 'otherone' }), 'epoch'],
    ['a place that is not reached yet', () => formatToken({ ...server.domain.log.head, position: 9_999_999 }), 'ahead'],
  ])('says of %s that something may be missing, and goes on', async (_, id, reason) => {
    const [juliet, romeo] = await people('juliet', 'romeo');
    await run(follow, { actor: juliet.id, target: romeo.id });
    await post(romeo.id, 'kept');
    using stream = await open('user', juliet, { 'Last-Event-ID': id() });
    await stream.until(({ words }) => words.includes('update kept'), 'what is kept');
    const [gap] = stream.heard;

    expect(stream.status).toBe(200);
    expect(gap).toMatchObject({ event: 'gap', payload: JSON.stringify({ reason }) });
    using again = await open('user', juliet, { 'Last-Event-ID': gap?.id ?? '' });
    await again.until(({ words }) => words.includes('update kept'), 'what is kept');
    expect(again.words.some((word) => word.startsWith('gap'))).toBe(false);
  });

  it('names where it begins to whoever asks for it', async () => {
    const [juliet] = await people('juliet');
    const start = here();
    using stream = await open('user?since=now', juliet);
    await stream.until(({ heard }) => heard.length === 1, 'the place');

    expect(stream.heard).toEqual([{ event: 'subscribed', id: start, payload: '{}' }]);
  });
});

describe('a stream ends', () => {
  it('at once when its token is revoked, and no other', async () => {
    const [juliet] = await people('juliet');
    const other = { ...juliet, token: await server.token(juliet.id) };
    using first = await open('user', juliet);
    using second = await open('user', other);
    await server.revoke(juliet.token);
    await first.until(({ ended }) => ended, 'the end');
    await post(juliet.id, 'still here');
    await second.until(({ words }) => words.includes('update still here'), 'the post');

    expect(first.words).toEqual([]);
    expect(second.ended).toBe(false);
  });
});
