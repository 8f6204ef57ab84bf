import { join } from 'node:path';
import { CarillonError } from '@carillon/core';
import { type Database, openDatabase } from './driver.ts';
import { sqliteCode } from './sqlite-code.ts';

const SQLITE_BUSY = 5;
/** A predecessor that was just killed may need a moment to be gone. */
const PATIENCE_MS = 1_500;

/**
 * Makes this process the only one that uses the data directory, until it ends in whatever way: the lock is the
 * operating system's, on a second, empty SQLite file that is never written.
 */
export function lockDirectory(directory: string): Database {
  const lock = openDatabase(join(directory, 'lock'), { readOnly: false, timeoutMs: PATIENCE_MS });
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    if (((sqliteCode(error) ?? 0) & 0xff) !== SQLITE_BUSY) throw error;
    throw new CarillonError('conflict', `another process uses the data directory ${directory}; stop it first`);
  }
}
