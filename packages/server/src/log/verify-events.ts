import type { Position } from '@carillon/core';
import type { Database } from '../storage/index.ts';
import { corruptEvent, readEvent } from './event-row.ts';
import { PlaceCheck } from './place-check.ts';
import { removedTable, topicsTable } from './schema.ts';

/** Reads every event and throws `corrupt` at the first that fails, is missing, or is on an unknown topic. */
export function verifyEvents(db: Database, end: Position): void {
  const ranges = Float64Array.from(
    removedTable.select(db, 'ORDER BY first').flatMap(({ first, last }) => [first, last]),
  );
  const topics = new Set(topicsTable.select(db, '').map((row) => row.id));
  const check = new PlaceCheck(db.file, ranges);
  for (const { position } of db.prepare('SELECT position FROM events ORDER BY position').iterate()) {
    if (typeof position !== 'number') throw new Error('positions are numbers');
    const row = readEvent(db, position);
    if (!row?.topics.every((topic) => topics.has(topic))) throw corruptEvent(db.file, position);
    check.found(position);
  }
  check.end(end);
}
