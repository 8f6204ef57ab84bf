import type { Epoch, Position } from '@carillon/core';
import type { Database } from './driver.ts';
import { summedTable } from './summed-table.ts';

/** Where the log ends, as its own last commit says. One row. */
export interface LogEnd {
  epoch: Epoch;
  position: Position;
  /** Commits so far, those without events among them. */
  commits: number;
  /** The newest stamp ever given, milliseconds since 1970. */
  stamp: number;
  last_id: number;
}

interface LogEndRow extends LogEnd {
  one: number;
}

export const logEndTable = summedTable<LogEndRow, 'one'>(
  'log_end',
  ['one', 'epoch', 'position', 'commits', 'stamp', 'last_id'],
  ['one'],
);

export const LOG_END_SCHEMA = `CREATE TABLE log_end (
  one INTEGER PRIMARY KEY CHECK (one = 1), epoch TEXT NOT NULL, position INTEGER NOT NULL, commits INTEGER NOT NULL,
  stamp INTEGER NOT NULL, last_id INTEGER NOT NULL, sum INTEGER NOT NULL)`;

export function readLogEnd(db: Database): LogEnd | undefined {
  const row = logEndTable.get(db, { one: 1 });
  if (!row) return undefined;
  const { one: _, ...end } = row;
  return end;
}

export function writeLogEnd(db: Database, end: LogEnd): void {
  logEndTable.put(db, { one: 1, ...end });
}
