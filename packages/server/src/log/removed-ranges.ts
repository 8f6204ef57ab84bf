import type { Position } from '@carillon/core';
import type { Database } from '../storage/index.ts';
import { removedTable } from './schema.ts';

/**
 * Writes down that these positions (ascending) are gone on purpose, joining neighbours, so that a start can tell a
 * removal from a loss. There are never more ranges than events, because an event stands between any two.
 */
export function recordRemoved(db: Database, positions: readonly Position[]): void {
  let first: Position | undefined;
  let last = 0;
  for (const position of positions) {
    if (first !== undefined && position === last + 1) {
      last = position;
      continue;
    }
    if (first !== undefined) recordRange(db, first, last);
    first = position;
    last = position;
  }
  if (first !== undefined) recordRange(db, first, last);
}

export function recordRange(db: Database, first: Position, last: Position): void {
  const before = removedTable.select(db, 'WHERE first < ? ORDER BY first DESC LIMIT 1', first)[0];
  const after = removedTable.get(db, { first: last + 1 });
  const joined = { first, last };
  if (before && before.last + 1 === first) {
    joined.first = before.first;
  }
  if (after) {
    joined.last = after.last;
    removedTable.remove(db, { first: after.first });
  }
  removedTable.put(db, joined);
}

/** Everything up to here, from the first position on, is gone. */
export function removedFromStart(db: Database): Position {
  return removedTable.get(db, { first: 1 })?.last ?? 0;
}
