import { randomInt } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CarillonError, type Epoch } from '@carillon/core';
import { type Database, openDatabase } from './driver.ts';
import { describeFault, isCorrupt } from './faults.ts';
import { type HeadRecord, headPath, readHead, replaceHead, syncDirectory } from './head-file.ts';
import { KEYS_SCHEMA } from './idempotency.ts';
import { LOG_END_SCHEMA, type LogEnd, readLogEnd, writeLogEnd } from './log-end.ts';
import { LOSSES_SCHEMA } from './losses.ts';
import { type Migration, migrate } from './migrations.ts';
import { DATABASE_NAME } from './settings.ts';

export const storageMigrations: readonly Migration[] = [
  { room: 'storage', number: 1, up: (db) => db.exec([LOG_END_SCHEMA, KEYS_SCHEMA, LOSSES_SCHEMA].join(';')) },
];

export interface Booted {
  readonly db: Database;
  readonly end: LogEnd;
  readonly created: boolean;
  readonly migrated: readonly string[];
}

const HOW_TO_RESTORE =
  'restore the data directory from a backup, or start once with accept-loss to keep what is sound under a new epoch';

/**
 * Compares a locked directory, read-only, with its head file: whatever was acknowledged must be there. Whether it is
 * still to be made, and the epoch it then gets.
 */
export function examine(directory: string, follows: Epoch | undefined): { readonly makeWith: Epoch } | undefined {
  const file = join(directory, DATABASE_NAME);
  const head = readHead(directory);
  const exists = existsSync(file) && statSync(file).size > 0;
  switch (head.kind) {
    case 'damaged':
      throw damaged(`${headPath(directory)} fails its checksum`);
    case 'missing':
      if (exists) throw damaged(`${headPath(directory)} is missing beside ${file}`);
      return { makeWith: follows ?? newEpoch() };
    case 'sound':
      if (exists) {
        compareWithHead(file, directory, head.head);
        return undefined;
      }
      if (head.head.commits === 0) return { makeWith: head.head.epoch };
      throw damaged(`${file} is missing or empty, but ${headPath(directory)} names position ${head.head.position}`);
  }
}

/** Opens the database of a locked directory for writing, or makes it, once `examine` found nothing wrong. */
export function bootDatabase(directory: string, migrations: readonly Migration[], follows: Epoch | undefined): Booted {
  const missing = examine(directory, follows);
  if (missing) create(directory, missing.makeWith);
  const db = openForWriting(join(directory, DATABASE_NAME));
  const migrated = inTransaction(db, () => migrate(db, migrations));
  if (missing) syncDirectory(directory);
  const end = readLogEnd(db) ?? start(db, directory);
  if (follows !== undefined && end.epoch !== follows) {
    throw new CarillonError(
      'conflict',
      `${directory} holds epoch ${end.epoch}, the log that it should follow ${follows}`,
    );
  }
  return { db, end, created: missing !== undefined, migrated };
}

function create(directory: string, epoch: Epoch): void {
  mkdirSync(directory, { recursive: true });
  replaceHead(directory, { epoch, position: 0, commits: 0 });
  // SQLite gives its other files the rights of this one.
  closeSync(openSync(join(directory, DATABASE_NAME), 'a', 0o600));
}

/** First start of a new directory: the database takes its epoch from the head file. */
function start(db: Database, directory: string): LogEnd {
  const state = readHead(directory);
  if (state.kind !== 'sound') throw damaged(`${headPath(directory)} vanished while the log was opened`);
  const end: LogEnd = { epoch: state.head.epoch, position: 0, commits: 0, stamp: 0, last_id: 0 };
  inTransaction(db, () => writeLogEnd(db, end));
  return end;
}

function compareWithHead(file: string, directory: string, head: HeadRecord): void {
  const db = openDatabase(file, { readOnly: true });
  try {
    const tables = db.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE name = 'log_end'").get();
    const end = tables?.['n'] === 1 ? readLogEnd(db) : undefined;
    if (!end) {
      if (head.commits === 0) return;
      throw damaged(`${file} does not say where its log ends`);
    }
    checkEnd(file, directory, head, end);
  } catch (error) {
    if (isCorrupt(error)) throw damaged(`${file} cannot be read: ${describeFault(error)}`);
    throw error;
  } finally {
    db.close();
  }
}

function checkEnd(file: string, directory: string, head: HeadRecord, end: LogEnd): void {
  if (end.epoch !== head.epoch) {
    throw damaged(`${file} holds epoch ${end.epoch}, ${headPath(directory)} names epoch ${head.epoch}`);
  }
  if (end.commits >= head.commits && end.position >= head.position) return;
  throw damaged(
    `${file} (with its -wal) ends at position ${end.position}, commit ${end.commits}, but position ${head.position}, ` +
      `commit ${head.commits} was acknowledged: the commits after it are lost or unreadable`,
  );
}

export function openForWriting(file: string): Database {
  const db = openDatabase(file, { readOnly: false });
  db.exec('PRAGMA journal_mode = WAL');
  db.exec('PRAGMA synchronous = FULL');
  db.exec('PRAGMA wal_autocheckpoint = 0');
  db.exec('PRAGMA secure_delete = ON');
  db.exec('PRAGMA cache_size = -32768');
  db.exec('PRAGMA temp_store = MEMORY');
  return db;
}

export function inTransaction<T>(db: Database, run: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const value = run();
    db.exec('COMMIT');
    return value;
  } catch (error) {
    if (db.inTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

const EPOCH_DIGITS = 8;

export function newEpoch(): Epoch {
  const digits = '0123456789abcdefghijklmnopqrstuvwxyz';
  return Array.from({ length: EPOCH_DIGITS }, () => digits[randomInt(digits.length)]).join('');
}

export function damaged(what: string): CarillonError {
  return new CarillonError('corrupt', `${what}; ${HOW_TO_RESTORE}`);
}
