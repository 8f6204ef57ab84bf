import { afterEach, describe, expect, it } from 'vitest';
import { createHub } from './create-hub.ts';
import type { Hub } from './hub.ts';
import type { HubSettings } from './settings.ts';
import { FakeLog } from './testing/fake-log.ts';
import { FakeReader, fromStart, LINES, until } from './testing/fake-reader.ts';
import { turns } from './testing/turns.ts';

let hub: Hub | undefined;
afterEach(() => hub?.close());

function start(settings: Partial<HubSettings> = {}, now?: () => number): { log: FakeLog; hub: Hub } {
  const log = new FakeLog();
  hub = createHub({ log, settings: { maxPendingBytes: 60, maxWriteBytes: 30, ...settings }, ...(now ? { now } : {}) });
  return { log, hub };
}

describe('a reader that stops taking bytes', () => {
  it('costs a bounded number of bytes and not one read until it drains, then misses nothing', async () => {
    const { log, hub } = start({ pageEvents: 7 });
    const slow = new FakeReader();
    const quick = new FakeReader();
    const options = { encoding: LINES, topics: fromStart('a'), after: 0 };
    const readers = [hub.attach(slow, options), hub.attach(quick, options)];
    await until('both are live', () => readers.every(({ live }) => live));
    const reads = log.reads.length;

    slow.taking = false;
    for (let round = 0; round < 50; round++) {
      log.publish('a');
      log.publish('a');
      await until('the quick one has all', () => quick.positions.at(-1) === log.head.position);
    }

    expect(slow.pendingBytes).toBeLessThanOrEqual(60 + 30);
    expect(hub.counts).toMatchObject({ readers: 2, lagging: 1 });
    expect(log.reads).toHaveLength(reads);
    const stoppedAt = slow.positions.at(-1);
    expect(readers[0]?.position).toBe(stoppedAt);

    slow.drain();
    await until('it is live again', () => readers[0]?.live === true);
    log.publish('a');
    await until('it has all', () => slow.positions.at(-1) === log.head.position);
    expect(slow.positions).toEqual(log.events.map(({ position }) => position));
    expect(slow.frames.filter((frame) => frame.startsWith('live'))).toEqual(['live 0 a']);
  });

  it('goes on by pages as its network takes them', async () => {
    const { log, hub } = start({ maxPendingBytes: 20, pageEvents: 3 });
    for (let count = 0; count < 40; count++) log.publish('a');
    const owner = new FakeReader();
    owner.taking = false;

    const reader = hub.attach(owner, { encoding: LINES, topics: fromStart('a'), after: 0 });
    while (!reader.live) {
      await turns(3);
      expect(owner.pendingBytes).toBeLessThanOrEqual(20 + 30);
      owner.drain();
      owner.taking = false;
    }

    expect(owner.positions).toEqual(log.events.map(({ position }) => position));
  });

  it('says since when nothing was taken, and forgets it with the first byte', async () => {
    let now = 1_000;
    const { log, hub } = start({}, () => now);
    const owner = new FakeReader();
    const reader = hub.attach(owner, { encoding: LINES, topics: fromStart('a'), after: 0 });
    await until('it is live', () => reader.live);
    expect(reader.stalledSinceMs).toBe(0);

    owner.taking = false;
    log.publish('a');
    await until('it is written', () => owner.pendingBytes > 0);
    expect(reader.stalledSinceMs).toBe(1_000);
    now = 5_000;
    log.publish('a');
    await until('more is written', () => owner.pendingBytes > 5);
    expect(reader.stalledSinceMs).toBe(1_000);
    owner.pendingBytes--;
    expect(reader.stalledSinceMs).toBe(5_000);
    owner.drain();
    expect(reader.stalledSinceMs).toBe(0);
  });

  it('is told of a gap when the log moved on without it', async () => {
    const { log, hub } = start();
    const owner = new FakeReader();
    const reader = hub.attach(owner, { encoding: LINES, topics: fromStart('a'), after: 0 });
    await until('it is live', () => reader.live);
    owner.taking = false;
    for (let count = 0; count < 40; count++) log.publish('a');
    await until('it lags', () => !reader.live);
    log.remove(30);

    owner.drain();

    await until('it has all that is left', () => owner.positions.at(-1) === 40);
    const gap = owner.frames.indexOf('gap 30');
    expect(owner.frames.slice(gap + 1)).toEqual(log.events.map(({ position }) => `${position} a`));
  });
});

describe('long replays', () => {
  it('go page by page in turn, a few at once, and hold up no live reader', async () => {
    const { log, hub } = start({ maxReads: 2, pageEvents: 10, maxPendingBytes: 1_000_000, flushFloorMs: 0 });
    for (let count = 0; count < 500; count++) log.publish('old');
    const live = new FakeReader();
    const reader = hub.attach(live, { encoding: LINES, topics: fromStart('new'), after: log.head.position });
    await until('it is live', () => reader.live);

    log.latency = 1;
    const replaying = Array.from({ length: 12 }, () => new FakeReader());
    const options = { encoding: LINES, topics: fromStart('old'), after: 0 };
    const replays = replaying.map((owner) => hub.attach(owner, options));
    let published = 0;
    while (replays.some((replay) => !replay.live)) {
      log.publish('new');
      published++;
      await turns(4);
      expect(live.positions).toHaveLength(published);
      const behind = replays.filter((replay) => !replay.live).map(({ position }) => position);
      expect(Math.max(0, ...behind) - Math.min(...behind, Infinity)).toBeLessThanOrEqual(20);
    }

    for (const owner of replaying) expect(owner.positions).toHaveLength(500);
  });

  it('never read more than the bound at once', async () => {
    const { log, hub } = start({ maxReads: 3 });
    for (let count = 0; count < 10; count++) log.publish('a');
    log.holding = true;
    const options = { encoding: LINES, topics: fromStart('a'), after: 0 };
    const readers = Array.from({ length: 10 }, () => hub.attach(new FakeReader(), options));

    let served = 0;
    while (readers.some(({ live }) => !live)) {
      await turns(3);
      expect(log.held.length).toBeLessThanOrEqual(3);
      served += log.held.length;
      log.release();
    }

    expect(served).toBe(10);
  });
});
