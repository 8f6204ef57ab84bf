import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { createHub } from './create-hub.ts';
import type { Reader } from './reader.ts';
import { FakeLog } from './testing/fake-log.ts';
import { FakeReader, fromStart, LINES, until } from './testing/fake-reader.ts';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

function heldBytes(): number {
  // The buffers that one collection finds dead are freed beside it; the next one waits until they are.
  for (let times = 0; times < 3; times++) collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Bytes that each further reader adds to a hub with some, owners and topic names not counted. */
async function bytesPerReader(count: number, topicsOf: (index: number) => readonly string[]): Promise<number> {
  const hub = createHub({ log: new FakeLog() });
  const owner = new FakeReader();
  owner.write = () => true;
  const lists = Array.from({ length: 2 * count }, (_, index) => fromStart(...topicsOf(index)));
  const readers: Reader[] = [];
  const attach = async (from: number): Promise<void> => {
    for (const topics of lists.slice(from, from + count)) {
      readers.push(hub.attach(owner, { encoding: LINES, topics, after: 0 }));
    }
    await until('all are live', () => hub.counts.lagging === 0);
  };

  await attach(0);
  const before = heldBytes();
  await attach(count);
  const bytes = (heldBytes() - before) / count;

  expect(hub.counts.readers).toBe(readers.length);
  hub.close();
  return bytes;
}

describe('an idle reader', () => {
  it('costs at most 300 bytes in a group', async () => {
    expect(await bytesPerReader(10_000, () => ['a'])).toBeLessThan(300);
  });

  it('costs a few bytes a topic when it has 200 of 2,000 for itself', async () => {
    const topics = Array.from({ length: 2_000 }, (_, index) => `app:default/topic-${index}`);
    const topicsOf = (reader: number) =>
      Array.from({ length: 200 }, (_, n) => topics[(reader * 919 + n * n * 31 + n * 7) % 2_000] ?? '');

    expect(await bytesPerReader(500, topicsOf)).toBeLessThan(200 * 18);
  });
});
