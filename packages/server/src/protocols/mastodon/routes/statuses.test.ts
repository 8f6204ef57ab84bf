import { afterAll, expect, test } from 'vitest';
import * as z from 'zod';
import { deletedStatus, error, publicStatus, status } from '../entities/testing/schemas.ts';
import { openPair } from '../testing/open-pair.ts';

const { rest, juliet, romeo, token, other } = await openPair();
afterAll(() => rest[Symbol.asyncDispose]());

async function post(body: object, by = token) {
  return (await rest.call('POST', '/api/v1/statuses', { token: by, body })).as(status);
}

test('posts a status with its mentions, tags and language, and shows it to others', async () => {
  const made = await post({ status: 'Good night, @romeo! #Parting', language: 'en', spoiler_text: 'sorrow' });

  expect(made).toMatchObject({
    visibility: 'public',
    language: 'en',
    spoiler_text: 'sorrow',
    sensitive: true,
    account: { acct: 'juliet' },
    mentions: [{ id: String(romeo.id), acct: 'romeo', url: 'https://social.example/@romeo' }],
    tags: [{ name: 'parting' }],
    pinned: false,
    application: null,
  });
  expect(made.content).toContain('<a href="https://social.example/@romeo" class="u-url mention">');
  const seen = (await rest.call('GET', `/api/v1/statuses/${made.id}`)).as(publicStatus);
  expect(seen.content).toBe(made.content);
});

test('takes urlencoded and multipart bodies as well as JSON', async () => {
  const form = new URLSearchParams({ status: 'from a form', visibility: 'unlisted' });
  const multipart = new FormData();
  multipart.set('status', 'from a multipart form');

  const first = (await rest.call('POST', '/api/v1/statuses/', { token, body: form })).as(status);
  const second = (await rest.call('POST', '/api/v1/statuses', { token, body: multipart })).as(status);

  expect(first).toMatchObject({ content: '<p>from a form</p>', visibility: 'unlisted' });
  expect(second).toMatchObject({ content: '<p>from a multipart form</p>' });
});

test('answers a repeated Idempotency-Key with the first status, and refuses the key for another', async () => {
  const headers = { 'Idempotency-Key': 'night-1' };
  const send = (text: string) => rest.call('POST', '/api/v1/statuses', { token, headers, body: { status: text } });

  const first = (await send('once')).as(status);
  const again = (await send('once')).as(status);
  const changed = await send('twice');

  expect(again).toEqual(first);
  expect(changed.status).toBe(422);
  error.parse(changed.body);
});

test.each([
  ['nothing', {}, /Text can't be blank/],
  ['too much', { status: 'x'.repeat(501) }, /character limit of 500 exceeded/],
  ['a poll', { status: 'yes?', poll: { options: ['a', 'b'], expires_in: 300 } }, /no polls/],
  ['a quote', { status: 'said', quoted_status_id: '1' }, /no quotes/],
  ['an unknown visibility', { status: 'x', visibility: 'secret' }, /visibility is not included in the list/],
  ["others' media", { status: 'x', media_ids: ['1'] }, /media 1/],
])('refuses a status with %s', async (_, body, words) => {
  const answer = await rest.call('POST', '/api/v1/statuses', { token, body });

  expect(answer.status).toBe(422);
  expect(error.parse(answer.body).error).toMatch(words);
});

test('counts an address as 23 characters, and no domain of those who are named', async () => {
  await post({ status: `${'x'.repeat(470)} https://example.org/${'y'.repeat(400)}` });
  await post({ status: `${'x'.repeat(480)} @nurse@${'far'.repeat(20)}.example` });
  await post({ status: '👩‍👩‍👧‍👦'.repeat(500) });
});

test('replies, and shows the thread to those who may see it', async () => {
  const root = await post({ status: 'O Romeo' });
  const reply = await post({ status: '@juliet I take thee', in_reply_to_id: root.id }, other);
  const hidden = await post({ status: 'alone', in_reply_to_id: reply.id, visibility: 'private' });
  const schema = (each: z.ZodType) => z.strictObject({ ancestors: z.array(each), descendants: z.array(each) });

  const mine = (await rest.call('GET', `/api/v1/statuses/${reply.id}/context`, { token })).as(schema(status));
  const anybodys = (await rest.call('GET', `/api/v1/statuses/${reply.id}/context`)).as(schema(publicStatus));

  expect(reply).toMatchObject({ in_reply_to_id: root.id, in_reply_to_account_id: String(juliet.id) });
  expect(mine).toMatchObject({ ancestors: [{ id: root.id, replies_count: 1 }], descendants: [{ id: hidden.id }] });
  expect(anybodys).toMatchObject({ ancestors: [{ id: root.id }], descendants: [] });
  const lost = await rest.call('POST', '/api/v1/statuses', { token, body: { status: 'x', in_reply_to_id: '1' } });
  expect(lost.status).toBe(404);
});

test('edits a status, tells what it was, and what was written', async () => {
  const made = await post({ status: 'What light', language: 'en' });

  const edited = (
    await rest.call('PUT', `/api/v1/statuses/${made.id}`, { token, body: { status: 'But soft, what light' } })
  ).as(status);
  const history = await rest.call('GET', `/api/v1/statuses/${made.id}/history`, { token });
  const source = await rest.call('GET', `/api/v1/statuses/${made.id}/source`, { token });

  expect(edited).toMatchObject({ content: '<p>But soft, what light</p>', language: 'en' });
  expect(edited.edited_at).not.toBeNull();
  expect(history.body).toMatchObject([{ content: '<p>What light</p>' }, { content: '<p>But soft, what light</p>' }]);
  expect(source.body).toEqual({ id: made.id, text: 'But soft, what light', spoiler_text: '' });
  const foreign = await rest.call('PUT', `/api/v1/statuses/${made.id}`, { token: other, body: { status: 'mine' } });
  expect(foreign.status).toBe(404);
});

test('deletes a status and gives its text back', async () => {
  const made = await post({ status: 'Deny thy father' });

  expect((await rest.call('DELETE', `/api/v1/statuses/${made.id}`, { token: other })).status).toBe(404);
  const gone = (await rest.call('DELETE', `/api/v1/statuses/${made.id}`, { token })).as(deletedStatus);

  expect(gone).toMatchObject({ id: made.id, text: 'Deny thy father' });
  expect((await rest.call('GET', `/api/v1/statuses/${made.id}`, { token })).status).toBe(404);
});

test('deletes thirty within half an hour', async () => {
  const busy = await rest.token((await rest.domain.account('tybalt')).id, 'write');
  const gone = () => rest.call('DELETE', '/api/v1/statuses/1', { token: busy });
  for (let count = 0; count < 30; count++) expect((await gone()).status).toBe(404);

  const refused = await gone();
  expect(refused).toMatchObject({ status: 429, body: { error: 'Too many requests' } });
  expect(refused.headers.get('x-ratelimit-limit')).toBe('30');
  rest.advance(1_800_000);
  expect((await gone()).status).toBe(404);
});

test('shows several at once, in the order asked for, without those that are hidden', async () => {
  const [a, b] = [await post({ status: 'a' }), await post({ status: 'b', visibility: 'direct' })];

  const seen = (await rest.call('GET', `/api/v1/statuses?id[]=${b.id}&id[]=${a.id}`, { token: other })).as(
    z.array(status),
  );

  expect(seen.map(({ id }) => id)).toEqual([a.id]);
});

test('needs a token with the scope, of somebody', async () => {
  const reader = await rest.token(juliet.id, 'read');
  const body = { status: 'x' };

  expect(await rest.call('POST', '/api/v1/statuses', { body })).toMatchObject({
    status: 401,
    body: { error: 'The access token is invalid' },
  });
  expect(await rest.call('POST', '/api/v1/statuses', { body, token: reader })).toMatchObject({
    status: 403,
    body: { error: 'This action is outside the authorized scopes' },
  });
  expect(await rest.call('GET', '/api/v1/statuses/1', { token })).toMatchObject({
    status: 404,
    body: { error: 'Record not found' },
  });
});
