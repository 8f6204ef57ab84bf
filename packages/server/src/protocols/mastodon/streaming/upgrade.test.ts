import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { answerOf, type Door, openDoor, SOCKET } from '../../../../test/mastodon/streaming-door.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let door: Door;

beforeAll(async () => {
  door = await openDoor();
});

afterAll(() => door[Symbol.asyncDispose]());

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
    using stream = door.ask('/api/v1/streaming', { who, headers });
    const answer = await answerOf(stream);

    expect(answer.status).toBe(status);
    expect(answer.body).toBe('');
    expect(answer.headers.get('x-error-message')).toBe(error);
    expect(answer.headers.get('content-type')).toBe('text/plain');
    expect(answer.headers.get('content-length')).toBe('0');
    expect(answer.headers.get('connection')).toBe('close');
  });

  it('when the state cannot be read', async () => {
    using stream = door.ask('/api/v1/streaming', { who: 'bearer:broken', headers: SOCKET, broken: true });
    const answer = await answerOf(stream);

    expect(answer).toMatchObject({ status: 503, body: '' });
    expect(answer.headers.get('x-error-message')).toBe('The server is not available now, please try again');
    expect(answer.headers.get('retry-after')).toBe('5');
  });

  it.each([
    ['Sec-WebSocket-Version', { ...SOCKET, 'Sec-WebSocket-Version': '7' }, '13, 8'],
    ['Sec-WebSocket-Version', without('Sec-WebSocket-Version'), '13, 8'],
    ['Sec-WebSocket-Key', without('Sec-WebSocket-Key'), null],
    ['Sec-WebSocket-Key', { ...SOCKET, 'Sec-WebSocket-Key': 'short' }, null],
  ])('without a proper %s', async (name, headers, versions) => {
    using stream = door.ask('/api/v1/streaming', { who: 'bearer:all', headers });
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
    using stream = door.ask(path, { who, headers: { ...UNVERSIONED, 'Sec-WebSocket-Version': version } });
    await stream.until(({ status }) => status !== 0, 'an answer');

    expect(stream.status).toBe(101);
    expect(stream.head).not.toMatch(/^sec-websocket-extensions:/im);
  });

  it('repeats the first subprotocol, even when it is the token', async () => {
    using token = door.ask('/api/v1/streaming', { who: 'protocol:all', headers: SOCKET });
    using several = door.ask('/api/v1/streaming', {
      who: 'bearer:all',
      headers: { ...SOCKET, 'Sec-WebSocket-Protocol': 'foo, bar' },
    });
    for (const stream of [token, several]) await stream.until(({ status }) => status !== 0, 'an answer');

    expect(token.head).toContain(`Sec-WebSocket-Protocol: ${door.tokens.all}\r\n`);
    expect(several.head).toContain('Sec-WebSocket-Protocol: foo\r\n');
  });
});
