import { Hono } from 'hono';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { problem } from './problem.ts';
import type { RestEnv } from './rest.ts';
import { RawClient } from './testing/raw-client.ts';
import { startTestServer, type TestServer } from './testing/test-server.ts';

const HOST = 'Host: 127.0.0.1\r\n';

let server: TestServer;
beforeAll(async () => {
  const app = new Hono<{ Bindings: RestEnv }>();
  app.post('/api/length', async (c) => c.text(String((await c.req.arrayBuffer()).byteLength)));
  // Passed on to whoever called the application, as Hono does by itself with everything that is no `Error`.
  app.onError((error) => {
    throw error;
  });
  app.get('/api/bug', () => {
    throw new Error('a bug whose text stays inside');
  });
  server = await startTestServer({
    app,
    settings: { limits: { bodyBytes: 1_000 } },
    routes: [
      {
        kind: 'stream',
        matches: ({ path }) => path === '/api/stream',
        open: () => {
          throw new Error('a bug whose text stays inside');
        },
      },
    ],
    problemAt: (path, error) =>
      path.startsWith('/api/')
        ? { ...problem(error), headers: { 'Content-Type': 'application/json' }, body: `{"error":"ours"}` }
        : undefined,
  });
});
afterAll(() => server[Symbol.asyncDispose]());

const upgrade = (target: string): string =>
  `GET ${target} HTTP/1.1\r\n${HOST}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`;

const REFUSALS: readonly (readonly [string, string, number])[] = [
  ['a Host that this server is not', 'GET /PATH HTTP/1.1\r\nHost: evil.example\r\n\r\n', 421],
  ['no Host', 'GET /PATH HTTP/1.1\r\n\r\n', 400],
  ['a method that there is not', `PURGE /PATH HTTP/1.1\r\n${HOST}\r\n`, 405],
  ['a body announced too large', `POST /PATH HTTP/1.1\r\n${HOST}Content-Length: 1001\r\n\r\n`, 413],
  [
    'a body that becomes too large',
    `POST /PATH HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n3e9\r\n${'x'.repeat(1001)}\r\n`,
    413,
  ],
  ['a body in an encoding', `POST /PATH HTTP/1.1\r\n${HOST}Content-Encoding: gzip\r\n\r\n`, 415],
  ['a chunk that is none', `POST /PATH HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\nxyz\r\n`, 400],
  ['a WebSocket that is not spoken', upgrade('/PATH'), 404],
];

it.each(REFUSALS)('%s is refused in the words of who answers there', async (_, request, status) => {
  for (const [path, type] of [
    ['api/length', 'application/json'],
    ['length', 'application/problem+json'],
  ] as const) {
    await using client = new RawClient(server.port);
    const text = await client.send(request.replace('PATH', path)).untilClosed();

    expect(text).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(text.toLowerCase()).toContain(`content-type: ${type}\r\n`);
    if (path === 'api/length') expect(text).toContain('{"error":"ours"}');
  }
});

it.each(['/api/bug', '/api/stream'])('a fault at %s too', async (path) => {
  const answer = await fetch(server.url + path);

  expect(answer.status).toBe(500);
  expect(await answer.json()).toEqual({ error: 'ours' });
});

it('a target that cannot be read is nobody’s', async () => {
  await using client = new RawClient(server.port);
  const text = await client.send(`GET /api/../length HTTP/1.1\r\n${HOST}\r\n`).untilClosed();

  expect(text).toMatch(/^HTTP\/1.1 400 /);
  expect(text).toContain('application/problem+json');
});

it.each(['xyz\r\n', ''])(
  'a request that was answered is not answered again when its body breaks off (%j)',
  async (rest) => {
    await using client = new RawClient(server.port);
    client.send(`HEAD /nowhere HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n`);
    const head = await client.untilText('\r\n\r\n');

    client.socket.end(rest);
    const all = await client.untilClosed();

    expect(head).toMatch(/^HTTP\/1.1 404 /);
    expect(all.match(/HTTP\/1\.1/g)).toHaveLength(1);
  },
);
