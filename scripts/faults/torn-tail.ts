import assert from 'node:assert/strict';
import { copyFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault } from './fault.ts';
import { copyDirectory, examine, type KnownLog, openAt, writeKnownLog } from './known-log.ts';
import { randomBetween } from './wait.ts';

const EVENTS = 40;
const WAL = 'carillon.db-wal';
const LAST_TOPIC = 'stream:default/last';
const LAST_TEXT = 'the last one';

/**
 * Two states of one directory: before a last commit, and with its frames in the write-ahead log. With the head file of
 * before, a cut inside those frames is what a crash in mid-write leaves; with the head file of after, acknowledged
 * frames are missing.
 */
export const tornTail: Fault = {
  name: 'torn tail',
  promise:
    'The write-ahead log is cut inside its last commit. Unacknowledged: it starts, 0 acknowledged lost, the commit is ' +
    'whole or absent. Acknowledged: it refuses and names what is missing.',
  fullRounds: 300,
  needs: [],
  async run(rounds, scratch) {
    const before = join(scratch, 'before');
    const after = join(scratch, 'after');
    const { log, known } = await writeKnownLog(join(scratch, 'log'), EVENTS);
    copyDirectory(known.directory, before);
    await log.append([{ type: 'known.last', topics: [LAST_TOPIC], data: Buffer.from(LAST_TEXT) }]);
    copyDirectory(known.directory, after);
    await log.close();
    const whole = statSync(join(after, WAL)).size;
    const base = statSync(join(before, WAL)).size;
    assert.ok(whole > base, 'the last commit made the write-ahead log longer');

    const tally = { 'commit absent': 0, 'commit whole': 0, 'refused to start': 0 };
    for (let round = 0; round < rounds; round += 1) {
      const cut = cutAt(round, base, whole);
      const copy = join(scratch, `copy-${round}`);
      const isAcknowledged = round % 3 === 2;
      copyDirectory(after, copy);
      if (!isAcknowledged) copyFileSync(join(before, 'head'), join(copy, 'head'));
      truncateSync(join(copy, WAL), cut);
      if (isAcknowledged && cut < whole) {
        assert.equal(await examine(copy, known), 'refused to start', `an acknowledged commit was cut at ${cut}`);
        tally['refused to start'] += 1;
      } else {
        tally[await checkTail(copy, known)] += 1;
      }
      rmSync(copy, { recursive: true });
    }
    return { cuts: rounds, 'bytes of the last commit': whole - base, ...tally };
  },
};

/** Both ends and their neighbours first, then anywhere between. */
function cutAt(round: number, base: number, whole: number): number {
  const edges = [base, base + 1, whole, base + 24, whole - 1, base + 23];
  return edges[round] ?? randomBetween(base, whole);
}

/** All that was acknowledged before is there, and of the cut commit everything or nothing. */
async function checkTail(copy: string, known: KnownLog): Promise<'commit absent' | 'commit whole'> {
  const log = await openAt(copy);
  const last = await log.read({ topics: [{ topic: LAST_TOPIC, since: 0 }], after: 0, limit: 10 });
  assert.ok(last.kind === 'page');
  const { position } = log.head;
  assert.equal(position, known.end + last.events.length);
  assert.deepEqual(
    last.events.map(({ data }) => Buffer.from(data).toString()),
    last.events.map(() => LAST_TEXT),
  );
  const next = await log.append([{ type: 'known.next', topics: [LAST_TOPIC], data: Buffer.from('goes on') }]);
  assert.deepEqual(next.positions, [position + 1], 'it goes on where it ends');
  await log.close();
  assert.equal(await examine(copy, { ...known, end: position + 1 }), 'unharmed');
  return last.events.length === 0 ? 'commit absent' : 'commit whole';
}
