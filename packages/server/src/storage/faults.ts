import { CarillonError } from '@carillon/core';
import { sqliteCode } from './sqlite-code.ts';

/** SQLite's (extended) result codes, https://sqlite.org/rescode.html */
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const NOTADB = 26;
const IOERR_WRITE = 778;
/** The database file was moved or deleted under us. */
const READONLY_DBMOVED = 1_032;
const IOERR_TRUNCATE = 1_546;
const IOERR_SHMOPEN = 4_618;
const IOERR_SHMSIZE = 4_874;
const IOERR_SHMMAP = 5_386;

const NO_ROOM: readonly number[] = [IOERR_WRITE, IOERR_TRUNCATE, IOERR_SHMOPEN, IOERR_SHMSIZE, IOERR_SHMMAP];

/**
 * `refused`: nothing was stored, the same may work later. `fatal`: what is on the disk is no longer known (a failed
 * flush must not be repeated: the kernel has dropped the pages) or is damaged. `unknown`: not the disk's fault.
 */
export type Fault = 'refused' | 'fatal' | 'unknown';

/** What an error of SQLite means before its transaction is committed. */
export function faultOf(error: unknown): Fault {
  if (isUnreadableNumber(error)) return 'fatal';
  const code = sqliteCode(error);
  if (code === undefined) return 'unknown';
  const primary = code & 0xff;
  if (code === READONLY_DBMOVED) return 'fatal';
  if (primary === FULL || primary === READONLY || primary === CANTOPEN || NO_ROOM.includes(code)) return 'refused';
  return primary === IOERR || primary === CORRUPT || primary === NOTADB ? 'fatal' : 'unknown';
}

export function isCorrupt(error: unknown): boolean {
  const primary = (sqliteCode(error) ?? 0) & 0xff;
  return primary === CORRUPT || primary === NOTADB || isUnreadableNumber(error);
}

/** No row of ours holds an integer beyond 2^53: a flipped bit does, and Node refuses to read it. */
function isUnreadableNumber(error: unknown): boolean {
  return error instanceof RangeError && error.message.startsWith('Value is too large to be represented');
}

export function storageFull(cause: unknown, directory: string): CarillonError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new CarillonError('storage-full', `nothing can be written to ${directory} (${why}); free some space`, {
    cause,
  });
}

export function describeFault(error: unknown): string {
  const code = sqliteCode(error);
  const text = error instanceof Error ? error.message : String(error);
  return code === undefined ? text : `${text} (SQLite code ${code})`;
}
