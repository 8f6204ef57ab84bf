import { afterAll, expect, test } from 'vitest';
import * as z from 'zod';
import { error, filter, filterKeyword, filterStatus, filterV1, status } from '../entities/testing/schemas.ts';
import { openPair } from '../testing/open-pair.ts';

const { rest, juliet, token, other } = await openPair();
afterAll(() => rest[Symbol.asyncDispose]());

const V2 = '/api/v2/filters';

async function make(body: object = {}) {
  const whole = { title: 'feud', context: ['home', 'public'], ...body };
  return (await rest.call('POST', V2, { token, body: whole })).as(filter);
}

test('makes a filter, changes its keywords in one call, and forgets it', async () => {
  const made = await make({
    filter_action: 'hide',
    expires_in: 3_600,
    keywords_attributes: [{ keyword: 'sword', whole_word: true }, { keyword: 'quarrel' }],
  });
  const [sword, quarrel] = made.keywords;

  expect(made).toMatchObject({ title: 'feud', context: ['home', 'public'], filter_action: 'hide' });
  expect(Date.parse(made.expires_at ?? '')).toBeGreaterThan(Date.now() + 3_500_000);
  const form = new URLSearchParams([
    ['title', 'old feud'],
    ['expires_in', ''],
    ['keywords_attributes[][id]', sword?.id ?? ''],
    ['keywords_attributes[][_destroy]', 'true'],
    ['keywords_attributes[][id]', quarrel?.id ?? ''],
    ['keywords_attributes[][keyword]', 'brawl'],
  ]);
  const changed = (await rest.call('PUT', `${V2}/${made.id}`, { token, body: form })).as(filter);
  expect(changed).toMatchObject({
    title: 'old feud',
    expires_at: null,
    keywords: [{ id: quarrel?.id, keyword: 'brawl' }],
  });
  expect((await rest.call('GET', `${V2}/${made.id}`, { token })).as(filter)).toEqual(changed);
  expect((await rest.call('GET', V2, { token })).as(z.array(filter))).toContainEqual(changed);
  expect((await rest.call('GET', `${V2}/${made.id}`, { token: other })).status).toBe(404);
  expect((await rest.call('DELETE', `${V2}/${made.id}`, { token: other })).status).toBe(404);
  expect((await rest.call('DELETE', `${V2}/${made.id}`, { token })).body).toEqual({});
  expect((await rest.call('GET', `${V2}/${made.id}`, { token })).status).toBe(404);
});

test('keywords are made, read, changed and removed one by one', async () => {
  const { id } = await make();
  const body = { keyword: 'Capulet', whole_word: false };

  const made = (await rest.call('POST', `${V2}/${id}/keywords`, { token, body })).as(filterKeyword);
  const path = `${V2}/keywords/${made.id}`;

  expect(made).toMatchObject(body);
  expect((await rest.call('GET', `${V2}/${id}/keywords`, { token })).as(z.array(filterKeyword))).toEqual([made]);
  expect((await rest.call('GET', path, { token })).as(filterKeyword)).toEqual(made);
  const changed = (await rest.call('PUT', path, { token, body: { whole_word: true } })).as(filterKeyword);
  expect(changed).toEqual({ ...made, whole_word: true });
  expect((await rest.call('PUT', path, { token: other, body: { keyword: 'x' } })).status).toBe(404);
  expect((await rest.call('DELETE', path, { token })).body).toEqual({});
  expect((await rest.call('GET', path, { token })).status).toBe(404);
  expect((await rest.call('POST', `${V2}/${id}/keywords`, { token, body: { keyword: '' } })).status).toBe(422);
});

test('statuses are filtered one by one, and say so', async () => {
  const { id } = await make();
  const { post } = await rest.domain.post(juliet.id, 'a plague');

  const made = (await rest.call('POST', `${V2}/${id}/statuses`, { token, body: { status_id: String(post.id) } })).as(
    filterStatus,
  );
  const path = `${V2}/statuses/${made.id}`;
  const seen = (await rest.call('GET', `/api/v1/statuses/${post.id}`, { token })).as(status);

  expect(seen.filtered).toMatchObject([{ filter: { id }, keyword_matches: null, status_matches: [String(post.id)] }]);
  expect((await rest.call('GET', `${V2}/${id}/statuses`, { token })).as(z.array(filterStatus))).toEqual([made]);
  expect((await rest.call('GET', path, { token })).as(filterStatus)).toEqual(made);
  expect((await rest.call('DELETE', path, { token: other })).status).toBe(404);
  expect((await rest.call('DELETE', path, { token })).as(filterStatus)).toEqual(made);
  expect((await rest.call('GET', path, { token })).status).toBe(404);
  const lost = await rest.call('POST', `${V2}/${id}/statuses`, { token, body: { status_id: '1' } });
  expect(lost.status).toBe(404);
});

test('the old filters are keywords', async () => {
  const body = { phrase: 'banished', context: ['home'], irreversible: true, whole_word: true, expires_in: 60 };

  const made = (await rest.call('POST', '/api/v1/filters', { token, body })).as(filterV1);
  const path = `/api/v1/filters/${made.id}`;

  expect(made).toMatchObject({ phrase: 'banished', context: ['home'], irreversible: true, whole_word: true });
  expect((await rest.call('GET', path, { token })).as(filterV1)).toEqual(made);
  expect((await rest.call('GET', '/api/v1/filters', { token })).as(z.array(filterV1))).toContainEqual(made);
  const changed = await rest.call('PUT', path, { token, body: { phrase: 'exiled', context: ['thread'] } });
  expect(changed.as(filterV1)).toEqual({ ...made, phrase: 'exiled', context: ['thread'] });
  expect((await rest.call('DELETE', path, { token: other })).status).toBe(404);
  expect((await rest.call('DELETE', path, { token })).body).toEqual({});
  expect((await rest.call('GET', path, { token })).status).toBe(404);
  const left = (await rest.call('GET', V2, { token })).as(z.array(filter));
  expect(left.some(({ title }) => title === 'banished')).toBe(false);
});

test('of a filter with several keywords the old call changes only its own', async () => {
  const made = await make({ keywords_attributes: [{ keyword: 'thumb' }, { keyword: 'bite' }] });
  const path = `/api/v1/filters/${made.keywords[0]?.id}`;

  expect((await rest.call('PUT', path, { token, body: { context: ['thread'] } })).status).toBe(422);
  expect((await rest.call('PUT', path, { token, body: { phrase: 'fist' } })).as(filterV1).phrase).toBe('fist');
  await rest.call('DELETE', path, { token });
  const after = (await rest.call('GET', `${V2}/${made.id}`, { token })).as(filter);
  expect(after.keywords.map(({ keyword }) => keyword)).toEqual(['bite']);
});

test.each([
  ['no title', { context: ['home'] }],
  ['no context', { title: 'x' }],
  ['an unknown context', { title: 'x', context: ['everywhere'] }],
  ['an unknown action', { title: 'x', context: ['home'], filter_action: 'burn' }],
  ['no number of seconds', { title: 'x', context: ['home'], expires_in: 'soon' }],
])('refuses a filter with %s', async (_, body) => {
  const answer = await rest.call('POST', V2, { token, body });

  expect(answer.status).toBe(422);
  expect(error.parse(answer.body).error).toMatch(/^Validation failed: /);
});

test.each([
  ['GET', V2, 'write:filters'],
  ['POST', V2, 'read'],
  ['GET', `${V2}/1/keywords`, 'write:filters'],
  ['DELETE', `${V2}/statuses/1`, 'read'],
  ['GET', '/api/v1/filters', 'read:lists'],
  ['POST', '/api/v1/filters', 'read:filters'],
])('%s %s needs a token with its scope', async (method, path, wrong) => {
  const without = await rest.call(method, path);
  const outside = await rest.call(method, path, { token: await rest.token(juliet.id, wrong) });

  expect([without.status, outside.status]).toEqual([401, 403]);
});
