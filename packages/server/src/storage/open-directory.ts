import { join } from 'node:path';
import { CarillonError, type Position } from '@carillon/core';
import { type Booted, bootDatabase, examine, storageMigrations } from './boot.ts';
import { type Database, openDatabase } from './driver.ts';
import { describeFault, isCorrupt } from './faults.ts';
import { keysTable } from './idempotency.ts';
import { checkStructure, checkTables } from './integrity.ts';
import { lockDirectory } from './lock.ts';
import { readLogEnd } from './log-end.ts';
import type { WriterData } from './messages.ts';
import { finishSalvage, type SalvageParts, salvage } from './salvage.ts';
import { DATABASE_NAME } from './settings.ts';

export interface DirectoryParts extends SalvageParts {
  /** Reads every event and throws `corrupt` at the first that is damaged or missing. */
  verifyEvents(db: Database, end: Position): void;
}

export interface OpenDirectory extends Booted {
  readonly lock: Database;
  /** What was lost, when a loss was accepted now. */
  readonly loss: string | undefined;
}

/** Locks the directory and opens its database; with `acceptLoss`, what is damaged is left behind first. */
export function openDirectory({ settings, follows }: WriterData, room: DirectoryParts): OpenDirectory {
  const { directory } = settings;
  const parts: DirectoryParts = { ...room, migrations: [...storageMigrations, ...room.migrations] };
  const lock = lockDirectory(directory);
  finishSalvage(directory);
  const damage = settings.acceptLoss ? findDamage(directory, parts) : undefined;
  const loss = damage === undefined ? undefined : salvage(directory, damage, parts);
  return { ...bootDatabase(directory, parts.migrations, follows), lock, loss };
}

/** The first damage that a whole reading finds, in words. */
function findDamage(directory: string, parts: DirectoryParts): string | undefined {
  try {
    if (examine(directory, undefined)) return undefined;
    const db = openDatabase(join(directory, DATABASE_NAME), { readOnly: true });
    try {
      checkStructure(db);
      checkTables(db, [keysTable, ...parts.tables]);
      parts.verifyEvents(db, readLogEnd(db)?.position ?? 0);
    } finally {
      db.close();
    }
    return undefined;
  } catch (error) {
    if (error instanceof CarillonError && error.code === 'corrupt') return error.message;
    if (isCorrupt(error)) return describeFault(error);
    throw error;
  }
}
