import { afterEach, describe, expect, it } from 'vitest';
import type { Hub } from './hub.ts';
import type { Encoding } from './reader.ts';
import { FakeReader, fromStart, isOdd, LINES, SHARED, until } from './testing/fake-reader.ts';
import { ON_A, openHub } from './testing/open-hub.ts';

let hub: Hub | undefined;
afterEach(() => hub?.close());

async function start(readers: number) {
  const opened = await openHub(readers);
  hub = opened.hub;
  return opened;
}

const isServed = (owner: FakeReader): boolean => owner.positions.length > 0;

describe('a pass', () => {
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

  it.each([100, 4_000, 20_000])(
    'gives an exception its %d bytes in pieces, which stay while they wait',
    async (bytes) => {
      const { log, hub } = await start(0);
      const viewers = [{}, {}, {}];
      const encoding: Encoding = {
        ...SHARED,
        exceptions: (event) =>
          new Map(
            viewers.map((viewer, index) => [
              viewer,
              [`${event.position} `, 'abc'.charAt(index).repeat(bytes), '\n'].map((text) => Buffer.from(text)),
            ]),
          ),
      };
      const owners = viewers.map(() => new FakeReader());
      for (const [index, viewer] of viewers.entries()) {
        hub.attach(owners[index] ?? new FakeReader(), { encoding, topics: fromStart('a'), after: 0, viewer });
      }
      await until('all are live', () => hub.counts.lagging === 0);
      const [, slow] = owners;
      if (slow) slow.taking = false;

      for (let count = 0; count < 3; count++) log.append({ topics: ['a'] }, { topics: ['a'] });
      await until('all have the last', () => owners.every(({ positions }) => positions.at(-1) === 6));

      for (const [index, { frames }] of owners.entries()) {
        const letters = 'abc'.charAt(index).repeat(bytes);
        expect(frames.slice(-6)).toEqual(Array.from({ length: 6 }, (_, number) => `${number + 1} ${letters}`));
      }
      // Throws if what waited was written over.
      slow?.drain();
    },
  );

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
