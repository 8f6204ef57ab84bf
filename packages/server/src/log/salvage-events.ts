import type { Position } from '@carillon/core';
import type { Database, SalvagedEvents } from '../storage/index.ts';
import { EVENT_COLUMNS, INSERT_EVENT } from './event-row.ts';
import { readTopicIds, sumEvent, sumPlace } from './event-sum.ts';
import { recordRange } from './removed-ranges.ts';
import { removedTable, subjectsTable, topicsTable } from './schema.ts';

const SCAN = `SELECT ${EVENT_COLUMNS} FROM events WHERE position > ? ORDER BY position LIMIT 500`;
const UNREADABLE_TYPE = 'unreadable';

interface Found {
  kept: number;
  emptied: Position[];
}

/** The highest position that can be found, with its stamp and id. */
export function lastEvent(from: Database): { position: Position; stamp: number; last_id: number } {
  const row = from.prepare('SELECT position, time, id FROM events ORDER BY position DESC LIMIT 1').get();
  return { position: Number(row?.position ?? 0), stamp: Number(row?.time ?? 0), last_id: Number(row?.id ?? 0) };
}

/**
 * Copies the events that pass. One whose place is sound but not its content is kept as a tombstone; what cannot be
 * read at all is written down as removed. Topics, subjects and removed ranges must have been copied before.
 */
export function salvageEvents(from: Database, to: Database, end: Position): SalvagedEvents {
  const topics = new Set(topicsTable.select(to, '').map((row) => row.id));
  const found: Found = { kept: 0, emptied: [] };
  let after = 0;
  let step = 1;
  while (after < end) {
    const rows = readSome(from, after);
    if (!rows) {
      // The page there is damaged: look further and further behind it.
      after += step;
      step *= 2;
      continue;
    }
    for (const row of rows) keep(to, row, topics, found);
    const last = rows.at(-1)?.[0];
    if (typeof last !== 'number' || last <= after) break;
    after = last;
    step = 1;
  }
  for (const position of found.emptied) subjectsTable.removeWhere(to, 'WHERE position = ?', position);
  return { ...found, ...accountForMissing(to, end) };
}

function readSome(from: Database, after: Position): readonly (readonly unknown[])[] | undefined {
  try {
    // With `prepareArrays` rows are arrays.
    return from.prepareArrays(SCAN).all(after) as unknown as (readonly unknown[])[];
  } catch {
    return undefined;
  }
}

function keep(to: Database, row: readonly unknown[], topics: ReadonlySet<number>, found: Found): void {
  const [position, id, time, topicValue, placeSum, sum, type, extra, data] = row;
  const ids = readTopicIds(topicValue);
  if (typeof position !== 'number' || typeof id !== 'number' || typeof time !== 'number' || !ids) return;
  if (placeSum !== sumPlace(position, id, time, ids) || !ids.every((topic) => topics.has(topic))) return;
  const storedTopics = ids.length === 1 ? (ids[0] ?? 0) : ids.join(',');
  const insert = to.prepare(INSERT_EVENT);
  const bytes = data === null || data instanceof Uint8Array ? data : undefined;
  found.kept += 1;
  if (
    typeof type === 'string' &&
    typeof extra === 'string' &&
    bytes !== undefined &&
    sum === sumEvent(placeSum, type, extra, bytes)
  ) {
    insert.run(position, id, time, storedTopics, placeSum, sum, type, extra, bytes);
    return;
  }
  // The sum does not say which of them is wrong, so none is passed on, the type neither.
  const emptySum = sumEvent(placeSum, UNREADABLE_TYPE, '', null);
  insert.run(position, id, time, storedTopics, placeSum, emptySum, UNREADABLE_TYPE, '', null);
  found.emptied.push(position);
}

/** Every position up to the end that has no event now counts as removed; tells which of them were not before. */
function accountForMissing(to: Database, end: Position): Pick<SalvagedEvents, 'lost' | 'firstLost' | 'lastLost'> {
  const known = removedTable.select(to, 'ORDER BY first');
  removedTable.removeWhere(to, '');
  let lost = 0;
  let firstLost = 0;
  let lastLost = 0;
  let range = 0;
  const missing = (first: Position, last: Position): void => {
    recordRange(to, first, last);
    for (let position = first; position <= last; ) {
      while ((known[range]?.last ?? Number.POSITIVE_INFINITY) < position) range += 1;
      const removed = known[range];
      const next = Math.min(last, removed ? removed.first - 1 : last);
      if (next >= position) {
        lost += next - position + 1;
        firstLost ||= position;
        lastLost = next;
      }
      position = Math.max(next, removed?.last ?? next) + 1;
    }
  };
  let expected = 1;
  for (const row of to.prepare('SELECT position FROM events ORDER BY position').iterate()) {
    const position = Number(row.position);
    if (position > expected) missing(expected, position - 1);
    expected = position + 1;
  }
  if (expected <= end) missing(expected, end);
  return { lost, firstLost, lastLost };
}
