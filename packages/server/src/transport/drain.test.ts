import { expect, it } from 'vitest';
import { eventually, RawClient, statusCodes } from './testing/raw-client.ts';
import { createTestApp, startTestServer } from './testing/test-server.ts';

const HOST = 'Host: 127.0.0.1\r\n';
const SSE = `GET /sse HTTP/1.1\r\n${HOST}\r\n`;
const POLL = `GET /poll HTTP/1.1\r\n${HOST}\r\n`;
const WS = `GET /ws HTTP/1.1\r\n${HOST}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`;

it('ends connections spread over the drain time, each with its goodbye, then closes', async () => {
  await using server = await startTestServer();
  const clients = Array.from({ length: 40 }, () => new RawClient(server.port).send(SSE));
  await eventually(() => server.owners.length === 40, '40 streams');
  const endings: number[] = [];
  for (const client of clients) client.socket.on('close', () => endings.push(performance.now()));

  const startMs = performance.now();
  await server.listener.drain(800);
  const tookMs = performance.now() - startMs;
  await eventually(() => endings.length === 40, 'all ended');

  expect(server.listener.draining).toBe(true);
  for (const client of clients) expect(client.text).toMatch(/data: goodbye drain\n\n$/);
  const quarters = [0, 0, 0, 0];
  for (const at of endings) quarters[Math.min(3, Math.floor((at - startMs) / 200))] = 1;
  expect(quarters).toEqual([1, 1, 1, 1]);
  expect(tookMs).toBeLessThan(800 + 300 + 1_000);
});

it('answers parked polls, tells WebSockets 1012, and lets a request in flight finish', async () => {
  let finish: (() => void) | undefined;
  const app = createTestApp();
  app.get('/slow', async (c) => {
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
    return c.text('finished');
  });
  await using server = await startTestServer({ app });
  await using poll = new RawClient(server.port);
  await using socket = new RawClient(server.port);
  await using slow = new RawClient(server.port);
  poll.send(POLL);
  socket.send(WS);
  slow.send(`GET /slow HTTP/1.1\r\n${HOST}\r\n`);
  await eventually(() => server.polls.length === 1 && server.owners.length === 1 && finish !== undefined, 'all three');

  const drained = server.listener.drain(200);
  await poll.untilText('{"ended":"drain"}');
  expect(poll.text).toMatch(/connection: close/i);
  expect(await socket.untilText('drain')).toContain('\x03\xf4drain');
  finish?.();
  await slow.untilText('finished');
  await drained;

  expect(statusCodes(slow.text)).toEqual([200]);
});

it('accepts nobody while draining, and never answers an event stream with an error', async () => {
  let finish: (() => void) | undefined;
  const app = createTestApp();
  app.get('/slow', async (c) => {
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
    return c.text('finished');
  });
  await using server = await startTestServer({ app });
  await using open = new RawClient(server.port);
  open.send(POLL);
  await eventually(() => server.polls.length === 1, 'the poll');
  await using slow = new RawClient(server.port);
  slow.send(`GET /slow HTTP/1.1\r\n${HOST}\r\n`);
  await eventually(() => finish !== undefined, 'the slow request');
  await using stream = new RawClient(server.port);
  await using hold = new RawClient(server.port);
  // Both connections are in the midst of a request head when the drain begins.
  stream.send('GET /sse HTTP/1.1\r\nAccept: text/event-stream\r\n');
  hold.send('GET /sse HTTP/1.1\r\n');
  await eventually(() => stream.socket.writableLength === 0 && hold.socket.writableLength === 0, 'both heads begun');

  const drained = server.listener.drain(400);
  stream.send(`${HOST}\r\n`);
  hold.send(`${HOST}\r\n`);
  await using late = new RawClient(server.port);
  expect(await late.untilClosed()).toBe('');
  expect(await stream.untilClosed()).toBe('');
  const answer = await hold.untilClosed();
  finish?.();
  await drained;

  expect(answer === '' || answer.startsWith('HTTP/1.1 503 ')).toBe(true);
});

it('is over in its time, whatever clients do', async () => {
  await using server = await startTestServer({ settings: { timeouts: { lingerMs: 200 } } });
  await using stopped = new RawClient(server.port);
  stopped.send(SSE);
  await eventually(() => server.owners.length === 1, 'the stream');
  stopped.socket.pause();
  server.owners[0]?.sink?.write(Buffer.alloc(16 * 1_048_576, 'x'));
  await using slow = new RawClient(server.port);
  slow.send(`POST /length HTTP/1.1\r\n${HOST}Content-Length: 10\r\n\r\na`);

  const startMs = performance.now();
  await server.listener.drain(100);

  expect(performance.now() - startMs).toBeLessThan(100 + 200 + 1_000);
  await eventually(() => server.owners[0]?.closedTimes === 1, 'the owner hears of it');
});
