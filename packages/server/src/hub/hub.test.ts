import { afterEach, describe, expect, it } from 'vitest';
import { createHub } from './create-hub.ts';
import type { Hub } from './hub.ts';
import type { HubSettings } from './settings.ts';
import { FakeLog } from './testing/fake-log.ts';
import { FakeReader, fromStart, isOdd, LINES, until } from './testing/fake-reader.ts';

let hub: Hub | undefined;
afterEach(() => hub?.close());

function start(settings: Partial<HubSettings> = {}): { log: FakeLog; hub: Hub } {
  const log = new FakeLog();
  hub = createHub({ log, settings });
  return { log, hub };
}

const settled = (reader: { readonly live: boolean }) => until('the reader is live', () => reader.live);

describe('a live reader', () => {
  it('hears of its topics from now on, once and in order', async () => {
    const { log, hub } = start();
    log.publish('a');
    const owner = new FakeReader();
    const reader = hub.attach(owner, { encoding: LINES, topics: fromStart('a', 'b'), after: log.head.position });
    await settled(reader);

    log.publish('a');
    log.publish('c');
    log.publish('a', 'b', 'c');

    await until('two events', () => owner.positions.length === 2);
    expect(owner.frames).toEqual(['live 1 a b', '2 a', '4 a b']);
  });

  it('moves its position on although nothing is for it', async () => {
    const { log, hub } = start();
    const reader = hub.attach(new FakeReader(), { encoding: LINES, topics: fromStart('a'), after: 0 });
    await settled(reader);

    log.publish('other');

    await until('the position follows', () => reader.position === 1);
    expect(hub.head.position).toBe(1);
  });

  it('gets all that became durable meanwhile in one write', async () => {
    const { log, hub } = start();
    const owners = [new FakeReader(), new FakeReader()];
    const readers = owners.map((owner) => hub.attach(owner, { encoding: LINES, topics: fromStart('a'), after: 0 }));
    await Promise.all(readers.map(settled));

    for (let count = 0; count < 64; count++) log.publish('a');

    await until('all are there', () => owners.every((owner) => owner.positions.length === 64));
    expect(owners.map((owner) => owner.writes.length)).toEqual([2, 2]);
    expect(hub.counts).toEqual({ readers: 2, lagging: 0, groups: 1, waits: 0 });
  });

  it('cuts writes between frames at the limit', async () => {
    const { log, hub } = start({ maxWriteBytes: 40 });
    const owner = new FakeReader();
    await settled(hub.attach(owner, { encoding: LINES, topics: fromStart('a'), after: 0 }));

    for (let count = 0; count < 30; count++) log.publish('a');

    await until('all are there', () => owner.positions.length === 30);
    expect(owner.positions).toEqual(log.events.map((event) => event.position));
    for (const write of owner.writes) expect(write).toMatch(/^[^]{1,40}$/);
  });

  it('shares frames with others although it accepts only some', async () => {
    const { log, hub } = start();
    let encoded = 0;
    const encoding = { name: 'counting', encode: LINES.encode.bind(LINES) };
    encoding.encode = (...args) => {
      encoded++;
      return LINES.encode(...args);
    };
    const all = new FakeReader();
    const some = new FakeReader();
    const readers = [
      hub.attach(all, { encoding, topics: fromStart('a'), after: 0 }),
      hub.attach(some, { encoding, topics: fromStart('a'), after: 0, accepts: isOdd }),
    ];
    await Promise.all(readers.map(settled));

    for (let count = 0; count < 9; count++) log.publish('a');

    await until('all are there', () => all.positions.length === 9);
    expect(some.positions).toEqual([1, 3, 5, 7, 9]);
    expect(some.writes).toHaveLength(2);
    expect(encoded).toBe(9);
  });
});

describe('a reader that comes back', () => {
  it('gets what it missed, then what happens, without a seam', async () => {
    const { log, hub } = start({ pageEvents: 3 });
    for (let count = 0; count < 10; count++) log.publish('a');
    const owner = new FakeReader();

    const reader = hub.attach(owner, { encoding: LINES, topics: fromStart('a'), after: 2 });
    log.publish('a');
    await settled(reader);
    log.publish('a');

    await until('the last is there', () => owner.positions.at(-1) === 12);
    expect(owner.positions).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(owner.frames).toContain('live 11 a');
  });

  it('misses nothing that becomes durable while it reads', async () => {
    const { log, hub } = start({ recentEvents: 2 });
    for (let count = 0; count < 5; count++) log.publish('a');
    log.holding = true;
    const owner = new FakeReader();
    const reader = hub.attach(owner, { encoding: LINES, topics: fromStart('a'), after: 0 });

    for (let round = 0; round < 20; round++) {
      await until('it reads', () => log.held.length > 0 || reader.live);
      for (let count = 0; count < 3; count++) log.publish('a');
      await until('the pass is over', () => hub.head.position === log.head.position);
      log.release();
    }
    log.holding = false;
    log.release();
    await settled(reader);

    await until('all are there', () => owner.positions.length === log.head.position);
    expect(owner.positions).toEqual(log.events.map((event) => event.position));
  });

  it('is told of a gap and goes on after it', async () => {
    const { log, hub } = start();
    for (let count = 0; count < 6; count++) log.publish('a');
    log.remove(4);
    const owner = new FakeReader();

    await settled(hub.attach(owner, { encoding: LINES, topics: fromStart('a'), after: 1 }));

    expect(owner.frames).toEqual(['gap 4', '5 a', '6 a', 'live 6 a']);
  });

  it('is ended when the log cannot be read', async () => {
    const { log, hub } = start();
    log.publish('a');
    log.failure = new Error('a bad sum');
    const owner = new FakeReader();

    hub.attach(owner, { encoding: LINES, topics: fromStart('a'), after: 0 });

    await until('it failed', () => owner.errors.length > 0);
    expect(owner.errors).toEqual([log.failure]);
    expect(hub.counts.readers).toBe(0);
  });
});
