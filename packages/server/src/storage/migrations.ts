import { CarillonError } from '@carillon/core';
import type { Database } from './driver.ts';
import { summedTable } from './summed-table.ts';

/**
 * One step of one room's schema. A room's steps are numbered from 1 without holes and never change once released;
 * a later step alters what an earlier one made.
 */
export interface Migration {
  /** Whose schema it is: `storage`, `log`, `streams`, `auth`, … */
  readonly room: string;
  readonly number: number;
  up(db: Database): void;
}

interface SchemaRow {
  room: string;
  version: number;
}

const versions = summedTable<SchemaRow, 'room'>('schema_versions', ['room', 'version'], ['room']);

/** Brings the schema up to date inside the caller's transaction and tells which steps ran. */
export function migrate(db: Database, migrations: readonly Migration[]): readonly string[] {
  db.exec(`CREATE TABLE IF NOT EXISTS schema_versions (
    room TEXT PRIMARY KEY, version INTEGER NOT NULL, sum INTEGER NOT NULL) WITHOUT ROWID`);
  const current = new Map(versions.select(db, '').map((row) => [row.room, row.version]));
  const ran: string[] = [];
  for (const [room, steps] of byRoom(migrations)) {
    const from = current.get(room) ?? 0;
    refuseNewer(db, room, from, steps.length);
    for (const step of steps.slice(from)) {
      step.up(db);
      ran.push(`${room} ${step.number}`);
    }
    if (steps.length > from) versions.put(db, { room, version: steps.length });
    current.delete(room);
  }
  for (const [room, version] of current) refuseNewer(db, room, version, 0);
  return ran;
}

/** Throws `conflict` when a newer version wrote this database. */
export function refuseNewerSchema(db: Database, migrations: readonly Migration[]): void {
  const known = byRoom(migrations);
  for (const { room, version } of versions.select(db, '')) refuseNewer(db, room, version, known.get(room)?.length ?? 0);
}

export const schemaVersionsTable = versions;

function byRoom(migrations: readonly Migration[]): Map<string, Migration[]> {
  const rooms = new Map<string, Migration[]>();
  for (const migration of migrations) {
    const steps = rooms.get(migration.room) ?? [];
    steps.push(migration);
    rooms.set(migration.room, steps);
  }
  for (const [room, steps] of rooms) {
    steps.sort((a, b) => a.number - b.number);
    steps.forEach((step, index) => {
      if (step.number !== index + 1) throw new Error(`migrations of ${room} are not numbered 1, 2, 3, …`);
    });
  }
  return rooms;
}

function refuseNewer(db: Database, room: string, found: number, known: number): void {
  if (found <= known) return;
  throw new CarillonError(
    'conflict',
    `${db.file} was written by a newer version (${room} schema ${found}, this version knows ${known}); run that version`,
  );
}
