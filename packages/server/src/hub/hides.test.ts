import { afterEach, describe, expect, it } from 'vitest';
import { createHub } from './create-hub.ts';
import type { Hub } from './hub.ts';
import { FakeLog } from './testing/fake-log.ts';
import { FakeReader, fromStart, LINES, until } from './testing/fake-reader.ts';

let hub: Hub | undefined;
afterEach(() => hub?.close());

/** A hub that hides what is published on `b`, or fails over it, as long as the test says so. */
function start() {
  const log = new FakeLog();
  const reins = { hides: true, failure: undefined as Error | undefined };
  hub = createHub({
    log,
    hides({ topics }) {
      if (reins.failure && topics.includes('b')) throw reins.failure;
      return reins.hides && topics.includes('b');
    },
  });
  return { log, hub, reins };
}

const OPTIONS = { encoding: LINES, topics: fromStart('a', 'b'), after: 0 };
const { signal } = new AbortController();
const WAIT = {
  ...{ topics: fromStart('a', 'b'), after: 0, limit: 10, maxBytes: 1_000_000 },
  ...{ mayRead: () => true, signal, timeoutMs: 60_000 },
};

describe('events that nobody is told of', () => {
  it('are left out live and on replay, and told once they are not hidden any more', async () => {
    const { log, hub, reins } = start();
    log.publish('b');
    log.publish('a');
    const readers = [new FakeReader(), new FakeReader()];
    const cursors = readers.map((reader) => hub.attach(reader, OPTIONS));
    await until('both are live', () => cursors.every(({ live }) => live));
    log.publish('b');
    log.publish('a', 'b');
    log.publish('a');
    await until('both have the last', () => readers.every(({ positions }) => positions.at(-1) === 5));

    expect(readers.map(({ positions }) => positions)).toEqual([
      [2, 5],
      [2, 5],
    ]);
    const page = await hub.wait(WAIT);
    expect(page.kind === 'page' && page.events.map(({ position }) => position)).toEqual([2, 5]);

    reins.hides = false;
    const late = new FakeReader();
    hub.attach(late, OPTIONS);
    await until('it has all', () => late.positions.length === 5);
  });

  it('end those who would hear of them, and no others, while it is not known whether they are hidden', async () => {
    const { log, hub, reins } = start();
    const [both, other] = [new FakeReader(), new FakeReader()];
    const cursors = [hub.attach(both, OPTIONS), hub.attach(other, { ...OPTIONS, topics: fromStart('a') })];
    await until('both are live', () => cursors.every(({ live }) => live));
    reins.failure = new Error('not known');
    log.publish('b');
    log.publish('a');
    await until('the other has the last', () => other.positions.at(-1) === 2);

    expect(both.errors).toEqual([reins.failure]);
    expect(both.positions).toEqual([]);
    expect(other.errors).toEqual([]);
    await expect(hub.wait(WAIT)).rejects.toBe(reins.failure);
    const late = new FakeReader();
    hub.attach(late, OPTIONS);
    await until('it failed', () => late.errors.length === 1);
    expect(late.positions).toEqual([]);
  });
});
