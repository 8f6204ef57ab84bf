import { existsSync, linkSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CarillonError, type Position } from '@carillon/core';
import { inTransaction, newEpoch, openForWriting } from './boot.ts';
import { checkpoint } from './checkpointer.ts';
import { type Database, openDatabase } from './driver.ts';
import { readHead, replaceHead, syncDirectory } from './head-file.ts';
import { keysTable } from './idempotency.ts';
import { type LogEnd, readLogEnd, writeLogEnd } from './log-end.ts';
import { recordLoss } from './losses.ts';
import { type Migration, migrate, refuseNewerSchema } from './migrations.ts';
import { DATABASE_NAME } from './settings.ts';
import type { GuardedTable } from './summed-table.ts';

/** What could be kept of the events. */
export interface SalvagedEvents {
  readonly kept: number;
  /** Kept without their data, which failed its checksum. */
  readonly emptied: readonly Position[];
  readonly lost: number;
  readonly firstLost: Position;
  readonly lastLost: Position;
}

export interface SalvageParts {
  readonly migrations: readonly Migration[];
  readonly tables: readonly GuardedTable[];
  /** The highest position that can be found, with its stamp and id. */
  lastEvent(from: Database): Pick<LogEnd, 'position' | 'stamp' | 'last_id'>;
  /** Copies what is sound and accounts for every other position up to `end`. */
  salvageEvents(from: Database, to: Database, end: Position): SalvagedEvents;
}

/** Positions that may have been given although neither the head file nor the log's end can be read. */
const UNKNOWN_POSITIONS = 1_000_000;

function pathsOf(directory: string): { file: string; building: string; ready: string } {
  const file = join(directory, DATABASE_NAME);
  return { file, building: `${file}.salvage`, ready: `${file}.salvaged` };
}

/**
 * Copies everything sound of a damaged directory into a new database under a new epoch, above every position that was
 * ever given, and puts it in the old one's place. The old files stay beside it. Tells what was lost.
 */
export function salvage(directory: string, reason: string, parts: SalvageParts): string {
  const { file, building, ready } = pathsOf(directory);
  for (const left of [building, `${building}-wal`, `${building}-shm`]) rmSync(left, { force: true });
  const to = openForWriting(building);
  inTransaction(to, () => migrate(to, parts.migrations));
  const from = openDamaged(file);
  if (from) quietly(() => refuseNewerSchema(from, parts.migrations));
  const report = inTransaction(to, () => copy(directory, from, to, reason, parts));
  from?.close();
  checkpoint(to, 'TRUNCATE');
  to.close();
  renameSync(building, ready);
  syncDirectory(directory);
  finishSalvage(directory);
  return report;
}

/** Puts a finished copy in place; also after a crash in the middle of that. Whether there was one. */
export function finishSalvage(directory: string): boolean {
  const { file, ready } = pathsOf(directory);
  if (!existsSync(ready)) return false;
  const kept = `${file}.damaged-${Date.now()}`;
  if (existsSync(file)) linkSync(file, kept);
  if (existsSync(`${file}-wal`)) renameSync(`${file}-wal`, `${kept}-wal`);
  rmSync(`${file}-shm`, { force: true });
  const db = openDatabase(ready, { readOnly: true });
  const end = readLogEnd(db);
  db.close();
  if (!end) throw new Error(`${ready} does not say where its log ends`);
  replaceHead(directory, end);
  for (const left of [`${ready}-wal`, `${ready}-shm`]) rmSync(left, { force: true });
  renameSync(ready, file);
  syncDirectory(directory);
  return true;
}

function openDamaged(file: string): Database | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const db = openDatabase(file, { readOnly: true });
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    return db;
  } catch {
    // Not even its first page can be read: nothing can be kept.
    return undefined;
  }
}

function copy(
  directory: string,
  from: Database | undefined,
  to: Database,
  reason: string,
  parts: SalvageParts,
): string {
  const end = endAfterAll(directory, from, parts);
  const before = end.position;
  if (!from)
    throw new CarillonError('corrupt', `nothing can be read of ${directory}; restore it from a backup or empty it`);
  const tables = [keysTable, ...parts.tables].map((table) => [table.name, table.salvage(from, to)] as const);
  const events = parts.salvageEvents(from, to, before);
  const next: LogEnd = { ...end, epoch: newEpoch(), commits: end.commits + 1 };
  writeLogEnd(to, next);
  const rows = tables.filter(([, failed]) => failed > 0).map(([name, failed]) => `${failed} rows of ${name}`);
  const report = [
    `accepted a loss in ${directory} (${reason}): kept ${events.kept} events`,
    `${events.emptied.length} of them without their data${listOf(events.emptied)}`,
    events.lost > 0 ? `lost ${events.lost} between positions ${events.firstLost} and ${events.lastLost}` : 'lost none',
    ...(rows.length > 0 ? [`lost ${rows.join(', ')}`] : []),
    `epoch ${end.epoch} ends, epoch ${next.epoch} begins after position ${next.position}`,
  ].join('; ');
  recordLoss(to, { at: Date.now(), before: end.epoch, after: next.epoch, report });
  return report;
}

function listOf(positions: readonly Position[]): string {
  return positions.length > 0
    ? ` (positions ${positions.slice(0, 20).join(', ')}${positions.length > 20 ? ', …' : ''})`
    : '';
}

/** An end above every position, stamp and id that anything still readable tells of. */
function endAfterAll(directory: string, from: Database | undefined, parts: SalvageParts): LogEnd {
  const head = readHead(directory);
  const stored = from && quietly(() => readLogEnd(from));
  const seen = (from && quietly(() => parts.lastEvent(from))) ?? { position: 0, stamp: 0, last_id: 0 };
  const told = [stored, head.kind === 'sound' ? head.head : undefined].filter((end) => end !== undefined);
  const positions = [seen.position, ...told.map((end) => end.position)];
  return {
    epoch: stored?.epoch ?? (head.kind === 'sound' ? head.head.epoch : 'unknown0'),
    position: Math.max(...positions) + (told.length === 0 ? UNKNOWN_POSITIONS : 0),
    commits: Math.max(0, ...told.map((end) => end.commits)),
    stamp: Math.max(seen.stamp, stored?.stamp ?? 0),
    last_id: Math.max(seen.last_id, stored?.last_id ?? 0),
  };
}

function quietly<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    // What cannot be read tells nothing; what must not be touched stops the salvage.
    if (error instanceof CarillonError && error.code === 'conflict') throw error;
    return undefined;
  }
}
