import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { entityOf } from '../../../../test/mastodon/streaming-clients.ts';
import { type Company, startCompany } from '../../../../test/mastodon/streaming-company.ts';
import {
  block,
  createFilter,
  deleteAnnouncement,
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
} from '../../../domain/index.ts';
import { plainBody } from '../../../domain/testing/open-domain.ts';
import * as entities from '../entities/testing/schemas.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let company: Company;

beforeAll(async () => {
  company = await startCompany({ listener: { heartbeatMs: 400 } });
});

afterAll(() => company[Symbol.asyncDispose]());

const run: Company['run'] = (message, input) => company.run(message, input);
const post: Company['post'] = (actor, text, options) => company.post(actor, text, options);
function people<const Names extends readonly string[]>(...names: Names) {
  return company.people(...names);
}
const open: Company['open'] = (...wish) => company.open(...wish);
const entry = { actor: 'test', action: 'test', target: 'test' };

describe('the bytes of an event stream', () => {
  it('are those that every known client reads', async () => {
    const [juliet] = await people('juliet');
    using stream = await open('public', juliet);
    const { post: first } = await post(juliet.id, 'wherefore');
    const created = company.here();
    await run(deletePost, { actor: juliet.id, id: first.id });
    await stream.until(({ heard }) => heard.length === 2, 'both');
    const blocks = stream.body.replaceAll(':thump\n', '');
    const status = stream.heard[0]?.payload ?? '';

    expect(blocks).toBe(
      `:)\nevent: update\nid: ${created}\ndata: ${status}\n\nevent: delete\nid: ${company.here()}\ndata: ${first.id}\n\n`,
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
    const muted = company.here();
    await post(romeo.id, 'not heard');
    await run(block, { actor: juliet.id, target: tybalt.id, on: true });
    await post(juliet.id, 'last');
    await stream.until(({ words }) => words.includes('update last'), 'the last');

    expect(stream.words).toEqual([`delete ${made[1]}`, `delete ${made[0]}`, `delete ${made[2]}`, 'update last']);
    expect(stream.heard.slice(0, 2).map(({ id }) => id)).toEqual([undefined, muted]);
  });

  it('has notifications for whoever may read them', async () => {
    const [juliet, romeo] = await people('juliet', 'romeo');
    const quiet = { ...juliet, token: await company.server.token(juliet.id, ['read:statuses']) };
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
