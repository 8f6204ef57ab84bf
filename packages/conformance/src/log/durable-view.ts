import assert from 'node:assert/strict';
import type { Event } from '@carillon/core';
import { until } from '../until.ts';
import type { LogCase } from './contract.ts';
import { appendSeen, arrived, DEADLINE_MS, range, readAll, sinceStart, textEvent } from './events.ts';

const TOPIC = 'stream:default/view';

export const durableView: readonly LogCase[] = [
  {
    name: 'an answered append is there for readers at once',
    needs: ['readsOwnWrites'],
    async run(bench) {
      const { sequencer, store } = await bench.open();

      for (const n of range(50)) {
        const { positions } = await sequencer.append([textEvent(`${n}`, [TOPIC])]);
        assert.ok(store.head.position >= (positions[0] ?? Number.NaN));
        const page = await store.read({ topics: sinceStart(TOPIC), after: n, limit: 10 });
        assert.ok(page.kind === 'page' && page.events.length === 1);
      }
    },
  },
  {
    name: 'no read goes past the durable end',
    async run(bench) {
      const log = await bench.open();
      let writing = true;
      const writers = range(4).map(async (writer) => {
        for (const n of range(60)) await log.sequencer.append([textEvent(`${writer}.${n}`, [TOPIC])]);
      });
      const written = Promise.all(writers).finally(() => (writing = false));

      while (writing) {
        const page = await log.store.read({ topics: sinceStart(TOPIC), after: 0, limit: 1_000 });
        const end = log.store.head.position;
        assert.ok(page.kind === 'page' && page.upTo <= end);
        assert.ok((page.events.at(-1)?.position ?? 0) <= page.upTo);
        assert.equal(page.events.length, page.upTo, 'everything up to the page’s end is in it');
        await new Promise((resolve) => setImmediate(resolve));
      }
      await written;

      await arrived(log, 240);
      assert.equal((await readAll(log.store, sinceStart(TOPIC))).length, 240);
    },
  },
  {
    name: 'onAdvance tells only of what a read finds, and may be ended',
    async run(bench) {
      const log = await bench.open();
      const told: Event[] = [];
      const ends: number[] = [];
      const stop = log.store.onAdvance((events) => {
        told.push(...events);
        for (const event of events) ends.push(log.store.head.position - event.position);
      });
      const batches = range(30).map((n) =>
        log.sequencer.append(range(1 + (n % 3)).map(() => textEvent(`${n}`, [TOPIC]))),
      );
      await Promise.all(batches);
      await arrived(log, 60);
      await until(() => told.length > 0, 'a listener hears of new events', DEADLINE_MS);

      stop();
      const heard = told.length;
      await appendSeen(log, [textEvent('unheard', [TOPIC])]);

      const read = new Map((await readAll(log.store, sinceStart(TOPIC))).map((event) => [event.position, event]));
      for (const event of told.slice(0, heard)) {
        assert.deepEqual(Buffer.from(event.data), Buffer.from(read.get(event.position)?.data ?? []));
      }
      assert.ok(
        ends.every((distance) => distance >= 0),
        'the end had moved before the listener was called',
      );
      assert.equal(told.length, heard);
    },
  },
  {
    name: 'a sealed millisecond never receives another event',
    async run(bench) {
      const log = await bench.open();
      const samples: { position: number; sealedMs: number }[] = [];
      let writing = true;
      const sampler = (async () => {
        await until(
          () => {
            samples.push({ position: log.store.head.position, sealedMs: log.store.head.sealedMs });
            return !writing;
          },
          'the writers end',
          DEADLINE_MS,
        );
      })();
      const stop = log.store.onAdvance(() => {
        samples.push({ position: log.store.head.position, sealedMs: log.store.head.sealedMs });
      });
      const writers = range(6).map(async (writer) => {
        for (const n of range(50)) await log.sequencer.append([textEvent(`${writer}.${n}`, [TOPIC])]);
      });
      await Promise.all(writers).finally(() => (writing = false));
      await sampler;
      stop();
      await arrived(log, 300);

      const events = await readAll(log.store, sinceStart(TOPIC));

      assert.ok(samples.length > 10, 'the head was looked at while events were written');
      for (const { position, sealedMs } of samples) {
        const late = events.find((event) => event.position > position && event.time <= sealedMs);
        assert.equal(late, undefined, `${sealedMs} was sealed at ${position} and then given out again`);
      }
    },
  },
  {
    name: 'an idle log seals the time of its last event',
    async run(bench) {
      const log = await bench.open();

      await appendSeen(log, [textEvent('last', [TOPIC])]);
      const [event] = await readAll(log.store, sinceStart(TOPIC));

      await until(() => log.store.head.sealedMs >= (event?.time ?? Infinity), 'the last time is sealed', DEADLINE_MS);
    },
  },
  {
    name: 'concurrent appenders: batches stay together, each appender’s events in its order, none lost or doubled',
    async run(bench) {
      const log = await bench.open();
      const writers = range(8).map(async (writer) => {
        for (const n of range(25)) {
          const texts = range(1 + ((writer + n) % 4)).map((part) => textEvent(`${writer} ${n} ${part}`, [TOPIC]));
          const { positions } = await log.sequencer.append(texts);
          assert.deepEqual(
            positions,
            range(texts.length).map((part) => (positions[0] ?? 0) + part),
          );
        }
      });
      await Promise.all(writers);
      const total = range(8)
        .flatMap((w) => range(25).map((n) => 1 + ((w + n) % 4)))
        .reduce((a, b) => a + b, 0);
      await arrived(log, total);

      const events = await readAll(log.store, sinceStart(TOPIC));

      assert.deepEqual(
        events.map((event) => event.position),
        range(total).map((n) => n + 1),
      );
      for (const writer of range(8)) {
        const mine = events.map((event) => Buffer.from(event.data).toString().split(' ').map(Number));
        const own = mine.filter(([w]) => w === writer).map(([, n = 0, part = 0]) => n * 10 + part);
        assert.deepEqual(
          own,
          own.toSorted((a, b) => a - b),
        );
      }
    },
  },
];
