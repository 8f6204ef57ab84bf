import assert from 'node:assert/strict';
import type { Event } from '@carillon/core';
import type { OpenLog } from '../log/contract.ts';
import { arrived, readAll, sinceStart, textOf } from '../log/events.ts';
import { batchOf, CRASH_TOPIC, keyOf } from './load.ts';
import type { Said } from './record.ts';

/** What the appenders of all rounds were told, and what their readers were shown. */
export interface Witness {
  readonly tried: ReadonlyMap<string, number>;
  readonly acknowledged: ReadonlyMap<string, readonly number[]>;
  readonly refused: ReadonlyMap<string, string>;
  readonly saw: ReadonlyMap<number, string>;
  readonly epochs: ReadonlySet<string>;
}

export function witness(said: readonly Said[]): Witness {
  const tried = new Map<string, number>();
  const acknowledged = new Map<string, readonly number[]>();
  const refused = new Map<string, string>();
  const saw = new Map<number, string>();
  const epochs = new Set<string>();
  for (const line of said) {
    switch (line.said) {
      case 'opened':
        epochs.add(line.epoch);
        break;
      case 'tried':
        tried.set(line.key, line.size);
        break;
      case 'acknowledged':
        acknowledged.set(line.key, line.positions);
        break;
      case 'refused':
        refused.set(line.key, line.code);
        break;
      case 'saw':
        assert.equal(saw.get(line.position) ?? line.text, line.text, `two events were shown at ${line.position}`);
        saw.set(line.position, line.text);
    }
  }
  return { tried, acknowledged, refused, saw, epochs };
}

/**
 * Holds a reopened log to what was said before it was killed: dense, one epoch, every acknowledged append there once
 * at its positions, unanswered ones whole or absent, refused ones absent, nothing shown that is missing or different.
 */
export async function checkAfterCrash(log: OpenLog, seen: Witness): Promise<void> {
  const events = await readAll(log.store, sinceStart(CRASH_TOPIC));
  assert.deepEqual(new Set([...seen.epochs, log.store.head.epoch]).size, 1, 'the epoch is the same');
  for (const [index, event] of events.entries()) assert.equal(event.position, index + 1, 'positions are dense');
  const byText = new Map(events.map((event) => [textOf(event), event]));
  assert.equal(byText.size, events.length, 'no event is stored twice');
  for (const [key, size] of seen.tried) checkAppend(byText, key, size, seen);
  for (const [position, text] of seen.saw) {
    const event = events[position - 1];
    assert.equal(event && textOf(event), text, `${position} was shown to a reader`);
  }
}

function checkAppend(byText: ReadonlyMap<string, Event>, key: string, size: number, seen: Witness): void {
  const stored = batchOf(key, size).map((event) => byText.get(Buffer.from(event.data).toString())?.position);
  const acknowledged = seen.acknowledged.get(key);
  if (acknowledged) {
    assert.deepEqual(stored, acknowledged, `${key} was acknowledged at ${acknowledged}`);
    return;
  }
  const there = stored.filter((position) => position !== undefined);
  assert.ok(there.length === 0 || there.length === size, `${key} is stored by halves`);
  const code = seen.refused.get(key);
  if (code !== undefined && code !== 'unavailable') assert.equal(there.length, 0, `${key} was refused and is stored`);
}

/** Sends every unanswered append again, as a publisher would, and returns how many had been stored unheard. */
export async function retryUnanswered(log: OpenLog, seen: Witness): Promise<Said[]> {
  const said: Said[] = [];
  for (const [key, size] of seen.tried) {
    if (seen.acknowledged.has(key)) continue;
    const { positions } = await log.sequencer.append(batchOf(key, size), keyOf(key));
    await arrived(log, positions.at(-1) ?? 0);
    said.push({ said: 'acknowledged', key, positions });
  }
  return said;
}
