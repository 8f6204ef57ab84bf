import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Event, Position } from '@carillon/core';
import { until } from '../until.ts';
import type { Bench, LogCase, OpenLog } from './contract.ts';
import { appendSeen, DEADLINE_MS, readAll, sinceStart, textEvent, textOf } from './events.ts';

const TOPIC = 'stream:default/erase';
const OTHER = 'app:default/erase';

async function erased(log: OpenLog, positions: readonly Position[]): Promise<void> {
  await log.sequencer.erase(positions);
  await until(
    async () => {
      const events = await readAll(log.store, sinceStart(TOPIC));
      return events.every((event) => event.erased || !positions.includes(event.position));
    },
    `the data of ${positions} is gone`,
    DEADLINE_MS,
  );
}

function skeleton({ position, id, time, type, topics }: Event): unknown {
  return { position, id, time, type, topics: topics.toSorted() };
}

export const erasing: readonly LogCase[] = [
  {
    name: 'erase takes the data and leaves position, id, time, type and topics',
    async run(bench) {
      const log = await bench.open();
      await appendSeen(
        log,
        ['a', 'b', 'c'].map((text) => textEvent(text, [TOPIC, OTHER], { type: `suite.${text}` })),
      );
      const before = await readAll(log.store, sinceStart(TOPIC));

      await erased(log, [2]);

      const after = await readAll(log.store, sinceStart(OTHER));
      assert.deepEqual(after.map(skeleton), before.map(skeleton));
      assert.deepEqual(
        after.map((event) => event.erased),
        [false, true, false],
      );
      assert.deepEqual(after.map(textOf), ['a', '', 'c']);
    },
  },
  {
    name: 'erasing is no gap and moves no position',
    async run(bench) {
      const log = await bench.open();
      await appendSeen(
        log,
        ['a', 'b'].map((text) => textEvent(text, [TOPIC])),
      );

      await erased(log, [1, 2]);

      assert.equal(log.store.lastRemoved([TOPIC]), 0);
      assert.deepEqual(await appendSeen(log, [textEvent('c', [TOPIC])]), [3]);
    },
  },
  {
    name: 'unknown and already erased positions are ignored',
    async run(bench) {
      const log = await bench.open();
      await appendSeen(
        log,
        ['a', 'b'].map((text) => textEvent(text, [TOPIC])),
      );

      await erased(log, [1]);
      await erased(log, [1, 77, 1]);
      await log.sequencer.erase([]);

      assert.deepEqual((await readAll(log.store, sinceStart(TOPIC))).map(textOf), ['', 'b']);
    },
  },
  {
    name: 'tombstones survive a restart, and the erased text is in no file',
    needs: ['reopen'],
    async run(bench) {
      const log = await bench.open();
      const secret = `secret-${'q7w'.repeat(30)}`;
      const subject = textEvent(secret, [TOPIC], { attributes: { note: 'kept or not, never the data' } });
      await appendSeen(log, [textEvent('a', [TOPIC]), subject, textEvent('c', [TOPIC])]);

      await erased(log, [2]);
      await log.close();
      const reopened = await bench.open();
      const events = await readAll(reopened.store, sinceStart(TOPIC));
      await reopened.close();

      assert.deepEqual(
        events.map((event) => [textOf(event), event.erased]),
        [
          ['a', false],
          ['', true],
          ['c', false],
        ],
      );
      assert.deepEqual(await filesHolding(bench, secret), []);
    },
  },
  {
    name: 'a repeat with the key of an erased event does not bring it back',
    async run(bench) {
      const log = await bench.open();
      const key = { scope: 'key:K1', key: 'k', digest: 'd' };
      await log.sequencer.append([textEvent('a', [TOPIC])], key);
      await appendSeen(log, [textEvent('b', [TOPIC])]);

      await erased(log, [1]);
      const repeat = await log.sequencer.append([textEvent('a', [TOPIC])], key);

      assert.deepEqual(repeat, { positions: [1], duplicate: true });
      assert.deepEqual((await readAll(log.store, sinceStart(TOPIC))).map(textOf), ['', 'b']);
    },
  },
];

async function filesHolding(bench: Bench, text: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(bench.directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && (await readFile(path)).includes(text)) found.push(path);
  }
  return found;
}
