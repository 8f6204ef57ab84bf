import assert from 'node:assert/strict';
import type { LogCase } from './contract.ts';
import { appendSeen, range, readAll, sinceStart, textEvent, textOf } from './events.ts';

const TOPIC = 'stream:default/order';

export const order: readonly LogCase[] = [
  {
    name: 'positions start at 1 and are dense',
    async run(bench) {
      const log = await bench.open();

      const given: number[] = [];
      for (const size of [1, 3, 1, 7]) {
        given.push(...(await log.sequencer.append(range(size).map((n) => textEvent(`${n}`, [TOPIC])))).positions);
      }

      assert.deepEqual(
        given,
        range(12).map((n) => n + 1),
      );
    },
  },
  {
    name: 'events come back in the order of their positions with everything their maker gave',
    async run(bench) {
      const log = await bench.open();
      const full = textEvent('full', [TOPIC, 'app:default/b'], {
        type: 'suite.full',
        actor: '/apps/default',
        routing: { author: 7, mentions: [8, 9], language: 'de-AT', reply: true, visibility: 'unlisted' },
        subjects: ['account:7'],
        attributes: { originid: 'ü "quoted"', empty: '' },
        contentType: 'application/x-thing; v="1"',
        data: Uint8Array.from(range(256)),
      });
      const before = Date.now();

      await appendSeen(log, [textEvent('first', [TOPIC]), full, textEvent('', [TOPIC])]);
      const [first, second, third] = await readAll(log.store, sinceStart(TOPIC));

      assert.ok(first && second && third);
      assert.deepEqual([first.position, second.position, third.position], [1, 2, 3]);
      assert.equal(textOf(first), 'first');
      assert.equal(textOf(third), '');
      const { position: _position, id, time, erased, data, ...rest } = second;
      const { data: givenData, ...given } = full;
      assert.deepEqual(plain(rest), plain(given));
      assert.deepEqual([...data], [...givenData]);
      assert.equal(erased, false);
      assert.ok(Number.isSafeInteger(id) && id > first.id && third.id > id, 'ids are safe integers that rise');
      assert.ok(time >= before - 1 && time <= Date.now() + 1, `a time of ${time} is now`);
    },
  },
  {
    name: 'times never decrease along the log, and ids rise',
    async run(bench) {
      const log = await bench.open();

      for (const n of range(40)) await appendSeen(log, [textEvent(`a${n}`, [TOPIC]), textEvent(`b${n}`, [TOPIC])]);
      const events = await readAll(log.store, sinceStart(TOPIC));

      assert.equal(events.length, 80);
      for (const [index, event] of events.entries()) {
        const previous = events[index - 1];
        if (!previous) continue;
        assert.ok(event.time >= previous.time, `time goes back at ${event.position}`);
        assert.ok(event.id > previous.id, `id goes back at ${event.position}`);
      }
    },
  },
  {
    name: 'an append of nothing gives no positions',
    async run(bench) {
      const log = await bench.open();

      const nothing = await log.sequencer.append([]);
      const [next] = await appendSeen(log, [textEvent('x', [TOPIC])]);

      assert.deepEqual(nothing.positions, []);
      assert.equal(next, 1);
    },
  },
  {
    name: 'a large event comes back whole',
    async run(bench) {
      const log = await bench.open();
      const data = new Uint8Array(1_000_000).map((_, index) => (index * 2_654_435_761) >>> 13);

      await appendSeen(log, [{ ...textEvent('', [TOPIC]), data }]);
      const [event] = await readAll(log.store, sinceStart(TOPIC));

      assert.ok(event && Buffer.from(data).equals(event.data));
    },
  },
];

/** Structure only: absent and undefined fields are the same. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
