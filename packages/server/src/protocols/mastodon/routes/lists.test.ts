import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { type AccountView, follow } from '../../../domain/index.ts';
import { account, error, list, publicTag, tag } from '../entities/testing/schemas.ts';
import { type OpenRest, openRest } from '../testing/open-rest.ts';

let rest: OpenRest;
let juliet: AccountView;
let romeo: AccountView;
let nurse: AccountView;
let token: string;
let other: string;

beforeAll(async () => {
  rest = await openRest();
  [juliet, romeo, nurse] = await rest.domain.accounts('juliet', 'romeo', 'nurse');
  token = await rest.token(juliet.id, 'read', 'write', 'follow');
  other = await rest.token(romeo.id, 'read', 'write');
  for (const target of [romeo.id, nurse.id]) await rest.domain.run(follow, { actor: juliet.id, target });
});

afterAll(async () => {
  await rest[Symbol.asyncDispose]();
});

test('makes, changes, shows and deletes lists', async () => {
  const made = (await rest.call('POST', '/api/v1/lists', { token, body: { title: 'Capulets' } })).as(list);
  const path = `/api/v1/lists/${made.id}`;
  const body = new URLSearchParams({ title: 'All Capulets', replies_policy: 'none', exclusive: 'true' });

  expect(made).toMatchObject({ title: 'Capulets', replies_policy: 'list', exclusive: false });
  const changed = (await rest.call('PUT', path, { token, body })).as(list);
  expect(changed).toEqual({ id: made.id, title: 'All Capulets', replies_policy: 'none', exclusive: true });
  expect((await rest.call('GET', path, { token })).as(list)).toEqual(changed);
  expect((await rest.call('GET', '/api/v1/lists', { token })).as(z.array(list))).toEqual([changed]);
  for (const method of ['GET', 'PUT', 'DELETE']) {
    const request = { token: other, ...(method === 'PUT' ? { body: { title: 'mine' } } : {}) };
    expect((await rest.call(method, path, request)).status).toBe(404);
  }
  expect((await rest.call('DELETE', path, { token })).body).toEqual({});
  expect((await rest.call('GET', path, { token })).status).toBe(404);
});

test('takes those whom one follows, in pages', async () => {
  const { id } = (await rest.call('POST', '/api/v1/lists', { token, body: { title: 'Verona' } })).as(list);
  const path = `/api/v1/lists/${id}/accounts`;
  const add = (ids: readonly number[], by = token) =>
    rest.call('POST', path, { token: by, body: { account_ids: ids.map(String) } });
  const names = async (query: string) =>
    (await rest.call('GET', query, { token })).as(z.array(account)).map(({ acct }) => acct);

  expect((await add([romeo.id, nurse.id])).body).toEqual({});
  const first = await rest.call('GET', `${path}?limit=1`, { token });
  const [, next = ''] = /<https:\/\/social\.example([^>]*)>; rel="next"/.exec(first.headers.get('link') ?? '') ?? [];
  expect([...first.as(z.array(account)).map(({ acct }) => acct), ...(await names(next))].toSorted()).toEqual([
    'nurse',
    'romeo',
  ]);
  expect((await add([juliet.id + 1])).status).toBe(404);
  expect((await add([nurse.id], other)).status).toBe(404);
  expect((await rest.call('GET', path, { token: other })).status).toBe(404);
  await rest.call('DELETE', `${path}?account_ids[]=${nurse.id}`, { token });
  expect(await names(path)).toEqual(['romeo']);
});

test.each([
  ['no title', {}],
  ['an empty title', { title: ' ' }],
  ['an unknown policy', { title: 'x', replies_policy: 'some' }],
])('refuses a list with %s', async (_, body) => {
  const answer = await rest.call('POST', '/api/v1/lists', { token, body });

  expect(answer.status).toBe(422);
  expect(error.parse(answer.body).error).toMatch(/^Validation failed: /);
});

test('follows and leaves tags, and lists them in pages', async () => {
  const shown = (await rest.call('GET', '/api/v1/tags/Verona')).as(publicTag);
  const followed = (await rest.call('POST', '/api/v1/tags/Verona/follow', { token })).as(tag);
  await rest.call('POST', '/api/v1/tags/mantua/follow', { token });

  const first = await rest.call('GET', '/api/v1/followed_tags?limit=1', { token });
  const [, next = ''] = /<https:\/\/social\.example([^>]*)>; rel="next"/.exec(first.headers.get('link') ?? '') ?? [];
  const second = await rest.call('GET', next, { token });

  expect(shown.url).toBe('https://social.example/tags/verona');
  expect(followed).toEqual({ ...shown, following: true, featuring: false });
  expect(first.as(z.array(tag)).map(({ name }) => name)).toEqual(['mantua']);
  expect(second.as(z.array(tag)).map(({ name, following }) => [name, following])).toEqual([['verona', true]]);
  const left = (await rest.call('POST', '/api/v1/tags/verona/unfollow', { token })).as(tag);
  expect(left.following).toBe(false);
});

test.each([
  ['GET', '/api/v1/lists', 'read:statuses'],
  ['POST', '/api/v1/lists', 'read'],
  ['GET', '/api/v1/lists/1/accounts', 'write:lists'],
  ['POST', '/api/v1/lists/1/accounts', 'read:lists'],
  ['POST', '/api/v1/tags/x/follow', 'read'],
  ['GET', '/api/v1/followed_tags', 'write'],
])('%s %s needs a token with its scope', async (method, path, wrong) => {
  const without = await rest.call(method, path);
  const outside = await rest.call(method, path, { token: await rest.token(juliet.id, wrong) });

  expect([without.status, outside.status]).toEqual([401, 403]);
});
