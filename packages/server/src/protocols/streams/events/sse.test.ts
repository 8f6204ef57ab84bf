import { createClient } from '@carillon/client';
import { until } from '@carillon/conformance';
import { formatToken, parseToken } from '@carillon/core';
import { EventSource } from 'eventsource';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DEADLINE_MS, type EventsServer, startEvents } from '../../../../test/events/harness.ts';
import { publish } from '../../../../test/events/requests.ts';
import { parseStrictly, RawStream } from '../../../../test/events/sse-client.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let server: EventsServer;

beforeAll(async () => {
  server = await startEvents();
  server.credentials.issue('full');
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  expect(server.failures).toEqual([]);
});

const AUTH = { Authorization: 'Bearer full' };

function open(query: string, headers: Readonly<Record<string, string>> = {}): RawStream {
  return new RawStream(server.url, `/v1/events?${query}`, { ...AUTH, ...headers });
}

async function say(topic: string, ...data: readonly unknown[]): Promise<readonly string[]> {
  const events = data.map((value) => ({ topic, type: 't', data: value }));
  return (await publish(server.url, 'full', events)).positions;
}

function dataOf(stream: RawStream): readonly unknown[] {
  return stream.messages.map(({ data }) => JSON.parse(data ?? '').data);
}

function here(): string {
  return formatToken(server.log.head);
}

describe('GET /v1/events as an event stream', () => {
  it('names the position first, then one block per event', async () => {
    const start = here();
    using stream = open('topic=a1&topic=a2');
    await stream.until(({ blocks }) => blocks.length === 2, 'the first blocks');
    expect(stream.status).toBe(200);
    expect(stream.blocks).toEqual([
      { retry: '2000', id: undefined, event: undefined, data: undefined },
      { retry: undefined, id: start, event: undefined, data: undefined },
    ]);
    const { positions } = await publish(server.url, 'full', [
      { topic: 'a1 other', type: 'x', data: 1 },
      { topic: 'other', type: 'x', data: 2 },
      { topic: 'a2 a1', type: 'x', data: 3 },
    ]);
    await stream.until(({ messages }) => messages.length === 2, 'two events');
    expect(stream.messages.map(({ id }) => id)).toEqual([positions[0], positions[2]]);
    expect(stream.messages.map(({ data }) => JSON.parse(data ?? '').topic)).toEqual(['a1', 'a2 a1']);
    for (const { id, data } of stream.messages) expect(JSON.parse(data ?? '').position).toBe(id);
  });

  it.each([
    ['the header', (token: string) => ({ query: '', headers: { 'Last-Event-ID': token } })],
    ['last_event_id', (token: string) => ({ query: `&last_event_id=${token}`, headers: {} })],
    ['since', (token: string) => ({ query: `&since=${token}`, headers: {} })],
    [
      'the header before both',
      (token: string) => ({ query: `&last_event_id=earliest&since=earliest`, headers: { 'Last-Event-ID': token } }),
    ],
    [
      'last_event_id before since',
      (token: string) => ({ query: `&last_event_id=${token}&since=earliest`, headers: {} }),
    ],
    [
      'since when the header is empty',
      (token: string) => ({ query: `&since=${token}`, headers: { 'Last-Event-ID': '' } }),
    ],
  ])('resumes after %s', async (_, wish) => {
    const [first = ''] = await say('resume', 'one', 'two', 'three');
    const { query, headers } = wish(first);
    using stream = open(`topic=resume${query}`, headers);
    await stream.until(({ messages }) => messages.length >= 2, 'two events');
    expect(dataOf(stream)).toEqual(['two', 'three']);
    await say('resume', 'four');
    await stream.until(({ messages }) => messages.length >= 3, 'the live one');
    expect(dataOf(stream)).toEqual(['two', 'three', 'four']);
  });

  it('starts with everything kept on request, and names a place before it first', async () => {
    await say('kept', 1, 2);
    using stream = open('topic=kept&since=earliest');
    await stream.until(({ messages }) => messages.length === 2, 'both');
    expect(dataOf(stream)).toEqual([1, 2]);
    expect(parseToken(stream.blocks[1]?.id ?? '')?.position).toBe(0);
    await stream.until(({ lastId }) => lastId === here(), 'the end');
  });

  it.each([
    ['of another epoch', () => formatToken({ position: 3, epoch: 'otherone' }), 'epoch'],
    ['above the end', () => formatToken({ ...server.log.head, position: 9_999_999 }), 'ahead'],
    ['that is negative', () => '-1', 'malformed'],
    ['that is huge', () => '1e400', 'malformed'],
    ['that is SQL', () => "'; DROP", 'malformed'],
    ['of 8 KB', () => '0'.repeat(8_192), 'malformed'],
    ['with markup', () => '<script>', 'malformed'],
    ['with a raw byte', () => '\xff', 'malformed'],
  ])('answers a position %s with a gap, never with an error', async (_, token, reason) => {
    await say('gap', 1);
    for (const stream of [
      open('topic=gap', { 'Last-Event-ID': token() }),
      open(`topic=gap&since=${encodeURIComponent(token())}`),
    ]) {
      await stream.until(({ messages }) => messages.length > 0, 'an event');
      expect(stream.status).toBe(200);
      const [, gap] = stream.blocks;
      expect(gap?.event).toBe('gap');
      const { earliest, reason: said } = JSON.parse(gap?.data ?? '');
      expect({ earliest, said }).toEqual({ earliest: gap?.id, said: reason });
      expect(parseToken(earliest)?.epoch).toBe(server.log.head.epoch);
      stream[Symbol.dispose]();
    }
  });

  it('never repeats a gap: the id it gave resumes cleanly', async () => {
    await say('again', 1);
    using lost = open('topic=again', { 'Last-Event-ID': 'nonsense' });
    await lost.until(({ blocks }) => blocks.length > 1, 'the gap');
    using back = open('topic=again', { 'Last-Event-ID': lost.blocks[1]?.id ?? '' });
    await back.until(({ messages }) => messages.length === 1, 'the event');
    expect(back.blocks.some(({ event }) => event === 'gap')).toBe(false);
  });

  it.each([
    ['no topic', '', 400],
    ['an empty topic', 'topic=', 400],
    ['a topic of 201 bytes', `topic=${'x'.repeat(201)}`, 400],
    ['a space in a topic', 'topic=a%20b', 400],
    ['two positions', 'topic=a&since=earliest&since=earliest', 400],
    ['1,001 topics', Array.from({ length: 1_001 }, (_, index) => `topic=t${index}`).join('&'), 413],
    ['the system’s topic', 'topic=system', 403],
    ['another app’s topic', 'topic=app:other/news', 403],
  ])('refuses %s', async (_, query, status) => {
    using stream = open(query);
    await stream.until(({ status }) => status !== 0, 'an answer');
    expect(stream.status).toBe(status);
  });

  it('takes 1,000 topics', async () => {
    const topics = Array.from({ length: 1_000 }, (_, index) => `topic=many${index}`).join('&');
    using stream = open(topics);
    await stream.until(({ blocks }) => blocks.length === 2, 'the start');
    await say('many999', 'x');
    await stream.until(({ messages }) => messages.length === 1, 'the event');
  });

  it('speaks to whoever does not ask for JSON', async () => {
    for (const accept of [
      '*/*',
      'text/html,*/*;q=0.8',
      'text/event-stream, application/json',
      'application/json;q=0',
    ]) {
      using stream = open('topic=a', { Accept: accept });
      await stream.until(({ blocks }) => blocks.length === 2, accept);
    }
  });

  it('carries the position on while it is quiet, and says when to come back before it goes', async () => {
    await using quick = await startEvents({ listener: { heartbeatMs: 100 } });
    quick.credentials.issue('full');
    using stream = new RawStream(quick.url, '/v1/events?topic=quiet', AUTH);
    await stream.until(({ blocks }) => blocks.length === 2, 'the start');
    const { positions } = await publish(quick.url, 'full', { topic: 'elsewhere', type: 't' });
    await stream.until(({ lastId }) => lastId === positions[0], 'a heartbeat with the new position');
    await quick.listener.drain(0);
    await stream.until(({ ended }) => ended, 'the end');
    const last = stream.blocks.at(-1);
    expect(last).toMatchObject({ event: 'goodbye', data: '{"reason":"drain"}', id: undefined });
    expect(Number(last?.retry)).toBeGreaterThanOrEqual(500);
    expect(Number(last?.retry)).toBeLessThan(DEADLINE_MS);
  });
});

/** The SDK's own parser, over the network like everybody's. */
async function readWithSdk(topic: string, count: number): Promise<readonly unknown[]> {
  const client = createClient({ url: server.url, token: 'full' });
  const heard: unknown[] = [];
  for await (const { data } of client.subscribe(topic, { transports: ['sse'] })) {
    if (heard.push(data) === count) break;
  }
  return heard;
}

const HOSTILE = [
  'plain',
  'a\nb\rc\r\nd',
  '\n\nevent: admin\n\n',
  '\r\rid: 9\r\r',
  ' leading space',
  ': comment',
  'data: x\n\n',
  '\uFEFF with a mark',
  '\0 and NUL',
  'U+2028 \u2028 U+2029 \u2029 U+0085 \u0085',
  '</script><!--',
  'retry: 1\n',
  'emoji 🔔 and \u{10FFFF}',
];

describe('hostile data', () => {
  it('is exactly one event with that text in three parsers', async () => {
    const heard: unknown[] = [];
    const source = new EventSource(`${server.url}/v1/events?topic=hostile&access_token=full`);
    source.onmessage = (message) => heard.push(JSON.parse(message.data));
    const words: string[] = [];
    for (const name of ['admin', 'gap', 'goodbye']) source.addEventListener(name, () => words.push(name));
    await until(() => source.readyState === EventSource.OPEN, 'EventSource is open', DEADLINE_MS);
    using stream = open('topic=hostile');
    await stream.until(({ blocks }) => blocks.length === 2, 'the start');
    const sdk = readWithSdk('hostile', HOSTILE.length * 2);
    await until(() => server.listener.connections.counts.sse === 3, 'three streams', DEADLINE_MS);

    await say('hostile', ...HOSTILE);
    for (const text of HOSTILE) {
      await publish(server.url, 'full', { topic: 'hostile', type: 't', datacontenttype: 'text/plain', data: text });
    }
    const expected = [...HOSTILE, ...HOSTILE];
    await stream.until(({ messages }) => messages.length >= expected.length, 'all on the wire');
    await until(() => heard.length >= expected.length, 'all in EventSource', DEADLINE_MS);
    source.close();

    expect(dataOf(stream)).toEqual(expected);
    expect(heard.map((event) => (event as { data: unknown }).data)).toEqual(expected);
    expect(words).toEqual([]);
    expect(await sdk).toEqual(expected);
    expect(parseStrictly(stream.body).every(({ id, data }) => data === undefined || id !== undefined)).toBe(true);
  });

  it('is JSON whose line ends stand between tokens', async () => {
    using stream = open('topic=pretty');
    await stream.until(({ blocks }) => blocks.length === 2, 'the start');
    const response = await fetch(`${server.url}/v1/events`, {
      method: 'POST',
      headers: { authorization: 'Bearer full', 'content-type': 'application/json' },
      body: '{"topic":"pretty","type":"t","data":{\r\n  "a": [\n1,\r\n2 ],\r "b": "x\\r\\ny"\n}}',
    });
    expect(response.status).toBe(200);
    await stream.until(({ messages }) => messages.length === 1, 'the event');
    expect(dataOf(stream)).toEqual([{ a: [1, 2], b: 'x\r\ny' }]);
  });
});
