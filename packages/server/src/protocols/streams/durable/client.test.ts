import { DurableStream, IdempotentProducer } from '@durable-streams/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DurableServer, startDurableServer } from '../../../../test/durable/server.ts';

/** Threads start slowly where other suites share the machine. */
const START_MS = 60_000;

let server: DurableServer;

beforeAll(async () => {
  server = await startDurableServer({ longPollMs: 1_000 });
}, START_MS);
afterAll(() => server.close(), START_MS);

const urlOf = (name: string): string => `${server.url}/v1/stream/client/${name}`;

test('the published client creates, appends, reads and closes', async () => {
  const stream = await DurableStream.create({ url: urlOf('basic'), contentType: 'application/json' });
  await stream.append(JSON.stringify({ n: 1 }));
  await stream.append(JSON.stringify({ n: 2 }));
  await stream.close();

  const read = await stream.stream<{ n: number }>({ live: false });
  expect(await read.json()).toEqual([{ n: 1 }, { n: 2 }]);
  expect(await stream.head()).toMatchObject({ exists: true, streamClosed: true });
  await expect(stream.append('3')).rejects.toThrow(/closed/i);
});

test.each(['sse', 'long-poll'] as const)(
  'the published client follows a stream by %s until it is closed',
  async (live) => {
    const stream = await DurableStream.create({ url: urlOf(`live-${live}`), contentType: 'application/json' });
    await stream.append(JSON.stringify({ n: 0 }));
    const read = await stream.stream<{ n: number }>({ live, offset: '-1' });
    const seen: number[] = [];
    const all = new Promise<void>((resolve) => {
      read.subscribeJson(({ items, streamClosed }) => {
        seen.push(...items.map((item) => item.n));
        if (seen.length === 100 || streamClosed) resolve();
        return Promise.resolve();
      });
    });

    for (let n = 1; n < 100; n++) await stream.append(JSON.stringify({ n }));
    await all;
    await stream.close();
    await read.closed;

    expect(seen).toEqual(Array.from({ length: 100 }, (_, n) => n));
  },
);

test('the published idempotent producer pipelines batches in order', async () => {
  const stream = await DurableStream.create({ url: urlOf('producer'), contentType: 'application/json' });
  const producer = new IdempotentProducer(stream, 'maker', { lingerMs: 0, maxBatchBytes: 64 });

  for (let n = 0; n < 200; n++) producer.append(JSON.stringify({ n }));
  await producer.flush();
  await producer.detach();

  const read = await stream.stream<{ n: number }>({ live: false });
  expect((await read.json()).map((item) => item.n)).toEqual(Array.from({ length: 200 }, (_, n) => n));
});
