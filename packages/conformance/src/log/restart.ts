import assert from 'node:assert/strict';
import type { LogCase } from './contract.ts';
import { appendSeen, arrived, range, readAll, sinceStart, textEvent, textOf } from './events.ts';

const TOPIC = 'stream:default/restart';

export const restart: readonly LogCase[] = [
  {
    name: 'a new log has an epoch, and another log another one',
    needs: ['reopen'],
    async run(bench) {
      const log = await bench.open();

      assert.match(log.store.head.epoch, /^[0-9a-z]{8}$/);
      assert.equal(log.store.head.position, 0);
    },
  },
  {
    name: 'a restart keeps every event, the epoch and the next position',
    needs: ['reopen'],
    async run(bench) {
      const written: string[] = [];
      let epoch: string | undefined;
      for (const round of range(4)) {
        const log = await bench.open();
        epoch ??= log.store.head.epoch;
        assert.equal(log.store.head.epoch, epoch);
        const texts = range(25).map((n) => `${round}.${n}`);
        await appendSeen(
          log,
          texts.map((text) => textEvent(text, [TOPIC])),
        );
        written.push(...texts);
        assert.deepEqual((await readAll(log.store, sinceStart(TOPIC))).map(textOf), written);
        await log.close();
      }
    },
  },
  {
    name: 'times and ids go on rising over a restart',
    needs: ['reopen'],
    async run(bench) {
      for (const round of range(3)) {
        const log = await bench.open();
        await appendSeen(
          log,
          range(5).map((n) => textEvent(`${round}.${n}`, [TOPIC])),
        );
        await log.close();
      }

      const log = await bench.open();
      await arrived(log, 15);
      const events = await readAll(log.store, sinceStart(TOPIC));

      const ids = events.map((event) => event.id);
      const times = events.map((event) => event.time);
      assert.deepEqual(
        ids,
        [...new Set(ids)].toSorted((a, b) => a - b),
      );
      assert.deepEqual(
        times,
        times.toSorted((a, b) => a - b),
      );
    },
  },
  {
    name: 'appends under way when the log closes are stored or refused, never both',
    needs: ['reopen'],
    async run(bench) {
      const log = await bench.open();
      const pending = range(50).map((n) => log.sequencer.append([textEvent(`${n}`, [TOPIC])]));

      const outcomes = Promise.allSettled(pending);
      await log.close();
      const answers = await outcomes;
      const reopened = await bench.open();
      const kept = (await readAll(reopened.store, sinceStart(TOPIC))).map(textOf);

      assert.equal(new Set(kept).size, kept.length);
      for (const [n, answer] of answers.entries()) {
        if (answer.status === 'fulfilled') assert.ok(kept.includes(`${n}`), `${n} was answered and is lost`);
        else if (answer.reason.code !== 'unavailable')
          assert.ok(!kept.includes(`${n}`), `${n} was refused and is stored`);
      }
    },
  },
];
