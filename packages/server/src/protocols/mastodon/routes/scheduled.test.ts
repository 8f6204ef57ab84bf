import { afterAll, expect, test } from 'vitest';
import * as z from 'zod';
import { makeAccessToken } from '../../../auth/access-token.ts';
import { createAccessToken, createMedia, createOauthApp, failScheduled, sendScheduled } from '../../../domain/index.ts';
import { error, scheduledStatus, status } from '../entities/testing/schemas.ts';
import { openPair } from '../testing/open-pair.ts';
import { linksOf } from './testing/links.ts';

const { rest, juliet, token, other } = await openPair();
afterAll(() => rest[Symbol.asyncDispose]());

const PATH = '/api/v1/scheduled_statuses';
const MINUTE = 60_000;
const at = (minutes: number) => new Date(rest.deps.now() + minutes * MINUTE).toISOString();
const post = (body: object, headers = {}) => rest.call('POST', '/api/v1/statuses', { token, body, headers });
const schedule = async (body: object) => (await post({ scheduled_at: at(60), ...body })).as(scheduledStatus);
const get = (path: string, by = token) => rest.call('GET', path, { token: by });

test('schedules a status, shows it to its author alone, and it is posted as it was written', async () => {
  const parent = (await post({ status: 'who is there?' })).as(status);
  const stored = { type: 'image' as const, contentType: 'image/png', file: 'a.png', preview: null, meta: {}, bytes: 3 };
  const { id: media } = await rest.domain.run(createMedia, {
    ...{ ...stored, actor: juliet.id, description: 'a rose', blurhash: null },
  });
  const due = at(60);

  const made = await schedule({
    ...{ status: 'Good night, @romeo!', spoiler_text: 'sorrow', visibility: 'private', language: 'en' },
    ...{ in_reply_to_id: parent.id, media_ids: [String(media)], scheduled_at: due },
  });

  expect(made).toMatchObject({
    scheduled_at: due,
    params: {
      ...{ text: 'Good night, @romeo!', spoiler_text: 'sorrow', sensitive: true, visibility: 'private' },
      ...{ language: 'en', in_reply_to_id: Number(parent.id), media_ids: [String(media)], application_id: null },
    },
    media_attachments: [{ id: String(media), description: 'a rose' }],
  });
  expect((await get(`${PATH}/${made.id}`)).as(scheduledStatus)).toEqual(made);
  expect((await get(PATH)).as(z.array(scheduledStatus))).toEqual([made]);
  expect((await get(PATH, other)).body).toEqual([]);
  expect((await get(`${PATH}/${made.id}`, other)).status).toBe(404);
  const sent = await rest.domain.run(sendScheduled, { id: Number(made.id), now: Date.parse(due) });
  const shown = (await get(`/api/v1/statuses/${sent?.post.id}`)).as(status);
  expect(shown).toMatchObject({
    ...{ spoiler_text: 'sorrow', visibility: 'private', in_reply_to_id: parent.id },
    mentions: [{ acct: 'romeo' }],
    media_attachments: [{ id: String(media) }],
  });
  expect((await get(`${PATH}/${made.id}`)).status).toBe(404);
});

test('changes the time, and takes back', async () => {
  const made = await schedule({ status: 'later' });
  const change = (id: string, body: object, by = token) => rest.call('PUT', `${PATH}/${id}`, { token: by, body });
  const due = at(120);

  expect((await change(made.id, { scheduled_at: due })).as(scheduledStatus)).toEqual({ ...made, scheduled_at: due });
  expect((await change(made.id, {})).as(scheduledStatus)).toEqual({ ...made, scheduled_at: due });
  for (const minutes of [-5, 4]) {
    const refused = await change(made.id, { scheduled_at: at(minutes) });
    expect(refused.status).toBe(422);
    expect(error.parse(refused.body).error).toMatch(/must be in the future/);
  }
  expect((await change(made.id, { scheduled_at: due }, other)).status).toBe(404);
  await rest.domain.run(failScheduled, { id: Number(made.id), now: Date.parse(due), reason: 'gone' });
  expect((await change(made.id, { scheduled_at: at(180) })).status).toBe(200);

  expect((await rest.call('DELETE', `${PATH}/${made.id}`, { token: other })).status).toBe(404);
  expect((await rest.call('DELETE', `${PATH}/${made.id}`, { token })).body).toEqual({});
  expect((await rest.call('DELETE', `${PATH}/${made.id}`, { token })).status).toBe(404);
  expect((await get(PATH)).body).toEqual([]);
});

test('posts at once what is scheduled for a time that is over', async () => {
  const past = (await post({ status: 'at once', scheduled_at: at(-1) })).as(status);

  expect(past.content).toBe('<p>at once</p>');
});

test.each([
  ['too soon', () => at(4), /must be in the future/],
  ['no time', () => 'tomorrow', /scheduled_at is not a time/],
  ['a day that is none', () => '2031-02-31T99:00:00Z', /scheduled_at is not a time/],
  ['a number', () => 5, /scheduled_at/],
])('refuses a time that is %s', async (_, time, words) => {
  const refused = await post({ status: 'later', scheduled_at: time() });

  expect(refused.status).toBe(422);
  expect(error.parse(refused.body).error).toMatch(words);
});

test('refuses what would be refused as a status, and whoever may not write or read', async () => {
  const refused = [
    await post({ status: '', scheduled_at: at(60) }),
    await post({ status: 'x'.repeat(501), scheduled_at: at(60) }),
    await post({ status: 'x', media_ids: ['1'], scheduled_at: at(60) }),
  ];
  expect(refused.map((answer) => answer.status)).toEqual([422, 422, 422]);
  expect((await post({ status: 'x', in_reply_to_id: '1', scheduled_at: at(60) })).status).toBe(404);
  const reader = await rest.token(juliet.id, 'read');
  const writer = await rest.token(juliet.id, 'write');
  const made = await schedule({ status: 'x' });
  expect((await get(PATH, writer)).status).toBe(403);
  for (const method of ['PUT', 'DELETE']) {
    expect((await rest.call(method, `${PATH}/${made.id}`, { token: reader, body: {} })).status).toBe(403);
  }
  expect((await rest.call('GET', PATH)).status).toBe(401);
  await rest.call('DELETE', `${PATH}/${made.id}`, { token });
});

test('reads times with and without a zone', async () => {
  const due = await Promise.all(
    ['2040-05-01T10:00:00+02:00', '2040-05-01T08:00', '2040-05-01 08:00:00.000Z', '2040-05-01'].map(
      async (scheduled_at) => (await schedule({ status: 'x', scheduled_at })).scheduled_at,
    ),
  );

  const eight = '2040-05-01T08:00:00.000Z';
  expect(due).toEqual([eight, eight, eight, '2040-05-01T00:00:00.000Z']);
});

test('pages by id, with links', async () => {
  const made = (await get(PATH)).as(z.array(scheduledStatus)).map(({ id }) => id);
  expect(made).toHaveLength(4);

  const first = await get(`${PATH}?limit=2`);
  expect(first.as(z.array(scheduledStatus)).map(({ id }) => id)).toEqual(made.slice(0, 2));
  const { next, prev } = linksOf(first);
  expect((await get(next ?? '')).as(z.array(scheduledStatus)).map(({ id }) => id)).toEqual(made.slice(2));
  expect((await get(prev ?? '')).body).toEqual([]);
});

test('answers a repeated Idempotency-Key with the first, also when its time has come meanwhile', async () => {
  const headers = { 'Idempotency-Key': 'night-2' };
  const body = { status: 'once', scheduled_at: at(10) };

  const made = (await post(body, headers)).as(scheduledStatus);
  expect((await post(body, headers)).as(scheduledStatus)).toEqual(made);
  rest.advance(11 * MINUTE);
  expect((await post(body, headers)).as(scheduledStatus)).toEqual(made);
  await rest.domain.run(sendScheduled, { id: Number(made.id), now: rest.deps.now() });
  expect((await post(body, headers)).status).toBe(404);
});

test('says which application it is from, and the status is from it', async () => {
  const app = await rest.domain.run(createOauthApp, {
    ...{ clientId: 'quill-1', name: 'quill', website: 'https://quill.example', redirectUris: [], scopes: ['write'] },
    secret: new Uint8Array(32),
  });
  const { text: own, digest } = makeAccessToken();
  await rest.domain.run(createAccessToken, {
    input: { account: juliet.id, kind: 'access', digest, scopes: ['write'], app: app.id },
    entry: { actor: 'test', action: 'tokens.create', target: 'test' },
  });

  const made = await rest.call('POST', '/api/v1/statuses', {
    token: own,
    body: { status: 'from a quill', scheduled_at: at(60) },
  });

  const { id, params, scheduled_at } = made.as(scheduledStatus);
  expect(params.application_id).toBe(app.id);
  const sent = await rest.domain.run(sendScheduled, { id: Number(id), now: Date.parse(scheduled_at) });
  expect(sent?.post.application).toEqual({ name: 'quill', website: 'https://quill.example' });
});
