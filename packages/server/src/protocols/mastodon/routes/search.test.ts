import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import type { AccountView } from '../../../domain/index.ts';
import { account, error, publicTag, status, tag } from '../entities/testing/schemas.ts';
import { type OpenRest, openRest } from '../testing/open-rest.ts';

let rest: OpenRest;
let juliet: AccountView;
let romeo: AccountView;
let token: string;

const results = z.strictObject({
  accounts: z.array(account),
  statuses: z.array(status),
  hashtags: z.array(z.union([tag, publicTag])),
});

beforeAll(async () => {
  rest = await openRest();
  [juliet, romeo] = await rest.domain.accounts('juliet', 'romeo');
  token = await rest.token(juliet.id, 'read');
  for (const number of [1, 2, 3]) {
    await rest.domain.post(romeo.id, `a balcony in moonlight ${number}`, { tags: ['Moonlight'] });
  }
  await rest.domain.post(romeo.id, 'moonlight for nobody', { visibility: 'direct' });
});

afterAll(async () => {
  await rest[Symbol.asyncDispose]();
});

async function search(query: string, by: string | undefined = token) {
  return (await rest.call('GET', `/api/v2/search?${query}`, by === undefined ? {} : { token: by })).as(results);
}

test('finds statuses, accounts and tags that one may see', async () => {
  const found = await search('q=moonlight&resolve=true');

  expect(found.statuses).toHaveLength(3);
  expect(found.hashtags.map(({ name }) => name.toLowerCase())).toEqual(['moonlight']);
  expect((await search('q=%40romeo')).accounts.map(({ acct }) => acct)).toEqual(['romeo']);
  expect((await search('q=rom')).accounts.map(({ acct }) => acct)).toEqual(['romeo']);
  expect((await search('q=%23moon&type=hashtags')).hashtags).toHaveLength(1);
});

test('searches only what is asked for, in pages', async () => {
  const first = await search('q=moonlight&type=statuses&limit=2');
  const second = await search('q=moonlight&type=statuses&limit=2&offset=2');
  const ids = [...first.statuses, ...second.statuses].map(({ id }) => id);

  expect([first.statuses.length, second.statuses.length]).toEqual([2, 1]);
  expect(new Set(ids).size).toBe(3);
  expect(first.accounts).toEqual([]);
  expect(first.hashtags).toEqual([]);
  expect((await search(`q=moonlight&type=statuses&account_id=${juliet.id}`)).statuses).toEqual([]);
  expect((await search(`q=moonlight&type=statuses&account_id=${romeo.id}`)).statuses).toHaveLength(3);
});

test('shows nobody in particular accounts and tags alone', async () => {
  const found = await search('q=romeo', undefined);

  expect(found).toMatchObject({ accounts: [{ acct: 'romeo' }], statuses: [] });
  expect((await rest.call('GET', '/api/v2/search?q=romeo&offset=1')).status).toBe(422);
});

test('the old search has the names of tags', async () => {
  const answer = await rest.call('GET', '/api/v1/search?q=moonlight', { token });

  expect(answer.body).toMatchObject({ hashtags: [expect.stringMatching(/^moonlight$/i)] });
});

test('refuses an empty question, an unknown type and a token without the scope', async () => {
  for (const query of ['', 'q=%20', 'q=x&type=planets']) {
    const answer = await rest.call('GET', `/api/v2/search?${query}`, { token });
    expect(answer.status).toBe(422);
    error.parse(answer.body);
  }
  const wrong = await rest.token(juliet.id, 'read:statuses');
  expect((await rest.call('GET', '/api/v2/search?q=x', { token: wrong })).status).toBe(403);
});

const EMPTY = [
  ...['trends', 'trends/tags', 'trends/statuses', 'trends/links'].map((name) => `/api/v1/${name}`),
  ...['suggestions', 'endorsements', 'featured_tags'].map((name) => `/api/v1/${name}`),
  '/api/v2/suggestions',
];

test.each(EMPTY)('%s is empty, in all honesty', async (path) => {
  const answer = await rest.call('GET', path, { token });

  expect(answer).toMatchObject({ status: 200, body: [] });
});
