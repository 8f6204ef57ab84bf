import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { isControl, offsetOf, readBlocks, StreamRequests } from '../../../../test/durable/requests.ts';
import { type DurableServer, startDurableServer } from '../../../../test/durable/server.ts';

const LONG_POLL_MS = 1_000;
const TEXT = { 'content-type': 'text/plain' };
const BYTES = { 'content-type': 'application/octet-stream' };

/** Threads start slowly where other suites share the machine. */
const START_MS = 60_000;

let server: DurableServer;
let count = 0;

beforeAll(async () => {
  server = await startDurableServer({ longPollMs: LONG_POLL_MS });
}, START_MS);
afterAll(() => server.close(), START_MS);

const newStream = (name = `s${++count}`): StreamRequests => new StreamRequests(server.url, `durable/${name}`);

async function created(
  headers: Readonly<Record<string, string>> = TEXT,
  body?: RequestInit['body'] & {},
): Promise<StreamRequests> {
  const stream = newStream();
  expect((await stream.put(headers, body)).status).toBe(201);
  return stream;
}

async function codeOf(response: Response): Promise<unknown> {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  return JSON.parse(await response.text()).code;
}

describe('appends', () => {
  test('of concurrent producers that repeat their requests are read back once, in order, byte for byte', async () => {
    const batches = fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { minLength: 1, maxLength: 8 });
    const plans = fc.array(fc.record({ batches, repeat: fc.boolean() }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(plans, async (producers) => {
        const stream = await created(BYTES);
        const live = await stream.get('?offset=-1&live=sse');
        const written = await Promise.all(producers.map((plan, index) => produce(stream, `p${index}`, plan)));

        const inOrder = written.flat().sort((a, b) => (a.offset < b.offset ? -1 : 1));
        const expected = Buffer.concat(inOrder.map(({ data }) => data));
        const { body, offset } = await stream.readAll();
        expect(body.equals(expected)).toBe(true);
        expect(offset).toBe(inOrder.at(-1)?.offset);

        expect((await stream.post({ 'stream-closed': 'true' })).status).toBe(204);
        const blocks = await readBlocks(live, (block) => isControl(block, 'streamClosed'));
        const parts = blocks
          .filter((block) => block.event === 'data')
          .map((block) => Buffer.from(block.data, 'base64'));
        expect(Buffer.concat(parts).equals(expected)).toBe(true);
      }),
      { numRuns: 15 },
    );
  });

  test('larger than a page are read in several, and only the last is up to date', async () => {
    const stream = await created(BYTES);
    const sent = Array.from({ length: 9 }, (_, index) => Buffer.alloc(300_000, index));
    for (const data of sent) await stream.post(BYTES, data);

    const { body, pages } = await stream.readAll();
    const blocks = await readBlocks(await stream.get('?offset=-1&live=sse'), (block) => isControl(block, 'upToDate'));

    expect(body.equals(Buffer.concat(sent))).toBe(true);
    expect(pages).toBeGreaterThan(1);
    const parts = blocks.filter((block) => block.event === 'data').map((block) => Buffer.from(block.data, 'base64'));
    expect(Buffer.concat(parts).equals(Buffer.concat(sent))).toBe(true);
    expect(blocks.filter((block) => isControl(block, 'upToDate'))).toHaveLength(1);
  });

  test('as large as the limit are stored and read back, larger ones are refused', async () => {
    const stream = await created(BYTES);
    const largest = Buffer.alloc(16 * 1024 * 1024, 'carillon');
    expect((await stream.post(BYTES, largest)).status).toBe(204);
    expect((await stream.readAll()).body.equals(largest)).toBe(true);

    const refused = await stream.post(BYTES, Buffer.concat([largest, Buffer.from('x')]));

    expect([refused.status, await codeOf(refused)]).toEqual([413, 'too-large']);
  }, 60_000);

  test('keep the digits of numbers', async () => {
    const stream = await created({ 'content-type': 'application/json' });
    await stream.post({ 'content-type': 'application/json' }, '12345678901234567890');
    expect(await (await stream.get()).text()).toBe('[12345678901234567890]');
  });

  test('are refused in the order of the protocol', async () => {
    const stream = await created({ 'content-type': 'application/json', 'stream-closed': 'true' }, '1');
    const refused = await stream.post(TEXT, 'x');
    expect([refused.status, refused.headers.get('stream-closed'), await codeOf(refused)]).toEqual([
      409,
      'true',
      'conflict',
    ]);
    const missing = await newStream().post({ 'content-type': 'application/json' }, '{');
    expect(await codeOf(missing)).toBe('not-found');
  });
});

describe('offsets', () => {
  test('that were not given out are refused', async () => {
    const stream = await created(TEXT, 'x');
    const tail = offsetOf(await stream.head());
    const [position = '', epoch = ''] = tail.split('_');
    const later = `${String(Number(position) + 1_000_000).padStart(16, '0')}_${epoch}`;

    for (const query of ['?offset=', '?offset=abc', '?offset=-2', `?offset=${later}`, `?offset=${tail}_1`]) {
      expect([query, await codeOf(await stream.get(query))]).toEqual([query, 'bad-request']);
      expect([query, await codeOf(await stream.get(`${query}&live=sse`))]).toEqual([query, 'bad-request']);
    }
    expect((await stream.get(`?offset=${later}`)).status).toBe(400);
  });

  test('of another epoch are answered 410 with the earliest', async () => {
    const stream = await created(TEXT, 'x');
    const [position = ''] = offsetOf(await stream.head()).split('_');
    for (const live of ['', '&live=long-poll', '&live=sse']) {
      const response = await stream.get(`?offset=${position}_zzzzzzzz${live}`);
      const { code, earliest } = JSON.parse(await response.text());
      expect([response.status, code]).toEqual([410, 'gap']);
      expect(await (await stream.get(`?offset=${earliest}`)).text()).toBe('x');
    }
  });

  test('of an earlier stream of the same name are answered 410', async () => {
    const stream = await created(TEXT, 'old');
    const old = offsetOf(await stream.head());
    await stream.delete();
    await stream.put(TEXT, 'new');

    const response = await stream.get(`?offset=${old}`);

    expect([response.status, await codeOf(response)]).toEqual([410, 'gone']);
    expect((await stream.readAll()).body.toString()).toBe('new');
  });
});

describe('deleting', () => {
  test('ends live readers, which never see a later stream of the name', async () => {
    const stream = await created(TEXT, 'old');
    const live = await stream.get('?offset=-1&live=sse');
    const poll = stream.get('?offset=now&live=long-poll');
    const following = readBlocks(live, () => false);
    await stream.delete();
    await stream.put(TEXT, 'new');

    const blocks = await following;

    expect(blocks.filter((block) => block.event === 'data').map((block) => block.data)).toEqual(['old']);
    const polled = await poll;
    expect([204, 404]).toContain(polled.status);
    expect(await polled.text()).not.toContain('new');
  });

  test('removes the events from the log', async () => {
    const stream = await created(TEXT, 'secret');
    const topic = `stream:default/${stream.url.split('/v1/stream/')[1]}`;
    const history = `${server.url}/v1/events?topic=${topic}&since=earliest&wait=0`;
    const read = async () => (await fetch(history, { headers: { accept: 'application/json' } })).text();
    expect(await read()).toContain('secret');

    await stream.delete();

    await vi.waitFor(async () => expect(await read()).not.toContain('secret'), { timeout: 5_000 });
  });

  test('keeps what forks read, until the last of them is gone', async () => {
    const source = await created(TEXT, 'ab');
    await source.post(TEXT, 'cd');
    const fork = newStream();
    const forkedFrom = { 'stream-forked-from': new URL(source.url).pathname };
    expect((await fork.put(forkedFrom, 'ef')).status).toBe(201);
    await source.delete();

    expect((await source.get()).status).toBe(410);
    expect((await source.put(TEXT)).status).toBe(409);
    expect((await fork.readAll()).body.toString()).toBe('abcdef');
    const blocks = await readBlocks(await fork.get('?offset=-1&live=sse'), (block) => isControl(block, 'upToDate'));
    expect(blocks.map((block) => block.data)[0]).toBe('abcdef');

    await fork.delete();
    expect((await source.get()).status).toBe(404);
    expect((await source.put(TEXT)).status).toBe(201);
  });
});

describe('expiry', () => {
  test('waits for live readers', async () => {
    const stream = await created({ ...TEXT, 'stream-ttl': '1' });
    const gone = new AbortController();
    const live = await stream.get('?offset=-1&live=sse', { signal: gone.signal });
    expect(live.status).toBe(200);
    const until = Date.now() + 3_000;
    await vi.waitUntil(
      async () => {
        expect((await stream.head()).status).toBe(200);
        return Date.now() > until;
      },
      { timeout: 5_000, interval: 100 },
    );

    gone.abort();

    await vi.waitFor(async () => expect((await stream.head()).status).toBe(404), { timeout: 5_000 });
  });

  test('ends live readers of a stream with a fixed end', async () => {
    const stream = await created({ ...TEXT, 'stream-expires-at': new Date(Date.now() + 1_000).toISOString() }, 'x');
    const blocks = await readBlocks(await stream.get('?offset=-1&live=sse'), () => false);
    expect(blocks.map((block) => block.event)).toEqual(['data', 'control']);
    expect((await stream.get()).status).toBe(404);
  });
});

describe('names', () => {
  test('that are too long, reserved or broken are refused by name', async () => {
    const stream = (name: string): StreamRequests => new StreamRequests(server.url, name);
    expect(await codeOf(await stream('a'.repeat(200)).put())).toBe('uri-too-long');
    expect(await codeOf(await stream('__ds/subscriptions/a').put())).toBe('not-found');
    expect(await codeOf(await stream('a%zz').put())).toBe('bad-request');
    expect(await codeOf(await fetch(stream('a').url, { method: 'PATCH' }))).toBe('method-not-allowed');
  });

  test('in equivalent spellings are one stream', async () => {
    const one = newStream('caf%c3%a9');
    await one.put(TEXT, 'x');
    expect(await (await newStream('c%61f%C3%A9').get()).text()).toBe('x');
  });
});

interface Written {
  readonly offset: string;
  readonly data: Uint8Array;
}

/** Sends each batch once or twice; the repeat must be known and its body ignored. */
async function produce(
  stream: StreamRequests,
  id: string,
  { batches, repeat }: { readonly batches: readonly Uint8Array<ArrayBuffer>[]; readonly repeat: boolean },
): Promise<readonly Written[]> {
  const written: Written[] = [];
  for (const [seq, data] of batches.entries()) {
    const tags = { ...BYTES, 'producer-id': id, 'producer-epoch': '0', 'producer-seq': String(seq) };
    const sent = await stream.post(tags, data);
    expect(sent.status).toBe(200);
    written.push({ offset: offsetOf(sent), data });
    if (!repeat) continue;
    const again = await stream.post(tags, Buffer.from('another body'));
    expect([again.status, again.headers.get('producer-seq')]).toEqual([204, String(seq)]);
  }
  return written;
}
