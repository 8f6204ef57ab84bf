import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { changeListMembers, createFilter, createList, deletePost, follow } from '../../src/domain/index.ts';
import * as entities from '../../src/protocols/mastodon/entities/testing/schemas.ts';
import { MastodonSocket } from './streaming-clients.ts';
import { type Company, type Person, startCompany } from './streaming-company.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const BELOW = '/api/v1/streaming/';
const PAGE = readFileSync(join(import.meta.dirname, '../../../../docs/seeds.md'), 'utf8');
/** The requests of the page, each with what is heard. */
const REQUESTS = [...PAGE.matchAll(/^\| `GET ([^`]+)` \| (.+) \|$/gm)].map(
  ([, path = '', heard = '']) => [path, [...heard.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word)] as const,
);
const STREAMS = REQUESTS.filter(([path]) => path !== `${BELOW}health`);

let company: Company;
let juliet: Person;
let romeo: Person;
let list: number;

beforeAll(async () => {
  company = await startCompany();
  [juliet, romeo] = await company.people('juliet', 'romeo');
  await company.run(follow, { actor: juliet.id, target: romeo.id });
  const made = { actor: juliet.id, title: 'Montagues', replies: 'list', exclusive: false } as const;
  list = (await company.run(createList, made)).id;
  await company.run(changeListMembers, { actor: juliet.id, id: list, add: [romeo.id] });
});

afterAll(() => company[Symbol.asyncDispose]());

/** A post that is on every stream and goes again, a direct one, and a filter. */
async function happen(): Promise<string> {
  const { post } = await company.post(romeo.id, 'Is it so?', { tags: ['verona'], mentions: [juliet.id] });
  await company.run(deletePost, { actor: romeo.id, id: post.id });
  await company.post(romeo.id, 'psst', { visibility: 'direct', mentions: [juliet.id] });
  const filter = { title: 'f', contexts: ['home'], action: 'warn', keywords: [{ keyword: 'x' }] } as const;
  await company.run(createFilter, { actor: juliet.id, filter });
  return String(post.id);
}

const filled = (path: string) => path.replace(':hashtag', 'verona').replace(':list_id', String(list));

/** Each kind of event that was heard, once. */
function kindsOf(heard: readonly { readonly event: string }[]): readonly string[] {
  return [...new Set(heard.map(({ event }) => event))].toSorted();
}

function check(event: string, payload: string, deleted: string): void {
  if (event === 'delete') expect(payload).toBe(deleted);
  else if (event === 'filters_changed') expect(payload).toBe('null');
  else if (event === 'notification') entities.notification.parse(JSON.parse(payload));
  else if (event === 'conversation') entities.conversation.parse(JSON.parse(payload));
  else expect(JSON.parse(payload)).toMatchObject({ id: expect.any(String), filtered: [] });
}

test('the page has every request of the document', () => {
  expect(REQUESTS.map(([path]) => path)).toEqual(
    ['health', 'user', 'public', 'public/local', 'hashtag?tag=:hashtag', 'hashtag/local?tag=:hashtag']
      .concat('list?list=:list_id', 'direct')
      .map((path) => BELOW + path),
  );
});

test('health is OK', async () => {
  const answer = await fetch(`${company.server.url}${BELOW}health`);

  expect([answer.status, await answer.text()]).toEqual([200, 'OK']);
});

test.each(STREAMS)('an event stream at %s', async (path, kinds) => {
  using stream = await company.open(filled(path).slice(BELOW.length), juliet);
  const deleted = await happen();
  await stream.until(({ heard }) => kindsOf(heard).length === kinds.length, 'every kind');

  expect(kindsOf(stream.heard)).toEqual(kinds.toSorted());
  for (const { event, payload } of stream.heard) check(event, payload, deleted);
  // Beside comments, nothing but the lines of the document and the position.
  for (const line of stream.body.split('\n')) expect(line).toMatch(/^($|:|event: \w|id: \w|data: \S)/);
});

test.each(STREAMS)('the same by a WebSocket as at %s, with everything in the query', async (path, kinds) => {
  const { pathname, searchParams } = new URL(filled(path), company.server.url);
  const name = pathname.slice(BELOW.length).replace('/', ':');
  const query = new URLSearchParams({ access_token: juliet.token, stream: name, ...Object.fromEntries(searchParams) });
  using socket = await new MastodonSocket(company.server.url, undefined, query.toString()).until(
    ({ open }) => open,
    'an open socket',
  );
  const deleted = await happen();
  await socket.until(({ frames }) => kindsOf(frames).length === kinds.length, 'every kind');

  expect(kindsOf(socket.frames)).toEqual(kinds.toSorted());
  for (const { stream, event, payload } of socket.frames) {
    expect(stream).toEqual([name, ...searchParams.values()]);
    check(event, payload, deleted);
  }
});
