import type { Epoch } from '@carillon/core';
import type { Database } from './driver.ts';
import { summedTable } from './summed-table.ts';

/** One loss that an operator accepted. */
export interface Loss {
  /** Milliseconds since 1970. */
  at: number;
  /** The epoch that ended, and the one that began. */
  before: Epoch;
  after: Epoch;
  report: string;
}

export const lossesTable = summedTable<Loss, 'at'>('losses', ['at', 'before', 'after', 'report'], ['at']);

export const LOSSES_SCHEMA = `CREATE TABLE losses (
  at INTEGER PRIMARY KEY, before TEXT NOT NULL, after TEXT NOT NULL, report TEXT NOT NULL, sum INTEGER NOT NULL
) STRICT`;

export function recordLoss(db: Database, loss: Loss): void {
  lossesTable.put(db, loss);
}
