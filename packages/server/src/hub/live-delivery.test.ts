import { afterEach, describe, expect, it } from 'vitest';
import type { Hub } from './hub.ts';
import type { Encoding } from './reader.ts';
import type { HubSettings } from './settings.ts';
import { FakeReader, until } from './testing/fake-reader.ts';
import { ON_A, openHub } from './testing/open-hub.ts';
import { turns, work } from './testing/turns.ts';

let hub: Hub | undefined;
afterEach(() => hub?.close());

async function start(readers: number, settings: Partial<HubSettings> = {}) {
  const opened = await openHub(readers, settings);
  hub = opened.hub;
  return opened;
}

const isServed = (owner: FakeReader): boolean => owner.positions.length > 0;

describe('a pass', () => {
  it('writes a slice of sockets a turn, and keeps order when more happens meanwhile', async () => {
    const { log, owners, readers } = await start(1_000, { writesPerTurn: 250 });

    log.publish('a');
    await until('the first slice is out', () => owners.some(isServed));
    const counts = [owners.filter(isServed).length];
    log.publish('a');
    while (!owners.every(isServed)) {
      await turns(1);
      counts.push(owners.filter(isServed).length);
    }

    expect(counts).toEqual([250, 500, 750, 1_000]);
    await until('all have both', () => owners.every(({ positions }) => positions.length === 2));
    for (const owner of owners) expect(owner.positions).toEqual([1, 2]);
    for (const reader of readers) expect(reader.position).toBe(2);
  });

  it('tells positions reader by reader while it is under way', async () => {
    const { log, hub, owners, readers } = await start(4, { writesPerTurn: 2 });

    log.publish('a');
    await until('the first slice is out', () => owners.some(isServed));

    expect(readers.map(({ position }) => position)).toEqual([1, 1, 0, 0]);
    expect(hub.head.position).toBe(1);
  });

  it('lets readers leave, join and change in its midst', async () => {
    const { log, hub, owners, readers } = await start(6, { writesPerTurn: 2 });

    log.publish('a');
    await until('the first slice is out', () => owners.some(isServed));
    readers[0]?.detach();
    readers[2]?.removeTopics(['a']);
    const late = new FakeReader();
    hub.attach(late, { ...ON_A, after: 1 });
    log.publish('a');

    await until('the last have both', () => owners[5]?.positions.length === 2 && late.positions.length === 1);
    await turns(5);
    expect(owners.map(({ positions }) => positions)).toEqual([[1], [1, 2], [], [1, 2], [1, 2], [1, 2]]);
    expect(late.positions).toEqual([2]);
  });

  it('does not repeat to a reader that joined in its midst what waits for the next pass', async () => {
    const { log, hub, owners } = await start(6, { writesPerTurn: 2 });

    log.publish('a');
    await until('the first slice is out', () => owners.some(isServed));
    log.publish('a');
    const late = new FakeReader();
    hub.attach(late, { ...ON_A, after: 2 });
    await until('all have both', () => owners.every(({ positions }) => positions.length === 2));
    log.publish('a');

    await until('all have the third', () => late.positions.length > 0 && owners[5]?.positions.length === 3);
    expect(late.positions).toEqual([3]);
  });

  it('survives a reader that leaves while it is written to', async () => {
    const { log, owners, readers } = await start(3);
    const [owner, , last] = owners;
    if (owner) owner.onWrite = () => readers[0]?.detach();

    log.publish('a');
    log.publish('a');
    await until('the last has both', () => last?.positions.length === 2);
    log.publish('a');
    await until('the last has three', () => last?.positions.length === 3);

    expect(owners.map(({ positions }) => positions)).toEqual([
      [1, 2],
      [1, 2, 3],
      [1, 2, 3],
    ]);
  });

  it('counts deliveries and bytes once a turn', async () => {
    const { log, owners, delivered } = await start(5, { writesPerTurn: 3 });

    log.append({ topics: ['a'] }, { topics: ['a'] });
    await until('all are served', () => owners.every(isServed));

    expect(delivered).toEqual([
      [6, 24],
      [4, 16],
    ]);
  });
});

describe('the moment of a pass', () => {
  it('is the next turn when the hub is idle', async () => {
    const { log, owners } = await start(1, { flushFloorMs: 1_000 });

    log.publish('a');
    await turns(2);

    expect(owners[0]?.positions).toEqual([1]);
  });

  it('leaves a pause after a pass that took long, and takes all that happened meanwhile', async () => {
    const { log, owners } = await start(1, { flushFloorMs: 20 });
    const [owner] = owners;
    const written: number[] = [];
    if (owner) {
      owner.onWrite = () => {
        work(30);
        written.push(performance.now());
      };
    }

    log.publish('a');
    await until('the first came', () => written.length === 1);
    log.publish('a');
    log.publish('a');
    await until('the second came', () => written.length === 2);

    expect((written[1] ?? 0) - (written[0] ?? 0)).toBeGreaterThanOrEqual(20 + 30 - 2);
    expect(owner?.writes.slice(-1)).toEqual(['2 a\n3 a\n']);
  });
});

describe('trouble of one', () => {
  it('with its own choice ends only that reader', async () => {
    const { log, hub, owners } = await start(1);
    const owner = new FakeReader();
    const broken = new Error('cannot choose');
    const reader = hub.attach(owner, {
      ...ON_A,
      accepts: () => {
        throw broken;
      },
    });
    await until('it is live', () => reader.live);

    log.publish('a');
    await until('the other has it', () => owners.every(isServed));

    expect(owner.errors).toEqual([broken]);
    expect(hub.counts.readers).toBe(1);
  });

  it('with an encoding ends only its readers', async () => {
    const { log, hub, owners } = await start(1);
    const broken = new Error('cannot encode');
    const encoding: Encoding = {
      name: 'broken',
      encode: () => {
        throw broken;
      },
    };
    const failing = [new FakeReader(), new FakeReader()];
    const readers = failing.map((owner) => hub.attach(owner, { ...ON_A, encoding }));
    await until('they are live', () => readers.every(({ live }) => live));

    log.publish('a');
    await until('the other has it', () => owners.every(isServed));

    expect(failing.map(({ errors }) => errors)).toEqual([[broken], [broken]]);
  });
});

describe('hints', () => {
  it('that are lost are made good by the next one', async () => {
    const { log, owners } = await start(2);
    log.telling = false;
    log.publish('a');
    log.publish('a');
    log.loseHint();
    log.telling = true;

    log.publish('b');

    await until('both have all', () => owners.every(({ positions }) => positions.length === 2));
    expect(owners.map(({ positions }) => positions)).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });

  it('beyond the limit are forgotten, and nothing is', async () => {
    const { log, owners } = await start(2, { maxHeardBytes: 10 });

    for (let count = 0; count < 50; count++) log.publish('a');

    await until('both have all', () => owners.every(({ positions }) => positions.length === 50));
    for (const owner of owners) expect(owner.positions).toEqual(log.events.map(({ position }) => position));
  });
});
