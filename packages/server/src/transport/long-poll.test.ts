import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually, RawClient, statusCodes } from './testing/raw-client.ts';
import { startTestServer, type TestServer } from './testing/test-server.ts';

const HOST = 'Host: 127.0.0.1\r\n';
const POLL = `GET /poll HTTP/1.1\r\n${HOST}\r\n`;
const HELLO = `GET /hello HTTP/1.1\r\n${HOST}\r\n`;
const JSON_TYPE = { 'Content-Type': 'application/json' };

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
beforeEach(() => {
  server.polls.length = 0;
});
afterAll(() => server.listener.close());

async function parked(count: number): Promise<void> {
  await eventually(() => server.polls.length === count, `${count} parked polls`);
}

describe('a parked long poll', () => {
  it('keeps its connection for the next request: the proof that Node took the fast path', async () => {
    await using client = new RawClient(server.port);
    client.send(POLL);
    await parked(1);
    server.polls[0]?.respond(200, JSON_TYPE, '["first"]');
    await client.untilText('["first"]');

    client.send(HELLO);
    await client.untilText('hello');
    client.send(POLL);
    await parked(2);
    server.polls[1]?.respond(200, JSON_TYPE, '["second"]');
    await client.untilText('["second"]');
    client.send('GET /sse HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
    await client.untilText('text/event-stream');

    expect(statusCodes(client.text)).toEqual([200, 200, 200, 200]);
    expect(client.text.match(/connection: close/gi)).toHaveLength(1);
  });

  it('answers in order what was pipelined behind it', async () => {
    await using client = new RawClient(server.port);
    client.send(POLL + HELLO);
    await parked(1);

    server.polls[0]?.respond(200, JSON_TYPE, '["first"]');
    await client.untilText('hello');

    expect(client.text.indexOf('["first"]')).toBeLessThan(client.text.indexOf('hello'));
  });

  it('closes when the client asked for it', async () => {
    await using client = new RawClient(server.port);
    client.send(POLL.replace(HOST, `${HOST}Connection: close\r\n`));
    await parked(1);

    server.polls[0]?.respond(200, JSON_TYPE, '[]');

    expect(await client.untilClosed()).toMatch(/connection: close/i);
  });

  it('answers 304 and 204 without a body', async () => {
    await using client = new RawClient(server.port);
    client.send(POLL);
    await parked(1);
    server.polls[0]?.respond(304, { ETag: '"a"' }, '');
    await client.untilText('"a"');
    client.send(POLL);
    await parked(2);
    server.polls[1]?.respond(204, {}, '');
    await client.until((text) => statusCodes(text).length === 2 && text.endsWith('\r\n\r\n'));

    expect(statusCodes(client.text)).toEqual([304, 204]);
    expect(client.text).not.toMatch(/content-length/i);
  });

  it.each(['end', 'resetAndDestroy'] as const)(
    'fires its signal when the client leaves (%s), and answers nobody',
    async (how) => {
      await using client = new RawClient(server.port);
      client.send(POLL);
      await parked(1);
      const [poll] = server.polls;

      client.socket[how]();
      await eventually(() => poll?.signal.aborted === true, 'the signal');
      poll?.respond(200, JSON_TYPE, '[]');

      expect(poll?.signal.reason).toBe('gone');
      expect(server.listener.connections.counts.poll).toBe(0);
      expect(server.failures).toEqual([]);
    },
  );

  it('holds no headers and no query while parked', async () => {
    await using client = new RawClient(server.port);
    client.send(POLL.replace('/poll', '/poll?who=somebody'));
    await parked(1);

    expect(server.polls[0]).toMatchObject({ headers: {}, query: '', path: '/poll' });
  });

  it('is ended by the revocation and by the expiry of its credential', async () => {
    await using revoked = new RawClient(server.port);
    await using expired = new RawClient(server.port);
    revoked.send(POLL.replace('/poll', '/poll?who=evil'));
    await parked(1);
    expired.send(POLL.replace('/poll', `/poll?who=brief&expires=${Date.now() + 300}`));
    await parked(2);

    server.listener.connections.closeWhere((principal) => principal.id === 'evil', 'revoked');

    await revoked.untilText('{"ended":"revoked"}');
    await expired.untilText('{"ended":"expired"}');
  });

  it('refuses an answer header that would break its line: a bug, told as such', async () => {
    await using client = new RawClient(server.port);
    client.send(POLL);
    await parked(1);

    expect(() => server.polls[0]?.respond(200, { 'X-A': 'b\r\nX-C: d' }, '')).toThrow('line break');
  });
});

it('is answered the same on the ordinary path, where the connection closes', async () => {
  await using ordinary = await startTestServer({ settings: { takeOver: false } });
  await using client = new RawClient(ordinary.port);
  client.send(POLL + HELLO);
  await eventually(() => ordinary.polls.length === 1, 'the poll');

  ordinary.polls[0]?.respond(200, JSON_TYPE, '["first"]');
  const text = await client.untilClosed();

  expect(statusCodes(text)).toEqual([200]);
  expect(text).toMatch(/connection: close/i);
});

it('an idle connection is closed after a poll without a word, in its keep-alive time', async () => {
  await using brief = await startTestServer({ settings: { timeouts: { keepAliveMs: 100, headMs: 5_000 } } });
  await using client = new RawClient(brief.port);
  client.send(POLL);
  await eventually(() => brief.polls.length === 1, 'the poll');

  brief.polls[0]?.respond(200, JSON_TYPE, '[]');
  const text = await client.untilClosed();

  expect(statusCodes(text)).toEqual([200]);
});

it('a route that throws is answered with its problem, and the connection goes on', async () => {
  const failing = {
    kind: 'stream',
    matches: (head: { path: string }) => head.path === '/fails',
    open: () => Promise.reject(new Error('a bug whose text stays inside')),
  } as const;
  await using failingServer = await startTestServer({ routes: [failing] });
  await using client = new RawClient(failingServer.port);

  client.send(`GET /fails HTTP/1.1\r\n${HOST}\r\n`);
  await client.untilText('"code":"internal"');
  client.send(HELLO);
  await client.untilText('hello');

  expect(client.text).not.toContain('a bug');
  expect(failingServer.failures).toHaveLength(1);
});
