import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { type AccountView, follow, react } from '../../../domain/index.ts';
import { account, error, notification, status } from '../entities/testing/schemas.ts';
import { type OpenRest, openRest } from '../testing/open-rest.ts';

let rest: OpenRest;
let juliet: AccountView;
let others: readonly AccountView[];
let token: string;
let post: number;

const many = z.array(notification);
const group = z.strictObject({
  group_key: z.string(),
  notifications_count: z.number().int().min(1),
  type: z.string(),
  most_recent_notification_id: z.string(),
  page_min_id: z.string(),
  page_max_id: z.string(),
  latest_page_notification_at: z.iso.datetime(),
  sample_account_ids: z.array(z.string()).min(1),
  status_id: z.string().optional(),
});
const grouped = z.strictObject({
  accounts: z.array(account),
  statuses: z.array(status),
  notification_groups: z.array(group),
});

/** Two favourites of one post by romeo and nurse, romeo's follow, and nurse's mention, in this order. */
beforeAll(async () => {
  rest = await openRest();
  [juliet, ...others] = await rest.domain.accounts('juliet', 'romeo', 'nurse');
  const [romeo, nurse] = others;
  if (!romeo || !nurse) throw new Error('two others were made');
  token = await rest.token(juliet.id, 'read', 'write');
  ({
    post: { id: post },
  } = await rest.domain.post(juliet.id, 'O happy dagger'));
  for (const { id: actor } of others) await rest.domain.run(react, { actor, id: post, emoji: '⭐', on: true });
  await rest.domain.run(follow, { actor: romeo.id, target: juliet.id });
  await rest.domain.post(nurse.id, 'Madam!', { mentions: [juliet.id] });
});

afterAll(async () => {
  await rest[Symbol.asyncDispose]();
});

async function types(query = '') {
  const rows = (await rest.call('GET', `/api/v1/notifications${query}`, { token })).as(many);
  return rows.map(({ type, account: from }) => `${type} ${from.acct}`);
}

test('lists what happened, newest first, as far as it is wanted', async () => {
  expect(await types()).toEqual(['mention nurse', 'follow romeo', 'favourite nurse', 'favourite romeo']);
  expect(await types('?types[]=follow&types[]=mention')).toEqual(['mention nurse', 'follow romeo']);
  expect(await types('?exclude_types[]=favourite&exclude_types[]=poll')).toEqual(['mention nurse', 'follow romeo']);
  expect(await types('?types[]=poll')).toEqual([]);
  expect(await types(`?account_id=${others[0]?.id}`)).toEqual(['follow romeo', 'favourite romeo']);
});

test('pages by its links, and counts what is above the marker', async () => {
  const first = await rest.call('GET', '/api/v1/notifications?limit=3', { token });
  const [, next = ''] = /<https:\/\/social\.example([^>]*)>; rel="next"/.exec(first.headers.get('link') ?? '') ?? [];
  const second = await rest.call('GET', next, { token });
  const count = async () => (await rest.call('GET', '/api/v1/notifications/unread_count', { token })).body;

  expect(second.as(many).map(({ type }) => type)).toEqual(['favourite']);
  expect(await count()).toEqual({ count: 4 });
  const [, third] = first.as(many);
  const body = { notifications: { last_read_id: third?.id } };
  await rest.call('POST', '/api/v1/markers', { token, body });
  expect(await count()).toEqual({ count: 1 });
  expect((await rest.call('GET', '/api/v2/notifications/unread_count', { token })).body).toEqual({ count: 1 });
});

test('groups what concerns one post, and finds each group by its key', async () => {
  const page = await rest.call('GET', '/api/v2/notifications', { token });
  const { notification_groups: groups, statuses, accounts } = page.as(grouped);
  const favourites = groups.find(({ type }) => type === 'favourite');
  const find = (path = '') => rest.call('GET', `/api/v2/notifications/${favourites?.group_key}${path}`, { token });

  expect(groups.map(({ type, notifications_count }) => [type, notifications_count])).toEqual([
    ['mention', 1],
    ['follow', 1],
    ['favourite', 2],
  ]);
  expect(favourites).toMatchObject({ status_id: String(post) });
  expect(favourites?.sample_account_ids.toSorted()).toEqual(others.map(({ id }) => String(id)).toSorted());
  expect(statuses.map(({ id }) => id)).toContain(String(post));
  expect(accounts).toHaveLength(2);
  expect((await find()).as(grouped).notification_groups).toEqual([favourites]);
  expect((await find('/accounts')).as(z.array(account))).toHaveLength(2);
  const one = await rest.call('GET', `/api/v2/notifications/${groups[0]?.group_key}`, { token });
  expect(one.as(grouped).notification_groups).toEqual([groups[0]]);
  const apart = await rest.call('GET', '/api/v2/notifications?grouped_types[]=reblog', { token });
  expect(apart.as(grouped).notification_groups).toHaveLength(4);
});

test('pages groups by the notifications in them', async () => {
  const first = await rest.call('GET', '/api/v2/notifications?limit=2', { token });
  const [, next = ''] = /<https:\/\/social\.example([^>]*)>; rel="next"/.exec(first.headers.get('link') ?? '') ?? [];
  const second = await rest.call('GET', next, { token });

  expect(second.as(grouped).notification_groups).toMatchObject([{ type: 'favourite', notifications_count: 2 }]);
});

test.each(['ungrouped-1', 'favourite-1-41000', 'mention-1-41000', 'nonsense'])('finds no group %s', async (key) => {
  for (const [method, path] of [
    ['GET', ''],
    ['GET', '/accounts'],
    ['POST', '/dismiss'],
  ] as const) {
    expect((await rest.call(method, `/api/v2/notifications/${key}${path}`, { token })).status).toBe(404);
  }
});

test('keeps a policy in both of its versions, and counts what it holds back', async () => {
  const change = await rest.call('PATCH', '/api/v2/notifications/policy', {
    token,
    body: { for_not_following: 'filter', for_new_accounts: 'accept' },
  });
  const [stranger] = await rest.domain.accounts('tybalt');
  await rest.domain.post(stranger.id, 'Turn and draw', { mentions: [juliet.id] });

  expect(change.body).toMatchObject({ for_not_following: 'filter', for_private_mentions: 'accept' });
  expect((await rest.call('GET', '/api/v1/notifications/policy', { token })).body).toEqual({
    filter_not_following: true,
    filter_not_followers: false,
    filter_new_accounts: false,
    filter_private_mentions: false,
    summary: { pending_requests_count: 1, pending_notifications_count: 1 },
  });
  expect(await types('?types[]=mention')).toEqual(['mention nurse']);
  expect(await types('?types[]=mention&include_filtered=true')).toEqual(['mention tybalt', 'mention nurse']);
  const back = await rest.call('PUT', '/api/v1/notifications/policy', { token, body: { filter_not_following: false } });
  expect(back.body).toMatchObject({ filter_not_following: false });
  const wrong = await rest.call('PATCH', '/api/v2/notifications/policy', { token, body: { for_new_accounts: 'ask' } });
  expect(wrong.status).toBe(422);
});

test('dismisses one, then a group, then all', async () => {
  const [newest] = (await rest.call('GET', '/api/v1/notifications', { token })).as(many);
  const path = `/api/v1/notifications/${newest?.id}`;

  expect((await rest.call('GET', path, { token })).as(notification)).toEqual(newest);
  expect((await rest.call('POST', `${path}/dismiss`, { token })).body).toEqual({});
  expect((await rest.call('GET', path, { token })).status).toBe(404);
  expect((await rest.call('POST', `${path}/dismiss`, { token })).status).toBe(404);

  const { notification_groups: groups } = (await rest.call('GET', '/api/v2/notifications', { token })).as(grouped);
  const key = groups.find(({ type }) => type === 'favourite')?.group_key;
  expect((await rest.call('POST', `/api/v2/notifications/${key}/dismiss`, { token })).status).toBe(200);
  expect(await types()).toEqual(['follow romeo']);

  expect((await rest.call('POST', '/api/v1/notifications/clear', { token })).body).toEqual({});
  expect(await types()).toEqual([]);
});

test.each([
  ['GET', '/api/v1/notifications', 'read:statuses'],
  ['GET', '/api/v1/notifications/1', 'read:statuses'],
  ['GET', '/api/v1/notifications/unread_count', 'read:statuses'],
  ['GET', '/api/v2/notifications', 'write:notifications'],
  ['GET', '/api/v2/notifications/policy', 'write:notifications'],
  ['PATCH', '/api/v2/notifications/policy', 'read'],
  ['POST', '/api/v1/notifications/clear', 'read'],
  ['POST', '/api/v1/notifications/1/dismiss', 'read'],
])('%s %s needs a token with its scope', async (method, path, wrong) => {
  const without = await rest.call(method, path);
  const outside = await rest.call(method, path, { token: await rest.token(juliet.id, wrong) });

  expect([without.status, outside.status]).toEqual([401, 403]);
  error.parse(outside.body);
});
