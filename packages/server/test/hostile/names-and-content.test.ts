import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ask, publish } from '../events/requests.ts';
import { RawStream } from '../events/sse-client.ts';
import { WsClient } from '../events/ws-client.ts';
import { type HostileServer, startHostileServer } from './server.ts';

vi.setConfig({ testTimeout: 60_000 });

let server: HostileServer;
beforeAll(async () => {
  server = await startHostileServer();
});
afterAll(() => server[Symbol.asyncDispose]());

interface Heard {
  readonly topic: string;
  readonly data: unknown;
}

async function history(topic: string, token = server.full): Promise<{ status: number; events: readonly Heard[] }> {
  const target = `${server.url}/v1/events?topic=${encodeURIComponent(topic)}&since=earliest&wait=0`;
  const { status, body } = await ask(target, { token, headers: { accept: 'application/json' } });
  return { status, events: status === 200 ? (body as readonly Heard[]) : [] };
}

/** D61 to D64: names that something somewhere could take for another, for a pattern, or for more than a name. */
const NAMES = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'a/b',
  'a.b',
  'a%2Fb',
  'a%2fb',
  'A/b',
  'a;b',
  'a/b.',
  'a/b/',
  'a//b',
  'a/../b',
  'a/b%20',
  'x:local',
  'x',
  'a/*',
  '>',
  'a.>',
  '$JS.API.>',
  '{+x}',
  '{/a*}',
  '(a+)+$',
  '${7*7}',
  "'--",
  '\\',
  '"',
  '<script>',
] as const;

describe('D61–D64: a name', () => {
  beforeAll(async () => {
    await publish(
      server.url,
      server.full,
      NAMES.map((topic) => ({ topic, type: 't', data: topic })),
    );
  });

  it.each(NAMES)('%s is one topic and nobody else’s, by poll and by WebSocket', async (name) => {
    expect((await history(name)).events.map(({ topic, data }) => [topic, data])).toEqual([[name, name]]);
    using client = new WsClient(server.url, server.full);
    expect(await client.ask({ type: 'subscribe', topics: [name], since: 'earliest' })).toMatchObject({
      topics: [name],
    });
    await client.until(({ data }) => data.length > 0, 'the event');
    await client.ask({ type: 'presence', topic: name, action: 'enter', info: name });
    expect(await client.ask({ type: 'presence', topic: name, action: 'list' })).toMatchObject({
      topic: name,
      members: [{ info: name }],
    });
    expect(client.data).toEqual([name]);
  });

  // A grant with a star elsewhere than at its end is refused when it is made.
  it.each(NAMES.filter((name) => !name.includes('*')))('%s, granted, opens no other', async (name) => {
    using client = new WsClient(server.url, await server.token({ subscribe: [name], publish: [name] }));
    expect(await client.ask({ type: 'subscribe', topics: [name] })).toMatchObject({ type: 'subscribed' });
    for (const other of NAMES.filter((candidate) => candidate !== name)) {
      expect(await client.ask({ type: 'subscribe', topics: [other] }), other).toMatchObject({ code: 'forbidden' });
      const event = { topic: other, type: 't' };
      expect(await client.ask({ type: 'publish', event }), other).toMatchObject({ code: 'forbidden' });
    }
  });

  it.each(['ü', 'e\u0301', '\u00e9', 'p\u0430ypal', 'a\u200bb', 'a b', '\u202eabc'])(
    '%j must be escaped by whoever means it',
    async (name) => {
      expect((await history(name)).status).toBe(400);
    },
  );
});

/** E67, E70 and B30: text that is something else to a careless reader. */
const TEXTS: Readonly<Record<string, string>> = {
  'a line end': 'a\nb',
  'a carriage return': 'a\rb',
  both: 'a\r\nb',
  'a whole event': 'x\n\nevent: admin\ndata: pwned\n\n',
  'an id': 'x\r\rid: 9\r\n',
  'a leading space': ' x',
  'a byte order mark': '\uFEFFx',
  'line separators': 'a\u2028b\u2029c',
  NUL: 'a\0b',
  'the end of a script': '</script><script>alert(1)</script>',
  'the start of a comment': '<!--',
  'half a surrogate pair': '\ud800',
  'an emoji': '🔔',
};

describe('E67, E70: text', () => {
  it.each(Object.entries(TEXTS))('with %s arrives as it was, in one event, on every transport', async (name, text) => {
    const topic = `text/${name.replaceAll(' ', '-')}`;
    const { positions } = await publish(server.url, server.full, { topic, type: 't', data: text });
    using stream = new RawStream(server.url, `/v1/events?topic=${topic}&since=earliest`, {
      Authorization: `Bearer ${server.full}`,
    });
    await stream.until(({ messages }) => messages.length > 0, 'the event');
    using client = new WsClient(server.url, server.full);
    await client.ask({ type: 'subscribe', topics: [topic], since: 'earliest' });
    await client.until(({ data }) => data.length > 0, 'the event');

    expect((await history(topic)).events.map(({ data }) => data)).toEqual([text]);
    expect(client.data).toEqual([text]);
    expect(stream.messages.map(({ id, data }) => [id, JSON.parse(data ?? '').data])).toEqual([[positions[0], text]]);
    expect(stream.blocks.filter(({ event }) => event !== undefined)).toEqual([]);
  });

  it('E70: is never called a page or a script, whatever is asked for', async () => {
    const path = '/v1/events?topic=text/a-line-end&since=earliest&wait=0&callback=alert';
    const headers = { Authorization: `Bearer ${server.full}` };
    for (const accept of ['application/json', 'text/html', 'application/javascript', '*/*']) {
      using stream = new RawStream(server.url, path, { ...headers, Accept: accept });
      await stream.until(({ status }) => status === 200, 'an answer');
      expect(stream.head).toMatch(/^content-type: (?:application\/json|text\/event-stream)\r$/im);
      expect(stream.head).toMatch(/^x-content-type-options: nosniff\r$/im);
    }
  });
});
