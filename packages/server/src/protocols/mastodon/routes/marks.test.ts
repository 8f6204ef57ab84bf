import { afterAll, expect, test } from 'vitest';
import * as z from 'zod';
import { publishAnnouncement } from '../../../domain/index.ts';
import { announcement, conversation, error, marker } from '../entities/testing/schemas.ts';
import { openPair } from '../testing/open-pair.ts';

const { rest, juliet, romeo, token, other } = await openPair();
afterAll(() => rest[Symbol.asyncDispose]());

const conversations = z.array(conversation);

test('conversations are paged by their last statuses, read and deleted', async () => {
  const direct = { visibility: 'direct', mentions: [juliet.id] } as const;
  const { post: first } = await rest.domain.post(romeo.id, 'one', direct);
  const { post: second } = await rest.domain.post(romeo.id, 'two', direct);

  const page = await rest.call('GET', '/api/v1/conversations?limit=1', { token });
  const [, next = ''] = /<https:\/\/social\.example([^>]*)>; rel="next"/.exec(page.headers.get('link') ?? '') ?? [];
  const [newest] = page.as(conversations);
  const [oldest] = (await rest.call('GET', next, { token })).as(conversations);

  expect(newest).toMatchObject({ unread: true, accounts: [{ acct: 'romeo' }], last_status: { id: String(second.id) } });
  expect(oldest).toMatchObject({ last_status: { id: String(first.id) } });
  expect(next).toContain(`max_id=${second.id}`);
  const path = `/api/v1/conversations/${newest?.id}`;
  expect((await rest.call('POST', `${path}/read`, { token: other })).status).toBe(404);
  expect((await rest.call('POST', `${path}/read`, { token })).as(conversation)).toEqual({ ...newest, unread: false });
  expect((await rest.call('POST', `${path}/unread`, { token: other })).status).toBe(404);
  expect((await rest.call('POST', `${path}/unread`, { token })).as(conversation)).toEqual(newest);
  expect((await rest.call('DELETE', path, { token: other })).status).toBe(404);
  expect((await rest.call('DELETE', path, { token })).body).toEqual({});
  expect((await rest.call('GET', '/api/v1/conversations', { token })).as(conversations)).toEqual([oldest]);
});

test('markers are kept for each timeline, and count their versions', async () => {
  const markers = z.partialRecord(z.enum(['home', 'notifications']), marker);
  const write = (body: unknown) => rest.call('POST', '/api/v1/markers', { token, body });

  const first = (await write({ home: { last_read_id: '10' }, notifications: { last_read_id: '20' } })).as(markers);
  const form = new URLSearchParams({ 'home[last_read_id]': '11' });
  const again = (await write(form)).as(markers);

  expect(first).toMatchObject({ home: { last_read_id: '10', version: 0 }, notifications: { last_read_id: '20' } });
  expect(again).toMatchObject({ home: { last_read_id: '11', version: 1 } });
  expect(again.notifications).toBeUndefined();
  const read = await rest.call('GET', '/api/v1/markers?timeline[]=home&timeline[]=notifications', { token });
  expect(read.as(markers)).toEqual({ home: again.home, notifications: first.notifications });
  expect((await rest.call('GET', '/api/v1/markers?timeline[]=home', { token: other })).body).toEqual({});
  expect((await write({ home: { last_read_id: 'top' } })).status).toBe(422);
});

test('announcements are shown until they are dismissed, and take reactions', async () => {
  const { id } = await rest.domain.run(publishAnnouncement, {
    input: { text: 'A feast tonight', html: '<p>A feast tonight</p>' },
    entry: { actor: 'admin', action: 'announcements.publish', target: 'all' },
  });
  const list = async (query = '', by = token) =>
    (await rest.call('GET', `/api/v1/announcements${query}`, { token: by })).as(z.array(announcement));
  const reaction = `/api/v1/announcements/${id}/reactions/${encodeURIComponent('🎉')}`;

  expect(await list()).toMatchObject([
    { id: String(id), content: '<p>A feast tonight</p>', read: false, reactions: [] },
  ]);
  expect((await rest.call('PUT', reaction, { token })).body).toEqual({});
  expect(await list()).toMatchObject([{ reactions: [{ name: '🎉', count: 1, me: true }] }]);
  expect(await list('', other)).toMatchObject([{ reactions: [{ name: '🎉', count: 1, me: false }] }]);
  await rest.call('DELETE', reaction, { token });
  expect(await list()).toMatchObject([{ reactions: [] }]);
  expect((await rest.call('POST', `/api/v1/announcements/${id}/dismiss`, { token })).body).toEqual({});
  expect(await list()).toEqual([]);
  expect(await list('?with_dismissed=true')).toMatchObject([{ read: true }]);
  expect((await rest.call('POST', '/api/v1/announcements/1/dismiss', { token })).status).toBe(404);
  expect((await rest.call('PUT', '/api/v1/announcements/1/reactions/x', { token })).status).toBe(404);
});

test.each([
  ['GET', '/api/v1/conversations', 'read:lists'],
  ['POST', '/api/v1/conversations/1/read', 'read'],
  ['DELETE', '/api/v1/conversations/1', 'read'],
  ['GET', '/api/v1/markers', 'read:lists'],
  ['POST', '/api/v1/markers', 'read'],
  ['POST', '/api/v1/announcements/1/dismiss', 'read'],
  ['PUT', '/api/v1/announcements/1/reactions/x', 'read'],
])('%s %s needs a token with its scope', async (method, path, wrong) => {
  const without = await rest.call(method, path);
  const outside = await rest.call(method, path, { token: await rest.token(juliet.id, wrong) });

  expect([without.status, outside.status]).toEqual([401, 403]);
  error.parse(outside.body);
});
