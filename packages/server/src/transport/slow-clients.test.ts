import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, RawClient, statusCodes } from './testing/raw-client.ts';
import { createTestApp, startTestServer, type TestServer } from './testing/test-server.ts';

const HOST = 'Host: 127.0.0.1\r\n';

describe('A12: slow clients', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ settings: { timeouts: { headMs: 300, requestMs: 600, keepAliveMs: 300 } } });
  });
  afterAll(() => server.listener.close());

  it('closes 100 connections that never finish their head, and serves others meanwhile', async () => {
    const slow = Array.from({ length: 100 }, () => new RawClient(server.port).send(`GET /hello HTTP/1.1\r\n${HOST}`));
    const dripping = setInterval(() => {
      for (const client of slow) if (!client.closed) client.send('X-A: b\r\n');
    }, 50);

    const answer = await fetch(`${server.url}/hello`);
    await eventually(() => slow.every((client) => client.closed), 'all closed', 4_000);
    clearInterval(dripping);

    expect(answer.status).toBe(200);
    for (const client of slow) expect(statusCodes(client.text)).toEqual([408]);
  });

  it('closes a connection whose body drips too slowly', async () => {
    await using client = new RawClient(server.port);
    client.send(`POST /length HTTP/1.1\r\n${HOST}Content-Length: 1000\r\n\r\n`);
    const dripping = setInterval(() => client.send('x'), 50);

    const text = await client.untilClosed();
    clearInterval(dripping);

    expect(statusCodes(text)).toEqual([408]);
    expect(text).toContain('"code":"timeout"');
  });

  it('A21: answers Expect: 100-continue, and 408 when nothing follows', async () => {
    await using client = new RawClient(server.port);

    const text = await client
      .send(`POST /length HTTP/1.1\r\n${HOST}Content-Length: 3\r\nExpect: 100-continue\r\n\r\n`)
      .untilClosed();

    expect(statusCodes(text)).toEqual([100, 408]);
  });

  it('closes a connection that never says anything, without a word', async () => {
    await using client = new RawClient(server.port);

    expect(await client.untilClosed()).toBe('');
  });

  it('closes an idle connection after its keep-alive time, without a word', async () => {
    await using client = new RawClient(server.port);

    const text = await client.send(`GET /hello HTTP/1.1\r\n${HOST}\r\n`).untilClosed();

    expect(statusCodes(text)).toEqual([200]);
  });

  it('closes a connection whose client does not read its answer', async () => {
    const answered: number[] = [];
    const app = createTestApp();
    app.get('/big', (c) => c.body('x'.repeat(32 * 1_048_576)));
    const events = { answered: ({ status }: { status: number }) => answered.push(status) };
    await using patient = await startTestServer({ app, events, settings: { timeouts: { idleMs: 300 } } });
    await using client = new RawClient(patient.port);
    client.socket.pause();

    client.send(`GET /big HTTP/1.1\r\n${HOST}\r\n`);
    await eventually(() => answered.length === 1, 'the answer is given up');
    client.socket.resume();

    expect((await client.untilClosed()).length).toBeLessThan(32 * 1_048_576);
  });

  it('leaves streams alone, however quiet their clients are', async () => {
    await using stream = new RawClient(server.port);
    await using poll = new RawClient(server.port);
    stream.send(`GET /sse HTTP/1.1\r\n${HOST}\r\n`);
    poll.send(`GET /poll HTTP/1.1\r\n${HOST}\r\n`);
    await eventually(() => server.owners.length === 1 && server.polls.length === 1, 'both are open');

    await using witness = new RawClient(server.port);
    await witness.untilClosed();
    await using second = new RawClient(server.port);
    await second.send('GET /hello').untilClosed();

    expect([stream.closed, poll.closed]).toEqual([false, false]);
    server.owners[0]?.say('still here');
    await stream.untilText('still here');
    server.polls[0]?.respond(200, {}, 'still here');
    await poll.untilText('still here');
  });
});
