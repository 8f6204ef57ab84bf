import { createHash, randomBytes } from 'node:crypto';
import { CarillonError } from '@carillon/core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { answerOf, type Door, openDoor } from '../../../../test/mastodon/streaming-door.ts';
import { createAppToken, createOauthApp, suspendAccount } from '../../../domain/index.ts';
import { refusalOf } from './refusals.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let door: Door;

beforeAll(async () => {
  door = await openDoor();
});

afterAll(() => door[Symbol.asyncDispose]());

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
    using stream = door.ask(path.replace('OTHERS', String(door.othersList)), { who });
    const answer = await answerOf(stream);

    expect(answer.status).toBe(status);
    expect(answer.body).toBe(JSON.stringify({ error }));
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  });

  it('when the state cannot be read', async () => {
    using stream = door.ask('/api/v1/streaming/user', { who: 'bearer:broken', broken: true });
    const answer = await answerOf(stream);

    expect(answer).toMatchObject({
      status: 503,
      body: '{"error":"The server is not available now, please try again"}',
    });
    expect(answer.headers.get('retry-after')).toBe('5');
  });

  it('when the token is of an application alone', async () => {
    const text = randomBytes(32).toString('base64url');
    const app = await door.server.domain.run(createOauthApp, {
      clientId: 'client',
      name: 'app',
      website: null,
      redirectUris: [],
      scopes: ['read'],
      secret: digestOf('secret'),
    });
    await door.server.domain.run(createAppToken, { app: app.id, scopes: ['read'], token: digestOf(text) });
    using stream = door.ask('/api/v1/streaming/public', { who: `bearer:${text}` });

    expect(await answerOf(stream)).toMatchObject({ status: 401, body: '{"error":"Invalid access token"}' });
  });

  it('when the account is suspended', async () => {
    const { id } = await door.server.domain.account('paris');
    const token = await door.server.token(id);
    const entry = { actor: 'test', action: 'test', target: 'paris' };
    await door.server.domain.run(suspendAccount, { input: { account: id }, entry });
    using stream = door.ask('/api/v1/streaming/public', { who: `bearer:${token}` });

    expect(await answerOf(stream)).toMatchObject({ status: 401, body: '{"error":"Invalid access token"}' });
  });

  it('when its account has too many connections, with when to come back', async () => {
    const open = Array.from({ length: 3 }, () => door.ask('/api/v1/streaming/user', { who: 'bearer:limited' }));
    for (const stream of open) await stream.until(({ body }) => body.startsWith(':)\n'), 'a greeting');
    using stream = door.ask('/api/v1/streaming/user', { who: 'bearer:limited' });
    const answer = await answerOf(stream);
    for (const held of open) held[Symbol.dispose]();

    expect(answer).toMatchObject({ status: 429, body: '{"error":"Too many requests"}' });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});

it.each(['unavailable', 'storage-full', 'draining'] as const)(
  'says when to come back when the server is %s',
  (code) => {
    expect(refusalOf(new CarillonError(code, 'text'))).toMatchObject({ status: 503, retryAfterSeconds: 5 });
    expect(refusalOf(new CarillonError(code, 'text', { facts: { retryAfter: 30 } }))).toMatchObject({
      status: 503,
      retryAfterSeconds: 30,
    });
  },
);

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
    using stream = door.ask(path.replace('OWN', String(door.ownList)), { who });
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
    const answer = await fetch(`${door.server.url}/api/v1/streaming/health`);

    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/plain');
    expect(await answer.text()).toBe('OK');
    expect((await fetch(`${door.server.url}/api/v1/streaming/health`, { method: 'HEAD' })).status).toBe(200);
  });

  it.each([
    ['HEAD', '/api/v1/streaming/user', 405, 'GET, OPTIONS'],
    ['POST', '/api/v1/streaming/user', 405, 'GET, OPTIONS'],
    ['DELETE', '/api/v1/streaming/hashtag/local', 405, 'GET, OPTIONS'],
    ['POST', '/api/v1/streaming/health', 405, 'GET, HEAD, OPTIONS'],
    ['POST', '/api/v1/streaming/nonsense', 400, null],
    ['HEAD', '/api/v1/streaming', 400, null],
  ])('%s %s: %i', async (method, path, status, allow) => {
    const answer = await fetch(`${door.server.url}${path}`, {
      method,
      headers: { Authorization: `Bearer ${door.tokens.all}` },
    });

    expect(answer.status).toBe(status);
    expect(answer.headers.get('allow')).toBe(allow);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  });

  it('lets any page ask', async () => {
    const preflight = await fetch(`${door.server.url}/api/v1/streaming/user`, {
      method: 'OPTIONS',
      headers: {
        Origin: 'https://client.example',
        'Access-Control-Request-Method': 'GET',
        'Access-Control-Request-Headers': 'authorization',
      },
    });
    const plain = await fetch(`${door.server.url}/api/v1/streaming/nonsense`, { method: 'OPTIONS' });

    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    expect(preflight.headers.get('access-control-allow-headers')).toBe('authorization');
    expect(plain.status).toBe(204);
    expect(plain.headers.get('access-control-allow-methods')).toBe('GET,HEAD,PUT,PATCH,POST,DELETE');
    expect(plain.headers.get('vary')).toBe('Access-Control-Request-Headers');
  });
});

function digestOf(text: string): Uint8Array {
  return createHash('sha256').update(text).digest();
}
