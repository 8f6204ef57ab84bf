import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { ERRORS, toErrorValue } from '@carillon/core';
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAuthenticator, createGate } from '../../auth/index.ts';
import { ADMIN_TOKEN, SETTINGS } from '../../auth/testing/open-auth.ts';
import {
  createAccessToken,
  ingestedPosts,
  notificationsOf,
  postById,
  publicTimeline,
  restoreAccount,
  suspendAccount,
} from '../../domain/index.ts';
import { type OpenDomain, openDomain } from '../../domain/testing/open-domain.ts';
import { createMediaStore, type MediaStore } from '../../media/index.ts';
import { type BodyRenderer, createBodyRenderer } from '../../render/index.ts';
import { createIngest } from './index.ts';

const GIF = Buffer.from('R0lGODlhAgABAIAAAP8AAAAA/ywAAAAAAgABAAACAkQKADs=', 'base64');
const TOKENS = { ingest: 'i'.repeat(43), read: 'r'.repeat(43) };

const digestOf = (text: string) => createHash('sha256').update(text).digest();

let open: OpenDomain;
let root: Hono;
let bodies: BodyRenderer;
let media: MediaStore;
let juliet: number;

beforeAll(async () => {
  open = await openDomain();
  juliet = (await open.account('juliet')).id;
  const relay = (await open.account('relay', { kind: 'bot' })).id;
  for (const [scope, text] of Object.entries(TOKENS)) {
    await open.run(createAccessToken, {
      input: { account: relay, kind: 'access', digest: digestOf(text), scopes: [scope] },
      entry: { actor: 'test', action: 'accounts.create-token', target: 'relay' },
    });
  }
  const { log } = open;
  const now = Date.now;
  const gate = await createGate({ log, commands: log, now, failed: (error) => expect.unreachable(String(error)) });
  const authenticator = createAuthenticator({ settings: SETTINGS, apps: ['default'], commands: log, gate, now });
  media = createMediaStore({
    directory: join(open.dataDir, 'media'),
    maxBytes: 10_000,
    maxPixels: 10_000,
    maxUploadBytes: 100_000,
  });
  const own = { commands: log, domain: 'example.org' };
  bodies = createBodyRenderer({ ...own, baseUrl: () => 'https://example.org', maxMarkdownCharacters: 10_000 });
  const { rest } = createIngest({ ...own, authenticator, media, maxMediaBytes: 10_000, bodies });
  root = new Hono();
  root.onError((error) => Response.json(toErrorValue(error), { status: ERRORS[toErrorValue(error).code].status }));
  if (rest) root.route('/', rest);
});
afterAll(async () => {
  await bodies.close();
  await open[Symbol.asyncDispose]();
});

const AUTHOR = { name: 'Romeo', domain: 'Verona.example', displayName: 'Romeo', url: 'https://verona.example/@romeo' };
let number = 0;
const newOrigin = () => `https://verona.example/@romeo/${++number}`;

async function call(method: string, path: string, body?: unknown, token = TOKENS.ingest) {
  const response = await root.request(`/v1/ingest/${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}
const bring = (facts: object = {}) =>
  call('POST', 'posts', { origin: newOrigin(), author: AUTHOR, text: '<p>Hello</p>', ...facts });
const which = (origin: string) => `posts?origin=${encodeURIComponent(origin)}`;
const shown = async (id: string) => (await open.ask(postById, { viewer: juliet, id: Number(id) }))?.post;

describe('a post of another server', () => {
  test('is refused when it is more Markdown than allowed, or becomes too long', async () => {
    const amplified = `[a]: https://x.example/${'b'.repeat(5_000)}\n\n${'[a]'.repeat(1_500)}`;

    expect((await bring({ format: 'markdown', text: 'a**'.repeat(3_334) })).status).toBe(413);
    expect((await bring({ format: 'markdown', text: amplified })).status).toBe(422);
    expect((await bring({ format: 'markdown', text: 'a**'.repeat(3_000) })).status).toBe(201);
  });

  test('comes with its author, safe and linked, and is heard on the streams of remote posts', async () => {
    const before = open.heard.length;

    const { status, body } = await bring({
      text: '<p onclick="x()">Hello @juliet <script>bad()</script>#Verona</p>',
      tags: ['masque'],
      language: 'en',
      warning: 'noise',
      createdAt: '2026-01-02T03:04:05.000Z',
    });

    expect(status).toBe(201);
    const post = await shown(body.id);
    expect(post).toMatchObject({
      origin: body.origin,
      author: { name: 'romeo', domain: 'verona.example', displayName: 'Romeo', url: AUTHOR.url },
      tags: ['Verona', 'masque'],
      mentions: [{ name: 'juliet' }],
      language: 'en',
      sensitive: true,
      warning: 'noise',
      createdAt: Date.parse('2026-01-02T03:04:05.000Z'),
    });
    expect(post?.html).toContain('<a href="https://example.org/@juliet" class="u-url mention">');
    expect(post?.html).not.toMatch(/onclick|script/);
    const told = open.since(before).find(({ type }) => type === 'post.created');
    expect(told?.topics).toEqual(expect.arrayContaining(['public', 'public:remote', 'hashtag:verona']));
    expect(told?.topics).not.toContain('public:local');
    const notices = await open.ask(notificationsOf, { viewer: juliet, page: { limit: 10 } });
    expect(notices[0]).toMatchObject({ type: 'mention', from: { name: 'romeo' } });
  });

  test('is brought once, however often and however much at once', async () => {
    const origin = newOrigin();
    const before = await open.ask(publicTimeline, { viewer: null, page: { limit: 40 } });

    const answers = await Promise.all([1, 2, 3, 4].map(() => bring({ origin })));
    const again = await bring({ origin, text: 'other' });

    expect(new Set([...answers, again].map(({ body }) => body.id)).size).toBe(1);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(again.status).toBe(200);
    const after = await open.ask(publicTimeline, { viewer: null, page: { limit: 40 } });
    expect(after.length).toBe(before.length + 1);
  });

  test('answers another by its address there or by its id here', async () => {
    const first = await bring();
    const own = await open.post(juliet, 'Who calls?');

    const byOrigin = await bring({ replyTo: first.body.origin });
    const byId = await bring({ replyTo: String(own.post.id) });

    expect((await shown(byOrigin.body.id))?.replyTo?.id).toBe(Number(first.body.id));
    expect((await shown(byId.body.id))?.replyTo).toEqual({ id: own.post.id, account: juliet });
    expect((await bring({ replyTo: 'https://verona.example/nowhere' })).status).toBe(404);
  });

  test('is edited and deleted by its origin', async () => {
    const { body } = await bring();

    const edited = await call('PUT', which(body.origin), { text: '<p>Changed</p>' });
    expect(edited).toEqual({ status: 200, body });
    expect(await shown(body.id)).toMatchObject({ text: 'Changed', editedAt: expect.any(Number) });

    expect((await call('DELETE', which(body.origin))).status).toBe(204);
    expect(await shown(body.id)).toBeUndefined();
    expect((await call('DELETE', which(body.origin))).status).toBe(204);
    expect((await call('PUT', which(body.origin), { text: 'x' })).status).toBe(404);
  });

  test('shows files that were brought before', async () => {
    const query = new URLSearchParams({
      name: 'romeo',
      domain: 'verona.example',
      url: AUTHOR.url,
      description: 'a rose',
    });
    const send = async () =>
      root.request(`/v1/ingest/media?${query.toString()}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${TOKENS.ingest}` },
        body: GIF,
      });
    const refused = await media.hold({ owner: 'others', contentLength: '100000', atMost: 100_000 }, send);
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ code: 'unavailable', facts: { retryAfter: 10 } });
    const response = await send();
    const file = (await response.json()) as { readonly id: string };

    const { body } = await bring({ media: [file.id] });

    expect(response.status).toBe(201);
    const post = await shown(body.id);
    expect(post?.media).toMatchObject([{ type: 'image', description: 'a rose' }]);
    expect(post?.author.displayName).toBe('Romeo');
  });
});

describe('an author who is suspended here', () => {
  test('brings nothing, changes nothing, and takes back what it wrote', async () => {
    const author = { ...AUTHOR, name: 'tybalt', url: 'https://verona.example/@tybalt' };
    const { body } = await bring({ author });
    const account = Number(body.account);
    const entry = { actor: 'test', action: 'accounts.suspend', target: 'tybalt@verona.example' };
    await open.run(suspendAccount, { input: { account }, entry });
    const before = open.heard.length;

    const refused = { status: 403, body: { code: 'forbidden', message: expect.stringContaining('author') } };
    expect(await bring({ author })).toMatchObject(refused);
    expect(await call('PUT', which(body.origin), { text: '<p>Peace</p>' })).toMatchObject(refused);
    expect((await call('DELETE', which(body.origin))).status).toBe(204);

    expect(await open.ask(ingestedPosts, { origins: [body.origin] })).toEqual([]);
    expect(open.since(before).filter(({ type }) => type.startsWith('post.'))).toMatchObject([
      { type: 'post.deleted', data: { post: Number(body.id) } },
    ]);
    await open.run(restoreAccount, { input: { account }, entry: { ...entry, action: 'accounts.restore' } });
    expect(await shown(body.id)).toBeUndefined();
  });
});

describe('what is refused', () => {
  test.each([
    ['an author of our own', { author: { ...AUTHOR, domain: 'example.org' } }],
    ['an origin that is no web address', { origin: 'javascript:alert(1)' }],
    ['a domain with a port', { author: { ...AUTHOR, domain: 'verona.example:8443' } }],
    ['a domain of one label', { author: { ...AUTHOR, domain: 'verona' } }],
    ['a domain with too long a label', { author: { ...AUTHOR, domain: `${'v'.repeat(64)}.example` } }],
    ['a name with a space', { author: { ...AUTHOR, name: 'ro meo' } }],
    ['an unknown field', { likes: 3 }],
    ['a time in words', { createdAt: 'yesterday' }],
  ])('%s', async (_, facts) => {
    expect(await bring(facts)).toMatchObject({ status: 400, body: { code: 'bad-request' } });
  });

  test('tokens without the scope, and none', async () => {
    expect((await call('POST', 'posts', {}, TOKENS.read)).status).toBe(403);
    expect((await call('POST', 'posts', {}, 'x'.repeat(43))).status).toBe(401);
    expect((await call('DELETE', which(newOrigin()), undefined, ADMIN_TOKEN)).status).toBe(204);
  });
});
