import { afterEach, describe, expect, it } from 'vitest';
import { createHub } from './create-hub.ts';
import type { Hub } from './hub.ts';
import type { Encoding } from './reader.ts';
import type { HubSettings } from './settings.ts';
import { FakeLog } from './testing/fake-log.ts';
import { FakeReader, fromStart, isOdd, LINES, SHARED, until } from './testing/fake-reader.ts';
import { turns, work } from './testing/turns.ts';

let hub: Hub | undefined;
afterEach(() => hub?.close());

const ON_A = { encoding: LINES, topics: fromStart('a'), after: 0 };

async function start(readers: number, settings: Partial<HubSettings> = {}) {
  const log = new FakeLog();
  const delivered: [number, number][] = [];
  const events = { delivered: (count: number, bytes: number) => void delivered.push([count, bytes]) };
  const opened = createHub({ log, settings, events });
  hub = opened;
  const owners = Array.from({ length: readers }, () => new FakeReader());
  const attached = owners.map((owner) => opened.attach(owner, ON_A));
  await until('all are live', () => attached.every(({ live }) => live));
  return { log, hub: opened, owners, readers: attached, delivered };
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

  it('encodes once for each encoding and choice of topics', async () => {
    const { log, hub } = await start(0);
    const calls: string[] = [];
    const encode: Encoding['encode'] = (event, shown, head) => {
      calls.push(`${event.position} ${shown.join(' ')}`);
      return LINES.encode(event, shown, head);
    };
    const encoding = { name: 'counted', encode };
    const topicSets = [['a'], ['a', 'x'], ['a', 'b'], ['a', 'b'], ['b']];
    const owners = topicSets.map(() => new FakeReader());
    const readers = owners.map((owner, index) => {
      return hub.attach(owner, { encoding, topics: fromStart(...(topicSets[index] ?? [])), after: 0 });
    });
    await until('all are live', () => readers.every(({ live }) => live));

    log.publish('a', 'b');

    await until('all are served', () => owners.every(isServed));
    expect(calls.sort()).toEqual(['1 a', '1 a b', '1 b']);
    expect(owners.map(({ frames }) => frames.at(-1))).toEqual(['1 a', '1 a', '1 a b', '1 a b', '1 b']);
  });

  it('encodes once for readers of all topics where they make no difference, and asks once for exceptions', async () => {
    const { log, hub } = await start(0);
    const calls: string[] = [];
    const [hidden, other] = [{}, {}];
    const encoding: Encoding = {
      ...SHARED,
      encode(event, ...rest) {
        calls.push(`encode ${event.position}`);
        return SHARED.encode(event, ...rest);
      },
      exceptions(event) {
        calls.push(`except ${event.position}`);
        return event.position === 2 ? new Map([[hidden, 'nothing']]) : undefined;
      },
    };
    const viewers = [hidden, other, hidden, other, undefined];
    const owners = viewers.map(() => new FakeReader());
    const readers = viewers.map((viewer, index) =>
      hub.attach(owners[index] ?? new FakeReader(), {
        encoding,
        topics: fromStart(index < 2 ? 'a' : 'b'),
        after: 0,
        ...(viewer && { viewer }),
      }),
    );
    await until('all are live', () => readers.every(({ live }) => live));

    log.append({ topics: ['a', 'b'] }, { topics: ['a', 'b'] }, { topics: ['a', 'b'] });

    await until('all have the last', () => owners.every(({ positions }) => positions.at(-1) === 3));
    expect(calls.sort()).toEqual(['encode 1', 'encode 2', 'encode 3', 'except 1', 'except 2', 'except 3']);
    expect(owners.map(({ positions }) => positions)).toEqual([
      [1, 3],
      [1, 2, 3],
      [1, 3],
      [1, 2, 3],
      [1, 2, 3],
    ]);
  });

  it('shows topics of events that have more than 32', async () => {
    const { log, hub } = await start(0);
    const topics = Array.from({ length: 64 }, (_, index) => `t${index}`);
    const owner = new FakeReader();
    const shown = ['t0', 't31', 't32', 't63'];
    const reader = hub.attach(owner, { encoding: LINES, topics: fromStart(...shown, 'none'), after: 0 });
    await until('it is live', () => reader.live);

    log.publish(...topics);
    await until('it came', () => isServed(owner));
    const again = new FakeReader();
    hub.attach(again, { encoding: LINES, topics: fromStart(...shown), after: 0 });
    await until('it came again', () => isServed(again));

    expect(owner.frames.at(-1)).toBe(`1 ${shown.join(' ')}`);
    expect(again.frames[0]).toBe(`1 ${shown.join(' ')}`);
  });

  it('passes over what an encoding has nothing to say about', async () => {
    const { log, hub } = await start(0);
    const odd: Encoding = {
      name: 'odd',
      encode: (event, ...rest) => (isOdd(event) ? LINES.encode(event, ...rest) : undefined),
    };
    const owner = new FakeReader();
    const reader = hub.attach(owner, { ...ON_A, encoding: odd });
    await until('it is live', () => reader.live);

    for (let count = 0; count < 4; count++) log.publish('a');

    await until('the position follows', () => reader.position === 4);
    expect(owner.positions).toEqual([1, 3]);
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
