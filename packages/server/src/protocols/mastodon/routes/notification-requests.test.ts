import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import type { AccountView } from '../../../domain/index.ts';
import { account, notification, status } from '../entities/testing/schemas.ts';
import { type OpenRest, openRest } from '../testing/open-rest.ts';

const request = z.strictObject({
  id: z.string(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
  notifications_count: z.string().regex(/^\d+$/),
  account,
  last_status: status.optional(),
});
const PATH = '/api/v1/notifications/requests';

let rest: OpenRest;
let token: string;
let juliet: AccountView;
let romeo: AccountView;
let tybalt: AccountView;

beforeAll(async () => {
  rest = await openRest();
  [juliet, romeo, tybalt] = await rest.domain.accounts('juliet', 'romeo', 'tybalt');
  token = await rest.token(juliet.id, 'read', 'write');
  await rest.call('PATCH', '/api/v2/notifications/policy', { token, body: { for_not_following: 'filter' } });
  for (const { id, slug } of [romeo, romeo, tybalt]) {
    await rest.domain.post(id, `from ${slug}`, { mentions: [juliet.id] });
  }
});

afterAll(async () => {
  await rest[Symbol.asyncDispose]();
});

async function waiting() {
  const rows = (await rest.call('GET', PATH, { token })).as(z.array(request));
  return rows.map(({ account: from, notifications_count: count }) => `${from.acct} ${count}`);
}

test('shows what is held back by who caused it', async () => {
  const one = (await rest.call('GET', `${PATH}/${romeo.id}`, { token })).as(request);

  expect(await waiting()).toEqual(['tybalt 1', 'romeo 2']);
  expect((await rest.call('GET', `${PATH}?limit=1`, { token })).as(z.array(request))).toHaveLength(1);
  expect(one).toMatchObject({ account: { acct: 'romeo' }, last_status: { content: '<p>from romeo</p>' } });
  expect((await rest.call('GET', `${PATH}/${juliet.id}`, { token })).status).toBe(404);
});

test('marks what is held back, which is listed only for who asks for it', async () => {
  const list = async (query: string) =>
    (await rest.call('GET', `/api/v1/notifications${query}`, { token })).as(z.array(notification));

  expect(await list('')).toEqual([]);
  expect((await list('?include_filtered=true')).map(({ filtered }) => filtered)).toEqual([true, true, true]);
});

test('lets somebody in, and forgets somebody else', async () => {
  expect((await rest.call('POST', `${PATH}/${romeo.id}/accept`, { token })).body).toEqual({});
  expect((await rest.call('POST', `${PATH}/dismiss`, { token, body: { id: [String(tybalt.id)] } })).body).toEqual({});

  const shown = (await rest.call('GET', '/api/v1/notifications?include_filtered=true', { token })).as(
    z.array(notification),
  );
  expect(shown.map(({ account: from, filtered }) => [from.acct, filtered])).toEqual([
    ['romeo', undefined],
    ['romeo', undefined],
  ]);
  expect(await waiting()).toEqual([]);
  expect((await rest.call('POST', `${PATH}/${romeo.id}/accept`, { token })).status).toBe(404);
  expect((await rest.call('GET', `${PATH}/merged`, { token })).body).toEqual({ merged: true });
});

test('whoever was let in stays so, whatever the policy says, and nobody else', async () => {
  for (const answer of ['filter', 'drop']) {
    await rest.call('PATCH', '/api/v2/notifications/policy', { token, body: { for_not_following: answer } });
    for (const { id } of [romeo, tybalt]) await rest.domain.post(id, answer, { mentions: [juliet.id] });
  }

  const shown = (await rest.call('GET', '/api/v1/notifications', { token })).as(z.array(notification));
  expect(shown.slice(0, 2).map(({ account: from, status }) => [from.acct, status?.content])).toEqual([
    ['romeo', '<p>drop</p>'],
    ['romeo', '<p>filter</p>'],
  ]);
  expect(new Set(shown.map(({ account: from }) => from.acct))).toEqual(new Set(['romeo']));
  expect(await waiting()).toEqual(['tybalt 1']);
});

test('needs a token with the scope', async () => {
  const wrong = await rest.token(juliet.id, 'read');

  expect((await rest.call('GET', PATH)).status).toBe(401);
  expect((await rest.call('POST', `${PATH}/${romeo.id}/accept`, { token: wrong })).status).toBe(403);
});
