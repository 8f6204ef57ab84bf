import { damaged } from './boot.ts';
import type { QueryHandlers } from './command.ts';
import type { Database } from './driver.ts';
import { keysTable } from './idempotency.ts';
import { logEndTable } from './log-end.ts';
import { lossesTable } from './losses.ts';
import { schemaVersionsTable } from './migrations.ts';
import type { GuardedTable } from './summed-table.ts';
import { countKeys, verifyKeys, verifyStructure, verifyTables } from './verify.ts';

const OWN_TABLES: readonly GuardedTable[] = [schemaVersionsTable, logEndTable, lossesTable];

/**
 * What a start asks before it is ready (kernel K9). SQLite's own check finds damaged pages and indexes that lost a
 * row; the sums find damaged values.
 */
export function integrityQueries(tables: readonly GuardedTable[]): QueryHandlers {
  return {
    [verifyStructure.name]: (db: Database): undefined => checkStructure(db),
    [verifyTables.name]: (db: Database): undefined => checkTables(db, tables),
    [verifyKeys.name]: (db: Database, { after }: { readonly after: number }) =>
      keysTable.select(db, 'WHERE number > ? ORDER BY number LIMIT 2000', after).at(-1)?.number,
    [countKeys.name]: (db: Database) => Number(db.prepare('SELECT count(*) AS n FROM idempotency_keys').get()?.n),
  };
}

export function checkStructure(db: Database): undefined {
  const [first] = db.prepare('PRAGMA integrity_check(1)').all();
  const said = String(first?.integrity_check);
  if (said !== 'ok') throw damaged(`${db.file} is damaged: ${said.replaceAll('\n', ' ')}`);
}

/** Every guarded table but the idempotency keys, which may be many. */
export function checkTables(db: Database, tables: readonly GuardedTable[]): undefined {
  for (const table of [...OWN_TABLES, ...tables]) table.verify(db);
}
