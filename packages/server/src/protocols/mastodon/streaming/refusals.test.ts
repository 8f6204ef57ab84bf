import { createHash, randomBytes } from 'node:crypto';
import { CarillonError } from '@carillon/core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { RawStream } from '../../../../test/events/sse-client.ts';
import { type StreamingServer, startStreaming } from '../../../../test/mastodon/streaming-harness.ts';
import { createAppToken, createList, createOauthApp, suspendAccount } from '../../../domain/index.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const ERROR = 'An unexpected error occurred';
const SOCKET = {
  Upgrade: 'websocket',
  Connection: 'Upgrade',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

let server: StreamingServer;
let broken: StreamingServer;
/** By what each may do. */
const tokens: Record<string, string> = {};
let ownList = 0;
let othersList = 0;

beforeAll(async () => {
  server = await startStreaming({ listener: { limits: { connectionsPerPrincipal: 3 } } });
  broken = await startStreaming({
    views: (views) => ({
      ...views,
      open: () => Promise.reject(new CarillonError('unavailable', 'the state cannot be read')),
    }),
  });
  const [juliet, romeo, tybalt] = await server.domain.accounts('juliet', 'romeo', 'tybalt');
  tokens.all = await server.token(juliet.id);
  tokens.statuses = await server.token(juliet.id, ['read:statuses']);
  tokens.notifications = await server.token(juliet.id, ['read:notifications']);
  tokens.write = await server.token(juliet.id, ['write']);
  tokens.profile = await server.token(juliet.id, ['profile']);
  tokens.revoked = await server.token(juliet.id);
  await server.revoke(tokens.revoked);
  tokens.limited = await server.token(tybalt.id);
  tokens.broken = await broken.token((await broken.domain.account('juliet')).id);
  const list = { title: 'friends', replies: 'list', exclusive: false } as const;
  ownList = (await server.domain.run(createList, { actor: juliet.id, ...list })).id;
  othersList = (await server.domain.run(createList, { actor: romeo.id, ...list })).id;
});

afterAll(async () => {
  const { failures } = server;
  await server[Symbol.asyncDispose]();
  await broken[Symbol.asyncDispose]();
  expect(failures).toEqual([]);
});

function digestOf(text: string): Uint8Array {
  return createHash('sha256').update(text).digest();
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

async function answerOf(stream: RawStream): Promise<Answer> {
  await stream.until(({ head, body }) => {
    const length = /^content-length: (\d+)/im.exec(head)?.[1];
    return length !== undefined && Buffer.byteLength(body) >= Number(length);
  }, 'a whole answer');
  const headers = new Headers();
  for (const [, name = '', value = ''] of stream.head.matchAll(/^([\w-]+): (.*)\r$/gm)) headers.append(name, value);
  return { status: stream.status, headers, body: stream.body };
}

/** Credentials by name: `bearer:all` in the header, `query:all`, `protocol:all`, several with a space. */
function credentials(text: string): { readonly query: URLSearchParams; readonly headers: Record<string, string> } {
  const query = new URLSearchParams();
  const headers: Record<string, string> = {};
  for (const part of text.split(' ').filter(Boolean)) {
    const [where = '', name = ''] = part.split(':');
    const token = tokens[name] ?? name;
    if (where === 'bearer') headers.Authorization = `Bearer ${token}`;
    if (where === 'lower') headers.Authorization = `bearer ${token}`;
    if (where === 'naked') headers.Authorization = token;
    if (where === 'query') query.set('access_token', token);
    if (where === 'protocol') headers['Sec-WebSocket-Protocol'] = token;
    if (where === 'protocols') headers['Sec-WebSocket-Protocol'] = `${token}, foo`;
  }
  return { query, headers };
}

function ask(path: string, who: string, more: Record<string, string> = {}, url = server.url): RawStream {
  const { query, headers } = credentials(who);
  const separator = path.includes('?') ? '&' : '?';
  return new RawStream(url, query.size > 0 ? path + separator + query.toString() : path, { ...headers, ...more });
}

describe('an event stream is refused in Mastodon’s words', () => {
  const TABLE: readonly (readonly [string, string, number, string])[] = [
    // Paths that are no stream, whoever asks.
    ['/api/v1/streaming', '', 400, 'Unknown channel requested'],
    ['/api/v1/streaming', 'bearer:all', 400, 'Unknown channel requested'],
    ['/api/v1/streaming/', 'bearer:all', 400, 'Unknown channel requested'],
    ['/api/v1/streaming/user/', 'bearer:all', 400, 'Unknown channel requested'],
    ['/api/v1/streaming/USER', 'bearer:all', 400, 'Unknown channel requested'],
    ['/api/v1/streaming/user:notification', 'bearer:all', 400, 'Unknown channel requested'],
    ['/api/v1/streaming/public/media', 'bearer:all', 400, 'Unknown channel requested'],
    ['/api/v1/streaming/nonsense', '', 400, 'Unknown channel requested'],
    // No token, or one that counts for nothing.
    ['/api/v1/streaming/user', '', 401, 'Missing access token'],
    ['/api/v1/streaming/public', '', 401, 'Missing access token'],
    ['/api/v1/streaming/hashtag', '', 401, 'Missing access token'],
    ['/api/v1/streaming/user?access_token=', '', 401, 'Missing access token'],
    ['/api/v1/streaming/user', 'bearer:unknown', 401, 'Invalid access token'],
    ['/api/v1/streaming/user', 'bearer:revoked', 401, 'Invalid access token'],
    ['/api/v1/streaming/user', 'lower:all', 401, 'Invalid access token'],
    ['/api/v1/streaming/user', 'bearer:unknown query:all', 401, 'Invalid access token'],
    ['/api/v1/streaming/user', 'query:unknown protocol:all', 401, 'Invalid access token'],
    ['/api/v1/streaming/user', 'protocols:all', 401, 'Invalid access token'],
    // Scopes: 401, not 403, and before anything of the parameters.
    ['/api/v1/streaming/user', 'bearer:write', 401, 'Access token does not have the required scopes'],
    ['/api/v1/streaming/public', 'bearer:profile', 401, 'Access token does not have the required scopes'],
    ['/api/v1/streaming/public', 'bearer:notifications', 401, 'Access token does not have the required scopes'],
    ['/api/v1/streaming/user/notification', 'bearer:statuses', 401, 'Access token does not have the required scopes'],
    ['/api/v1/streaming/hashtag', 'bearer:write', 401, 'Access token does not have the required scopes'],
    ['/api/v1/streaming/list', 'bearer:write', 401, 'Access token does not have the required scopes'],
    // Parameters.
    ['/api/v1/streaming/hashtag', 'bearer:all', 400, 'Missing tag name parameter'],
    ['/api/v1/streaming/hashtag/local?tag=', 'bearer:all', 400, 'Missing tag name parameter'],
    ['/api/v1/streaming/list', 'bearer:all', 400, 'Missing list name parameter'],
    ['/api/v1/streaming/list?list=999', 'bearer:all', 401, 'Not authorized to stream this list'],
    ['/api/v1/streaming/list?list=friends', 'bearer:all', 401, 'Not authorized to stream this list'],
    ['/api/v1/streaming/list?list=OTHERS', 'bearer:all', 401, 'Not authorized to stream this list'],
  ];

  it.each(TABLE)('%s as %s: %i %s', async (path, who, status, error) => {
    using stream = ask(path.replace('OTHERS', String(othersList)), who);
    const answer = await answerOf(stream);

    expect(answer.status).toBe(status);
    expect(answer.body).toBe(JSON.stringify({ error }));
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  });

  it('when the state cannot be read', async () => {
    using stream = ask('/api/v1/streaming/user', 'bearer:broken', {}, broken.url);

    expect(await answerOf(stream)).toMatchObject({ status: 500, body: JSON.stringify({ error: ERROR }) });
  });

  it('when the token is of an application alone', async () => {
    const text = randomBytes(32).toString('base64url');
    const app = await server.domain.run(createOauthApp, {
      clientId: 'client',
      name: 'app',
      website: null,
      redirectUris: [],
      scopes: ['read'],
      secret: digestOf('secret'),
    });
    await server.domain.run(createAppToken, { app: app.id, scopes: ['read'], token: digestOf(text) });
    using stream = ask('/api/v1/streaming/public', `bearer:${text}`);

    expect(await answerOf(stream)).toMatchObject({ status: 401, body: '{"error":"Invalid access token"}' });
  });

  it('when the account is suspended', async () => {
    const { id } = await server.domain.account('paris');
    const token = await server.token(id);
    const entry = { actor: 'test', action: 'test', target: 'paris' };
    await server.domain.run(suspendAccount, { input: { account: id }, entry });
    using stream = ask('/api/v1/streaming/public', `bearer:${token}`);

    expect(await answerOf(stream)).toMatchObject({ status: 401, body: '{"error":"Invalid access token"}' });
  });

  it('when its account has too many connections, with when to come back', async () => {
    const open = Array.from({ length: 3 }, () => ask('/api/v1/streaming/user', 'bearer:limited'));
    for (const stream of open) await stream.until(({ body }) => body.startsWith(':)\n'), 'a greeting');
    using stream = ask('/api/v1/streaming/user', 'bearer:limited');
    const answer = await answerOf(stream);
    for (const held of open) held[Symbol.dispose]();

    expect(answer).toMatchObject({ status: 429, body: '{"error":"Too many requests"}' });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});

describe('an event stream opens', () => {
  it.each([
    ['/api/v1/streaming/user', 'bearer:all'],
    ['/api/v1/streaming/user', 'naked:all'],
    ['/api/v1/streaming/user', 'query:all'],
    ['/api/v1/streaming/user', 'protocol:all'],
    ['/api/v1/streaming/user', 'bearer:all query:unknown'],
    ['/api/v1/streaming/user', 'query:all protocol:unknown'],
    ['/api/v1/streaming/user', 'bearer:statuses'],
    ['/api/v1/streaming/user/notification', 'bearer:notifications'],
    ['/api/v1/streaming/public', 'bearer:statuses'],
    ['/api/v1/streaming/public?only_media=true', 'bearer:all'],
    ['/api/v1/streaming/public/local', 'bearer:all'],
    ['/api/v1/streaming/public/remote', 'bearer:all'],
    ['/api/v1/streaming/hashtag?tag=cats', 'bearer:all'],
    ['/api/v1/streaming/hashtag/local?tag=%23Caf%C3%A9', 'bearer:all'],
    ['/api/v1/streaming/direct', 'bearer:all'],
    ['/api/v1/streaming/list?list=OWN', 'bearer:all'],
  ])('%s as %s', async (path, who) => {
    using stream = ask(path.replace('OWN', String(ownList)), who);
    await stream.until(({ body }) => body.length > 0, 'a greeting');

    expect(stream.status).toBe(200);
    expect(stream.body).toBe(':)\n');
    expect(stream.head).toMatch(/^content-type: text\/event-stream\r$/im);
    expect(stream.head).toMatch(/^cache-control: private, no-store\r$/im);
    expect(stream.head).toMatch(/^access-control-allow-origin: \*\r$/im);
    expect(stream.head).toMatch(/^x-accel-buffering: no\r$/im);
  });
});

describe('other methods and addresses', () => {
  it('says that it is healthy to anybody', async () => {
    const answer = await fetch(`${server.url}/api/v1/streaming/health`);

    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/plain');
    expect(await answer.text()).toBe('OK');
    expect((await fetch(`${server.url}/api/v1/streaming/health`, { method: 'HEAD' })).status).toBe(200);
  });

  it.each([
    ['HEAD', '/api/v1/streaming/user', 405, 'GET, OPTIONS'],
    ['POST', '/api/v1/streaming/user', 405, 'GET, OPTIONS'],
    ['DELETE', '/api/v1/streaming/hashtag/local', 405, 'GET, OPTIONS'],
    ['POST', '/api/v1/streaming/health', 405, 'GET, HEAD, OPTIONS'],
    ['POST', '/api/v1/streaming/nonsense', 400, null],
    ['HEAD', '/api/v1/streaming', 400, null],
  ])('%s %s: %i', async (method, path, status, allow) => {
    const answer = await fetch(`${server.url}${path}`, { method, headers: { Authorization: `Bearer ${tokens.all}` } });

    expect(answer.status).toBe(status);
    expect(answer.headers.get('allow')).toBe(allow);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  });

  it('lets any page ask', async () => {
    const preflight = await fetch(`${server.url}/api/v1/streaming/user`, {
      method: 'OPTIONS',
      headers: {
        Origin: 'https://client.example',
        'Access-Control-Request-Method': 'GET',
        'Access-Control-Request-Headers': 'authorization',
      },
    });
    const plain = await fetch(`${server.url}/api/v1/streaming/nonsense`, { method: 'OPTIONS' });

    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    expect(preflight.headers.get('access-control-allow-headers')).toBe('authorization');
    expect(plain.status).toBe(204);
    expect(plain.headers.get('access-control-allow-methods')).toBe('GET,HEAD,PUT,PATCH,POST,DELETE');
    expect(plain.headers.get('vary')).toBe('Access-Control-Request-Headers');
  });
});

describe('a WebSocket is refused before the upgrade', () => {
  const without = (name: keyof typeof SOCKET) => {
    const { [name]: _, ...rest } = SOCKET;
    return rest;
  };
  const TABLE: readonly (readonly [string, Record<string, string>, number, string])[] = [
    ['', SOCKET, 401, 'Missing access token'],
    ['bearer:unknown', SOCKET, 401, 'Invalid access token'],
    ['bearer:revoked', SOCKET, 401, 'Invalid access token'],
    ['lower:all', SOCKET, 401, 'Invalid access token'],
    ['query:unknown protocol:all', SOCKET, 401, 'Invalid access token'],
    ['protocols:all', SOCKET, 401, 'Invalid access token'],
    // Who asks is judged before how.
    ['', without('Sec-WebSocket-Key'), 401, 'Missing access token'],
    ['', { ...SOCKET, 'Sec-WebSocket-Version': '7' }, 401, 'Missing access token'],
  ];

  it.each(TABLE)('as %s with %o: %i %s', async (who, headers, status, error) => {
    using stream = ask('/api/v1/streaming', who, headers);
    const answer = await answerOf(stream);

    expect(answer.status).toBe(status);
    expect(answer.body).toBe('');
    expect(answer.headers.get('x-error-message')).toBe(error);
    expect(answer.headers.get('content-type')).toBe('text/plain');
    expect(answer.headers.get('content-length')).toBe('0');
    expect(answer.headers.get('connection')).toBe('close');
  });

  it('when the state cannot be read', async () => {
    using stream = ask('/api/v1/streaming', 'bearer:broken', SOCKET, broken.url);
    const answer = await answerOf(stream);

    expect(answer).toMatchObject({ status: 500, body: '' });
    expect(answer.headers.get('x-error-message')).toBe(ERROR);
  });

  it.each([
    ['Sec-WebSocket-Version', { ...SOCKET, 'Sec-WebSocket-Version': '7' }, '13, 8'],
    ['Sec-WebSocket-Version', without('Sec-WebSocket-Version'), '13, 8'],
    ['Sec-WebSocket-Key', without('Sec-WebSocket-Key'), null],
    ['Sec-WebSocket-Key', { ...SOCKET, 'Sec-WebSocket-Key': 'short' }, null],
  ])('without a proper %s', async (name, headers, versions) => {
    using stream = ask('/api/v1/streaming', 'bearer:all', headers);
    const answer = await answerOf(stream);

    expect(answer).toMatchObject({ status: 400, body: `Missing or invalid ${name} header` });
    expect(answer.headers.get('content-type')).toBe('text/html');
    expect(answer.headers.get('sec-websocket-version')).toBe(versions);
  });
});

describe('a WebSocket opens', () => {
  const { 'Sec-WebSocket-Version': _, ...UNVERSIONED } = SOCKET;

  it.each([
    ['/api/v1/streaming', 'bearer:all', '13'],
    ['/api/v1/streaming/', 'naked:all', '13'],
    ['/api/v1/streaming/anything', 'query:all', '13'],
    ['/api/v1/streaming/?stream=user', 'bearer:profile', '13'],
    ['/api/v1/streaming', 'bearer:all', '8'],
  ])('at %s as %s, version %s', async (path, who, version) => {
    using stream = ask(path, who, { ...UNVERSIONED, 'Sec-WebSocket-Version': version });
    await stream.until(({ status }) => status !== 0, 'an answer');

    expect(stream.status).toBe(101);
    expect(stream.head).not.toMatch(/^sec-websocket-extensions:/im);
  });

  it('repeats the first subprotocol, even when it is the token', async () => {
    using token = ask('/api/v1/streaming', 'protocol:all', SOCKET);
    using several = ask('/api/v1/streaming', 'bearer:all', { ...SOCKET, 'Sec-WebSocket-Protocol': 'foo, bar' });
    for (const stream of [token, several]) await stream.until(({ status }) => status !== 0, 'an answer');

    expect(token.head).toContain(`Sec-WebSocket-Protocol: ${tokens.all}\r\n`);
    expect(several.head).toContain('Sec-WebSocket-Protocol: foo\r\n');
  });
});
