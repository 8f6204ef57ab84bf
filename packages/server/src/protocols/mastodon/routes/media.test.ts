import { readdirSync } from 'node:fs';
import { PhotonImage } from '@silvia-odwyer/photon-node';
import { afterAll, expect, test } from 'vitest';
import { deletedStatus, error, mediaAttachment, status } from '../entities/testing/schemas.ts';
import { openPair } from '../testing/open-pair.ts';
import { BASE_URL } from '../testing/open-rest.ts';

const { rest, juliet, token, other } = await openPair();
afterAll(() => rest[Symbol.asyncDispose]());

/** Opaque grey. */
const PNG = new PhotonImage(new Uint8Array(8 * 4 * 4).fill(255), 8, 4).get_bytes();

function form(bytes: Uint8Array, fields: Readonly<Record<string, string>> = {}): FormData {
  const made = new FormData();
  for (const [name, value] of Object.entries(fields)) made.set(name, value);
  made.set('file', new File([new Uint8Array(bytes)], 'picture.png', { type: 'text/html' }));
  return made;
}

async function upload(fields?: Readonly<Record<string, string>>) {
  return (await rest.call('POST', '/api/v2/media', { token, body: form(PNG, fields) })).as(mediaAttachment);
}

test('uploads an image, which is served for ever under a name of its own', async () => {
  const media = await upload({ description: 'a grey square', focus: '0.5,-0.25' });
  const path = (media.url ?? '').slice(BASE_URL.length);

  expect(media).toMatchObject({
    type: 'image',
    description: 'a grey square',
    meta: { original: { width: 8, height: 4 }, focus: { x: 0.5, y: -0.25 } },
  });
  const served = await rest.app.request(path);
  expect(
    Buffer.from(await served.arrayBuffer())
      .subarray(1, 4)
      .toString(),
  ).toBe('PNG');
  expect(Object.fromEntries(served.headers)).toMatchObject({
    'content-type': 'image/png',
    'cache-control': 'public, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
  });
  const etag = served.headers.get('etag') ?? '';
  expect((await rest.app.request(path, { headers: { 'if-none-match': etag } })).status).toBe(304);
  expect((await rest.app.request(path, { method: 'HEAD' })).headers.get('content-length')).toBe(
    served.headers.get('content-length'),
  );
});

test('asks to wait while all the room for uploads is taken', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const everything = { owner: 'others', contentLength: undefined, atMost: 400_000 };
  const held = rest.deps.media.hold(everything, () => promise);
  const picture = new FormData();
  picture.set('avatar', new File([new Uint8Array(PNG)], 'picture.png'));

  const refused = await rest.call('POST', '/api/v2/media', { token, body: form(PNG) });
  const profile = await rest.call('PATCH', '/api/v1/accounts/update_credentials', { token, body: picture });
  resolve();
  await held;

  for (const { status: code, headers, body } of [refused, profile]) {
    expect([code, headers.get('retry-after')]).toEqual([503, '10']);
    expect(error.parse(body).error).toContain('try again');
  }
  expect(await upload()).toMatchObject({ type: 'image' });
});

test.each([
  ['bytes=1-3', 206, 'PNG'],
  ['bytes=1-3,5-6', 200, undefined],
  ['bytes=99999-', 416, ''],
])('answers the range %s with %i', async (range, expected, text) => {
  const { url } = await upload();

  const answer = await rest.app.request((url ?? '').slice(BASE_URL.length), { headers: { range } });

  expect(answer.status).toBe(expected);
  if (text !== undefined) expect(await answer.text()).toBe(text);
  if (expected === 206) expect(answer.headers.get('content-range')).toMatch(/^bytes 1-3\/\d+$/);
});

test('serves nothing beside what was uploaded', async () => {
  for (const name of ['x.png', '..%2Fdata.db', `${'0'.repeat(32)}.png`]) {
    expect((await rest.app.request(`/media/${name}`)).status).toBe(404);
  }
});

test('describes, shows and deletes what no status shows yet, for its owner', async () => {
  const { id, url } = await upload();
  const path = `/api/v1/media/${id}`;

  const described = await rest.call('PUT', path, { token, body: { description: 'dawn', focus: '0,1' } });
  expect(described.as(mediaAttachment)).toMatchObject({ description: 'dawn', meta: { focus: { x: 0, y: 1 } } });
  expect((await rest.call('GET', path, { token })).as(mediaAttachment).description).toBe('dawn');
  expect((await rest.call('PUT', path, { token, body: { focus: '2,0' } })).status).toBe(422);
  for (const method of ['GET', 'PUT', 'DELETE']) {
    expect((await rest.call(method, path, { token: other })).status).toBe(404);
  }
  expect((await rest.call('DELETE', path, { token })).body).toEqual({});
  expect((await rest.call('GET', path, { token })).status).toBe(404);
  expect((await rest.app.request((url ?? '').slice(BASE_URL.length))).status).toBe(404);
});

test('is shown by one status, through which it is described from then on', async () => {
  const { id } = await upload();
  const body = { media_ids: [id] };

  const made = (await rest.call('POST', '/api/v1/statuses', { token, body })).as(status);
  const attributes = [{ id, description: 'the balcony' }];
  const edited = await rest.call('PUT', `/api/v1/statuses/${made.id}`, {
    token,
    body: { status: 'look', media_ids: [id], media_attributes: attributes },
  });

  expect(made).toMatchObject({ content: '', media_attachments: [{ id }] });
  expect(edited.as(status)).toMatchObject({
    content: '<p>look</p>',
    media_attachments: [{ id, description: 'the balcony' }],
  });
  expect((await rest.call('PUT', `/api/v1/media/${id}`, { token, body: { description: 'x' } })).status).toBe(422);
  expect((await rest.call('POST', '/api/v1/statuses', { token, body })).status).toBe(422);
});

test('is there for a status that is deleted to be written anew, unless it is to go with it', async () => {
  const { id } = await upload();
  const post = (body: object) => rest.call('POST', '/api/v1/statuses', { token, body });
  const first = (await post({ status: 'O, speak agian', media_ids: [id] })).as(status);

  const gone = (await rest.call('DELETE', `/api/v1/statuses/${first.id}`, { token })).as(deletedStatus);
  const again = (await post({ status: 'O, speak again', media_ids: [id] })).as(status);

  expect(gone).toMatchObject({ text: 'O, speak agian', media_attachments: [{ id }] });
  expect(again.media_attachments).toEqual(first.media_attachments);
  await rest.call('DELETE', `/api/v1/statuses/${again.id}?delete_media=true`, { token });
  expect((await post({ status: 'once more', media_ids: [id] })).status).toBe(422);
});

test.each([
  ['no file', new FormData(), 422],
  ['no form', { file: 'x' }, 422],
  ['another kind of file', form(Buffer.from('<script>alert(1)</script>')), 422],
  ['an image that is none', form(PNG.subarray(0, 40)), 422],
  ['too many bytes', form(new Uint8Array(100_001)), 413],
  ['a wrong focus', form(PNG, { focus: 'left' }), 422],
])('refuses %s, and keeps nothing of it', async (_, body, expected) => {
  await upload();
  const files = () => readdirSync(rest.deps.settings.mediaDirectory).length;
  const before = files();

  const answer = await rest.call('POST', '/api/v2/media', { token, body });

  expect(answer.status).toBe(expected);
  error.parse(answer.body);
  expect(files()).toBe(before);
});

test('needs a token that may write media', async () => {
  const wrong = await rest.token(juliet.id, 'read', 'write:statuses');

  expect((await rest.call('POST', '/api/v1/media', { body: form(PNG) })).status).toBe(401);
  expect((await rest.call('POST', '/api/v2/media', { token: wrong, body: form(PNG) })).status).toBe(403);
});

test('takes thirty files within half an hour', async () => {
  const busy = await rest.token((await rest.domain.account('tybalt')).id, 'write');
  let answer = await rest.call('POST', '/api/v2/media', { token: busy, body: new FormData() });
  for (let count = 1; answer.status === 422 && count <= 30; count++) {
    answer = await rest.call('POST', '/api/v2/media', { token: busy, body: new FormData() });
    if (count < 30) expect(answer.status).toBe(422);
  }

  expect(answer.status).toBe(429);
  expect(answer.headers.get('x-ratelimit-limit')).toBe('30');
});
