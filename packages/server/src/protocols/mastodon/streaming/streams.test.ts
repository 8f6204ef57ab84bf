import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { entityOf } from '../../../../test/mastodon/streaming-clients.ts';
import { type Company, startCompany } from '../../../../test/mastodon/streaming-company.ts';
import {
  block,
  changeListMembers,
  createFilter,
  createList,
  deleteList,
  deletePost,
  editPost,
  follow,
  mute,
  readConversation,
  updateList,
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

  it('takes back the posts of a member whom its owner blocks, and that alone of others', async () => {
    const [juliet, romeo, nurse] = await people('juliet', 'romeo', 'nurse');
    for (const target of [romeo.id, nurse.id]) await run(follow, { actor: juliet.id, target });
    const { id } = await run(createList, { actor: juliet.id, title: 'l', replies: 'list', exclusive: false });
    await run(changeListMembers, { actor: juliet.id, id, add: [romeo.id, nurse.id] });
    const { post: before } = await post(romeo.id, 'before');
    using stream = await open(`list?list=${id}`, juliet);
    using home = await open('user', juliet);
    const { post: named } = await post(nurse.id, 'with him', { mentions: [romeo.id] });
    await run(block, { actor: juliet.id, target: romeo.id, on: true });
    await post(romeo.id, 'not heard');
    await post(nurse.id, 'about him', { mentions: [romeo.id] });
    await post(nurse.id, 'last');
    for (const each of [stream, home]) await each.until(({ words }) => words.includes('update last'), 'the last');

    const words = ['update with him', `delete ${named.id}`, `delete ${before.id}`, 'update last'];
    expect(stream.words).toEqual(words);
    expect(home.words).toEqual(words);
  });

  it('tells nothing of direct posts, nor of those who only name its owner', async () => {
    const [juliet, romeo, tybalt] = await people('juliet', 'romeo', 'tybalt');
    await run(follow, { actor: juliet.id, target: romeo.id });
    const { id } = await run(createList, { actor: juliet.id, title: 'l', replies: 'list', exclusive: false });
    await run(changeListMembers, { actor: juliet.id, id, add: [romeo.id] });
    using stream = await open(`list?list=${id}`, juliet);
    for (const [author, visibility] of [
      [romeo.id, 'direct'],
      [tybalt.id, 'public'],
    ] as const) {
      const mentions = [juliet.id];
      const { post: heard } = await post(author, 'aside', { visibility, mentions });
      await run(editPost, { actor: author, id: heard.id, body: plainBody('louder', { mentions }) });
      await run(deletePost, { actor: author, id: heard.id });
    }
    const { post: shown } = await post(romeo.id, 'aloud', { mentions: [juliet.id] });
    await run(deletePost, { actor: romeo.id, id: shown.id });
    await stream.until(({ words }) => words.includes(`delete ${shown.id}`), 'the last');

    expect(stream.words).toEqual(['update aloud', `delete ${shown.id}`]);
  });

  it('answers as its policy says, and takes its members out of the home if it is exclusive', async () => {
    const [juliet, romeo, nurse, tybalt] = await people('juliet', 'romeo', 'nurse', 'tybalt');
    for (const target of [romeo.id, nurse.id, tybalt.id]) await run(follow, { actor: juliet.id, target });
    const policies = ['followed', 'list', 'none'] as const;
    const lists = await Promise.all(
      policies.map((replies) => run(createList, { actor: juliet.id, title: replies, replies, exclusive: false })),
    );
    for (const { id } of lists) await run(changeListMembers, { actor: juliet.id, id, add: [romeo.id, nurse.id] });
    using home = await open('user', juliet);
    const streams = await Promise.all(lists.map(({ id }) => open(`list?list=${id}`, juliet)));
    const { post: hers } = await post(nurse.id, 'hers');
    const { post: his } = await post(tybalt.id, 'his');
    const { post: own } = await post(juliet.id, 'own');
    await post(romeo.id, 'to a member', { replyTo: hers.id });
    await post(romeo.id, 'to the followed', { replyTo: his.id });
    await post(romeo.id, 'to the owner', { replyTo: own.id });
    await run(updateList, { actor: juliet.id, id: lists[0]?.id ?? 0, exclusive: true });
    await post(romeo.id, 'last');
    await post(tybalt.id, 'last of all');
    for (const stream of streams) await stream.until(({ words }) => words.includes('update last'), 'the last');
    await home.until(({ words }) => words.includes('update last of all'), 'the last of all');
    const words = streams.map((stream) => stream.words);
    for (const stream of streams) stream[Symbol.dispose]();

    const ends = ['update to the owner', 'update last'];
    expect(words).toEqual([
      ['update hers', 'update to a member', 'update to the followed', ...ends],
      ['update hers', 'update to a member', ...ends],
      ['update hers', ...ends],
    ]);
    expect(home.words).not.toContain('update last');
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

  it('carry what filters find, as notifications do', async () => {
    const [juliet, romeo] = await people('juliet', 'romeo');
    const filter = { title: 'f', contexts: ['home'], action: 'warn', keywords: [{ keyword: 'poison' }] } as const;
    await run(createFilter, { actor: juliet.id, filter });
    using hers = await open('direct', juliet);
    using told = await open('user/notification', juliet);
    for (const text of ['the poison', 'the balcony']) {
      await post(romeo.id, text, { visibility: 'direct', mentions: [juliet.id] });
    }
    for (const stream of [hers, told]) await stream.until(({ heard }) => heard.length === 2, 'both');

    const found = [{ filter: { title: 'f' }, keyword_matches: ['poison'], status_matches: null }];
    const read = ({ heard }: typeof hers) => heard.map(({ payload }) => JSON.parse(payload));
    expect(read(hers)).toMatchObject([{ last_status: { filtered: found } }, { last_status: { filtered: [] } }]);
    expect(read(told)).toMatchObject([{ status: { filtered: found } }, { status: { filtered: [] } }]);
    entities.notification.parse(read(told)[0]);
    entities.conversation.parse(read(hers)[0]);
  });

  it('are told again when they are read, and when a post goes', async () => {
    const [juliet, romeo] = await people('juliet', 'romeo');
    using hers = await open('direct', juliet);
    const direct = { visibility: 'direct', mentions: [juliet.id] } as const;
    const { post: first } = await post(romeo.id, 'one', direct);
    const { post: second } = await post(romeo.id, 'two', { ...direct, replyTo: first.id });
    await hers.until(({ heard }) => heard.length === 2, 'two');
    const { id } = entities.conversation.parse(JSON.parse(hers.heard[1]?.payload ?? ''));
    await run(readConversation, { actor: juliet.id, id: Number(id) });
    await run(deletePost, { actor: romeo.id, id: second.id });
    await hers.until(({ heard }) => heard.length === 4, 'four');

    const told = hers.heard.map(({ event, payload }) => [event, entities.conversation.parse(JSON.parse(payload))]);
    expect(told).toMatchObject([
      ['conversation', { id, unread: true, last_status: { id: String(first.id) } }],
      ['conversation', { id, unread: true, last_status: { id: String(second.id) } }],
      ['conversation', { id, unread: false, last_status: { id: String(second.id) } }],
      ['conversation', { id, unread: false, last_status: { id: String(first.id) } }],
    ]);
  });
});
