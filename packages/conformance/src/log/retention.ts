import assert from 'node:assert/strict';
import type { LogStore, Position, TopicFloor } from '@carillon/core';
import type { LogCase, OpenLog } from './contract.ts';
import { appendSeen, readAll, sinceStart, textEvent } from './events.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const APP = 'app:default/short';
const OTHER_APP = 'app:default/quiet';
const STREAM = 'stream:default/kept';
const SYSTEM = 'system';
const COMMUNITY = 'public';

/** What a reader at `after` is told: positions, or the position from which nothing is missing. */
async function told(store: LogStore, topics: readonly TopicFloor[], after: Position): Promise<unknown> {
  const page = await store.read({ topics, after, limit: 100 });
  return page.kind === 'gap' ? { gap: page.earliest } : page.events.map((event) => event.position);
}

/** 1 APP · 2 STREAM · 3 SYSTEM · 4 COMMUNITY · 5 APP and STREAM · 6 APP · 7 STREAM */
async function seven(log: OpenLog): Promise<void> {
  const topics = [[APP], [STREAM], [SYSTEM], [COMMUNITY], [APP, STREAM], [APP], [STREAM]];
  await appendSeen(
    log,
    topics.map((names, index) => textEvent(`${index + 1}`, names)),
  );
}

async function expire(log: OpenLog, afterMs: number): Promise<void> {
  if (!log.expire) throw new Error('the engine declares expire and has none');
  await log.expire(Date.now() + afterMs);
}

export const retention: readonly LogCase[] = [
  {
    name: 'app topics are kept two minutes, system a day, streams and the community longer',
    needs: ['expire'],
    async run(bench) {
      const log = await bench.open();
      await seven(log);

      await expire(log, MINUTE_MS);
      const fresh = await readAll(log.store, sinceStart(APP, STREAM, SYSTEM, COMMUNITY));
      await expire(log, HOUR_MS);
      const hourLater = await told(log.store, sinceStart(SYSTEM, STREAM, COMMUNITY), 0);
      await expire(log, 25 * HOUR_MS);
      const dayLater = await told(log.store, sinceStart(STREAM, COMMUNITY), 0);

      assert.equal(fresh.length, 7);
      assert.deepEqual(hourLater, [2, 3, 4, 5, 7]);
      assert.deepEqual(dayLater, [2, 4, 5, 7]);
      assert.deepEqual(await told(log.store, sinceStart(SYSTEM), 0), { gap: 3 });
    },
  },
  {
    name: 'a gap is told for a topic that lost events after the position, and for no other',
    needs: ['expire'],
    async run(bench) {
      const log = await bench.open();
      await seven(log);

      await expire(log, HOUR_MS);

      assert.deepEqual(await told(log.store, sinceStart(APP), 0), { gap: 6 });
      assert.deepEqual(await told(log.store, sinceStart(APP, STREAM), 5), { gap: 6 });
      assert.deepEqual(await told(log.store, sinceStart(APP), 6), []);
      assert.deepEqual(await told(log.store, sinceStart(STREAM), 0), [2, 5, 7]);
      assert.deepEqual(await told(log.store, sinceStart(OTHER_APP), 0), []);
      assert.deepEqual(
        [APP, STREAM, OTHER_APP].map((topic) => log.store.lastRemoved([topic])),
        [6, 0, 0],
      );
      assert.equal(log.store.lastRemoved([STREAM, APP]), 6);
    },
  },
  {
    name: 'what was removed before the reader’s membership began is no gap',
    needs: ['expire'],
    async run(bench) {
      const log = await bench.open();
      await seven(log);

      await expire(log, HOUR_MS);

      assert.deepEqual(
        await told(
          log.store,
          [
            { topic: APP, since: 6 },
            { topic: STREAM, since: 0 },
          ],
          0,
        ),
        [2, 5, 7],
      );
    },
  },
  {
    name: 'reading after the position a gap names goes on without another gap',
    needs: ['expire'],
    async run(bench) {
      const log = await bench.open();
      await seven(log);
      await expire(log, HOUR_MS);
      await appendSeen(log, [textEvent('8', [APP])]);

      const gap = await log.store.read({ topics: sinceStart(APP, STREAM), after: 1, limit: 100 });

      assert.ok(gap.kind === 'gap');
      assert.deepEqual(await told(log.store, sinceStart(APP, STREAM), gap.earliest), [7, 8]);
    },
  },
  {
    name: 'gaps and positions survive a restart with everything expired',
    needs: ['expire', 'reopen'],
    async run(bench) {
      const log = await bench.open();
      await appendSeen(
        log,
        ['1', '2', '3'].map((text) => textEvent(text, [APP])),
      );
      const { epoch } = log.store.head;
      await expire(log, HOUR_MS);
      await log.close();

      const reopened = await bench.open();

      assert.deepEqual(reopened.store.head.epoch, epoch);
      assert.equal(reopened.store.head.position, 3);
      assert.deepEqual(await told(reopened.store, sinceStart(APP), 1), { gap: 3 });
      assert.deepEqual(await told(reopened.store, sinceStart(APP), 3), []);
      assert.deepEqual(await appendSeen(reopened, [textEvent('4', [APP])]), [4]);
    },
  },
];
