import { DurableStreamTestServer } from '@durable-streams/server';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { StreamRequests } from '../../../../test/durable/requests.ts';
import { type DurableServer, startDurableServer } from '../../../../test/durable/server.ts';

/** Threads start slowly where other suites share the machine. */
const START_MS = 60_000;
const NAMES = ['a', 'b', 'c'] as const;
/** What both servers must say alike; offsets, tags and cursors are each server's own. */
const COMPARED = [
  'content-type',
  'stream-closed',
  'stream-up-to-date',
  'stream-ttl',
  'producer-epoch',
  'producer-seq',
  'producer-expected-seq',
  'producer-received-seq',
];

const reference = new DurableStreamTestServer({ port: 0, host: '127.0.0.1' });
let referenceUrl: string;
let server: DurableServer;
let runs = 0;

beforeAll(async () => {
  referenceUrl = await reference.start();
  server = await startDurableServer();
}, START_MS);
afterAll(async () => {
  await reference.stop();
  await server.close();
}, START_MS);

const contentType = fc.constantFrom('text/plain', 'TEXT/plain', 'application/json', 'application/json; charset=utf-8');
const body = fc.constantFrom('', 'x', '1', '[1,2]', '[[3]]', '[]', '{"a":');
const closed = fc.option(fc.constantFrom('true', 'false', '1'), { freq: 3, nil: undefined });
const producer = fc.record({
  id: fc.constantFrom('p', 'q'),
  epoch: fc.nat({ max: 2 }),
  seq: fc.nat({ max: 2 }),
});
const base = { name: fc.constantFrom(...NAMES) };
const operation = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      ...base,
      kind: fc.constant('put' as const),
      contentType,
      body,
      closed,
      ttl: fc.option(fc.constantFrom('3600', '60', '01', '-1'), { freq: 4, nil: undefined }),
      source: fc.option(fc.constantFrom(...NAMES), { freq: 2, nil: undefined }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      ...base,
      kind: fc.constant('post' as const),
      contentType,
      body,
      closed,
      seq: fc.option(fc.constantFrom('1', '2', '10'), { freq: 4, nil: undefined }),
      producer: fc.option(producer, { freq: 2, nil: undefined }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ ...base, kind: fc.constant('get' as const), from: fc.constantFrom('-1', 'now', 'middle') }),
  },
  { weight: 1, arbitrary: fc.record({ ...base, kind: fc.constant('head' as const) }) },
  { weight: 1, arbitrary: fc.record({ ...base, kind: fc.constant('delete' as const) }) },
);

type Operation = typeof operation extends fc.Arbitrary<infer Value> ? Value : never;

test('answers as the reference server of the same release does, whatever is asked in whatever order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: 25 }), async (operations) => {
      const prefix = `reference/${++runs}`;
      const ours = new Side(server.url, prefix);
      const theirs = new Side(referenceUrl, prefix);
      for (const [index, wanted] of operations.entries()) {
        const [mine, their] = [await ours.run(wanted), await theirs.run(wanted)];
        expect({ index, wanted, ...mine }).toEqual({ index, wanted, ...their });
      }
    }),
    { numRuns: 150 },
  );
});

/** One of the two servers, and the offsets that it gave out. */
class Side {
  readonly #base: string;
  readonly #prefix: string;
  readonly #offsets = new Map<string, string>();

  constructor(base: string, prefix: string) {
    this.#base = base;
    this.#prefix = prefix;
  }

  async run(wanted: Operation): Promise<Record<string, unknown>> {
    const stream = new StreamRequests(this.#base, `${this.#prefix}/${wanted.name}`);
    const response = await this.#send(stream, wanted);
    const { status } = response;
    const text = await response.text();
    const offset = response.headers.get('stream-next-offset');
    if (offset !== null && wanted.kind !== 'get') this.#offsets.set(wanted.name, offset);
    const isError = status >= 400;
    const compared = COMPARED.filter((name) => !(isError && name === 'content-type'));
    const headers = compared.map((name) => [name, response.headers.get(name)] as const);
    return { status, headers: Object.fromEntries(headers), ...(isError ? {} : { body: text }) };
  }

  #send(stream: StreamRequests, wanted: Operation): Promise<Response> {
    switch (wanted.kind) {
      case 'put':
        return stream.put(
          {
            'content-type': wanted.contentType,
            ...(wanted.closed === undefined ? {} : { 'stream-closed': wanted.closed }),
            ...(wanted.ttl === undefined ? {} : { 'stream-ttl': wanted.ttl }),
            ...(wanted.source === undefined
              ? {}
              : { 'stream-forked-from': `/v1/stream/${this.#prefix}/${wanted.source}` }),
          },
          wanted.body,
        );
      case 'post':
        return stream.post(
          {
            'content-type': wanted.contentType,
            ...(wanted.closed === undefined ? {} : { 'stream-closed': wanted.closed }),
            ...(wanted.seq === undefined || wanted.body === '' ? {} : { 'stream-seq': wanted.seq }),
            ...(wanted.producer === undefined
              ? {}
              : {
                  'producer-id': wanted.producer.id,
                  'producer-epoch': String(wanted.producer.epoch),
                  'producer-seq': String(wanted.producer.seq),
                }),
          },
          wanted.body,
        );
      case 'get': {
        const offset = wanted.from === 'middle' ? (this.#offsets.get(wanted.name) ?? '-1') : wanted.from;
        return stream.get(`?offset=${offset}`);
      }
      case 'head':
        return stream.head();
      case 'delete':
        return stream.delete();
    }
  }
}
