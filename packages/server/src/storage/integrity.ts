import { damaged } from './boot.ts';
import type { QueryHandlers } from './command.ts';
import type { Database } from './driver.ts';
import { keysTable } from './idempotency.ts';
import { logEndTable } from './log-end.ts';
import { lossesTable } from './losses.ts';
import { schemaVersionsTable } from './migrations.ts';
import type { GuardedTable } from './summed-table.ts';
import { verifyStructure, verifyTables } from './verify.ts';

const OWN_TABLES: readonly GuardedTable[] = [schemaVersionsTable, logEndTable, keysTable, lossesTable];

/**
 * What a start asks before it is ready (kernel K9). SQLite's own check finds damaged pages and indexes that lost a
 * row; the sums find damaged values.
 */
export function integrityQueries(tables: readonly GuardedTable[]): QueryHandlers {
  return {
    [verifyStructure.name]: (db: Database): undefined => checkStructure(db),
    [verifyTables.name]: (db: Database): undefined => checkTables(db, tables),
  };
}

export function checkStructure(db: Database): undefined {
  const [first] = db.prepare('PRAGMA integrity_check(1)').all();
  const said = String(first?.integrity_check);
  if (said !== 'ok') throw damaged(`${db.file} is damaged: ${said.replaceAll('\n', ' ')}`);
}

export function checkTables(db: Database, tables: readonly GuardedTable[]): undefined {
  for (const table of [...OWN_TABLES, ...tables]) table.verify(db);
}
