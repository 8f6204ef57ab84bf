import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RawClient, statusCodes } from './testing/raw-client.ts';
import { TEST_CERT, TEST_KEY } from './testing/test-certificate.ts';
import { startTestServer, type TestServer } from './testing/test-server.ts';

const HOST = 'Host: 127.0.0.1\r\n';

describe('ordinary requests', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({
      settings: { limits: { bodyBytes: 1_000, bodyBytesOf: (path) => (path === '/large' ? 5_000 : undefined) } },
    });
  });
  afterAll(() => server.listener.close());

  it.each([
    ['by its declared length', `Content-Length: 1001\r\n\r\n`, 'x'.repeat(1_001)],
    ['while it is read', 'Transfer-Encoding: chunked\r\n\r\n', `3e8\r\n${'x'.repeat(1_000)}\r\n1\r\nx\r\n0\r\n\r\n`],
    ['long before its end', 'Transfer-Encoding: chunked\r\n\r\n', `fffffff\r\n${'x'.repeat(100_000)}`],
  ])('refuses a body that is too large %s', async (_how, fields, body) => {
    await using client = new RawClient(server.port);

    const text = await client.send(`POST /length HTTP/1.1\r\n${HOST}${fields}${body}`).untilClosed();

    expect(statusCodes(text)).toEqual([413]);
    expect(text).toContain('"limit":1000');
  });

  it('takes a body of exactly the limit, and a larger one where its path allows it', async () => {
    const answer = await fetch(`${server.url}/length`, { method: 'POST', body: 'x'.repeat(1_000) });
    const large = await fetch(`${server.url}/large`, { method: 'POST', body: 'x'.repeat(5_000) });

    expect(await answer.text()).toBe('1000');
    expect(large.status).toBe(404);
  });

  it('answers whatever happens with the headers that browsers and caches need', async () => {
    for (const path of ['/hello', '/nowhere', '/bug']) {
      const { headers } = await fetch(server.url + path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('access-control-allow-origin')).toBe('*');
      expect(headers.get('access-control-allow-credentials')).toBe(null);
    }
    expect((await fetch(`${server.url}/cached`)).headers.get('cache-control')).toBe('public, max-age=60');
  });

  it('says nothing of a bug but its kind', async () => {
    const answer = await fetch(`${server.url}/bug`);
    const text = await answer.text();

    expect(answer.status).toBe(500);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(text).not.toContain('a bug');
  });

  it('A24: takes a stranger’s forwarded address for nothing', async () => {
    const answer = await fetch(`${server.url}/address`, { headers: { 'X-Forwarded-For': '203.0.113.1' } });

    expect(await answer.text()).toBe('127.0.0.1');
  });
});

describe('C55, C56: origins', () => {
  it('answers a preflight for any origin by default, never with credentials', async () => {
    await using server = await startTestServer();

    const answer = await fetch(`${server.url}/v1/events`, {
      method: 'OPTIONS',
      headers: {
        Origin: 'https://page.example',
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'authorization, ce-type',
      },
    });

    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(answer.headers.get('access-control-allow-headers')).toBe('authorization, ce-type');
    expect(answer.headers.get('access-control-allow-methods')).toContain('POST');
    expect(answer.headers.get('access-control-allow-credentials')).toBe(null);
  });

  it('grants nothing below /dev/', async () => {
    await using server = await startTestServer();
    const headers = { Origin: 'https://page.example', 'Access-Control-Request-Method': 'GET' };

    const preflight = await fetch(`${server.url}/dev/secret`, { method: 'OPTIONS', headers });
    const answer = await fetch(`${server.url}/dev/secret`, { headers: { Origin: 'https://page.example' } });

    expect(preflight.headers.get('access-control-allow-origin')).toBe(null);
    expect(answer.headers.get('access-control-allow-origin')).toBe(null);
  });

  it.each([
    ['https://ok.example', true],
    ['https://ok.example.evil', false],
    ['https://evil.example', false],
    ['https://notok.example', false],
    ['null', false],
  ])('with a list, %s is admitted: %s, to answers and to WebSockets', async (origin, admitted) => {
    await using server = await startTestServer({ settings: { corsOrigins: ['https://ok.example'] } });

    const answer = await fetch(`${server.url}/hello`, { headers: { Origin: origin } });
    await using socket = new RawClient(server.port);
    socket.send(
      `GET /ws HTTP/1.1\r\n${HOST}Origin: ${origin}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`,
    );

    expect(answer.headers.get('access-control-allow-origin')).toBe(admitted ? origin : null);
    expect(answer.headers.get('vary')).toBe('Origin');
    expect(statusCodes(await socket.untilText('\r\n\r\n'))).toEqual([admitted ? 101 : 403]);
  });
});

it('speaks TLS on every path when it has a certificate', async () => {
  await using server = await startTestServer({ settings: { tls: { cert: TEST_CERT, key: TEST_KEY } } });
  expect(server.url).toMatch(/^https:/);

  for (const [request, expected] of [
    [`GET /hello HTTP/1.1\r\n${HOST}\r\n`, 'hello'],
    [`GET /sse HTTP/1.1\r\n${HOST}\r\n`, 'text/event-stream'],
    [`GET /poll HTTP/1.1\r\n${HOST}\r\n`, '"ended"'],
  ] as const) {
    const socket = connect({ port: server.port, host: '127.0.0.1', ca: TEST_CERT, servername: 'localhost' });
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString('latin1')));
    socket.write(request);
    const deadlineMs = performance.now() + 5_000;
    while (!text.includes(expected) && performance.now() < deadlineMs) {
      server.polls[0]?.respond(200, {}, '"ended"');
      if (server.polls.length > 0) server.polls.length = 0;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(text).toContain(expected);
    if (expected === '"ended"') {
      socket.write(`GET /hello HTTP/1.1\r\n${HOST}\r\n`);
      while (!text.includes('hello') && performance.now() < deadlineMs)
        await new Promise((resolve) => setTimeout(resolve, 5));
      expect(text).toContain('hello');
    }
    socket.destroy();
  }
});
