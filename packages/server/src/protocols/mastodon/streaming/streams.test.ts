import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { entityOf } from '../../../../test/mastodon/streaming-clients.ts';
import { type Company, startCompany } from '../../../../test/mastodon/streaming-company.ts';
import {
  block,
  changeListMembers,
  createFilter,
  createList,
  deleteList,
  editPost,
  follow,
  mute,
  updateProfile,
} from '../../../domain/index.ts';
import { plainBody } from '../../../domain/testing/open-domain.ts';
import * as entities from '../entities/testing/schemas.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let company: Company;

beforeAll(async () => {
  company = await startCompany();
});

afterAll(() => company[Symbol.asyncDispose]());

const run: Company['run'] = (message, input) => company.run(message, input);
const post: Company['post'] = (actor, text, options) => company.post(actor, text, options);
function people<const Names extends readonly string[]>(...names: Names) {
  return company.people(...names);
}
const open: Company['open'] = (...wish) => company.open(...wish);

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
