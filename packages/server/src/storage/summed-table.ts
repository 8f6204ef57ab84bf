import { CarillonError } from '@carillon/core';
import type { Database, SqlValue } from './driver.ts';
import { faultOf } from './faults.ts';
import { sumValues } from './sums.ts';

export type Cell = string | number | null | Uint8Array;

/** A table whose rows carry a checksum of themselves, checked on every read. */
export interface SummedTable<Row extends object, Key extends keyof Row & string> {
  readonly name: string;
  /** Columns without `sum`, in the order that is summed. */
  readonly columns: readonly (keyof Row & string)[];
  /** Throws when a row of this key exists. */
  insert(db: Database, row: Row): void;
  /** Inserts, or replaces the row of the same key. */
  put(db: Database, row: Row): void;
  get(db: Database, key: Pick<Row, Key>): Row | undefined;
  /** `tail` is what follows FROM: `WHERE app = ? ORDER BY name LIMIT 100`. It must be a constant text. */
  select(db: Database, tail: string, ...parameters: SqlValue[]): Row[];
  /** Runs a whole query that answers with all columns and `sum` of this table. */
  rows(db: Database, sql: string, ...parameters: SqlValue[]): Row[];
  /** Whether there was such a row. */
  remove(db: Database, key: Pick<Row, Key>): boolean;
  /** Removes what `tail` names and tells how many rows went. */
  removeWhere(db: Database, tail: string, ...parameters: SqlValue[]): number;
  /** Reads every row and throws `corrupt` on the first that fails. */
  verify(db: Database): void;
  /** Copies the rows of a damaged database that can be read and pass; tells how many were read and do not. */
  salvage(from: Database, to: Database): number;
}

export type GuardedTable = Pick<SummedTable<Record<string, Cell>, string>, 'name' | 'verify' | 'salvage'>;

/**
 * Describes a table that its migration has created with exactly these columns and a last column `sum INTEGER NOT
 * NULL`. `Row` must list them all; values are text, safe integers, bytes or null.
 */
export function summedTable<Row extends { [Name in keyof Row]: Cell }, Key extends keyof Row & string>(
  name: string,
  columns: readonly (keyof Row & string)[],
  key: readonly Key[],
): SummedTable<Row, Key> {
  const list = columns.join(', ');
  const marks = columns.map(() => '?').join(', ');
  const match = key.map((column) => `${column} = ?`).join(' AND ');
  const insertInto = `INTO ${name} (${list}, sum) VALUES (${marks}, ?)`;
  const cells = (row: Row): Cell[] => columns.map((column) => row[column]);
  const keyCells = (row: Pick<Row, Key>): Cell[] => key.map((column) => row[column]);
  const write = (db: Database, verb: string, row: Row): void => {
    const values = cells(row);
    db.prepare(`${verb} ${insertInto}`).run(...values, sumValues(name, values));
  };
  const rows = (db: Database, sql: string, ...parameters: SqlValue[]): Row[] =>
    db
      .prepare(sql)
      .all(...parameters)
      .map((found) => {
        const { sum, ...rest } = found;
        // The columns are those of Row by the promise of this function; a wrong type in one fails the sum.
        const row = rest as unknown as Row;
        const values = cells(row);
        if (sum !== sumValues(name, values)) throw corruptRow(db, name, describe(key, keyCells(row)));
        return row;
      });
  const select = (db: Database, tail: string, ...parameters: SqlValue[]): Row[] =>
    rows(db, `SELECT ${list}, sum FROM ${name} ${tail}`, ...parameters);
  return {
    name,
    columns,
    insert: (db, row) => write(db, 'INSERT', row),
    put: (db, row) => write(db, 'INSERT OR REPLACE', row),
    get: (db, wanted) => select(db, `WHERE ${match}`, ...keyCells(wanted))[0],
    select,
    rows,
    remove: (db, wanted) =>
      Number(db.prepare(`DELETE FROM ${name} WHERE ${match}`).run(...keyCells(wanted)).changes) > 0,
    removeWhere: (db, tail, ...parameters) =>
      Number(db.prepare(`DELETE FROM ${name} ${tail}`).run(...parameters).changes),
    verify(db) {
      for (const found of db.prepare(`SELECT ${list}, sum FROM ${name}`).iterate()) {
        const values = columns.map((column) => found[column] ?? null);
        if (found['sum'] === sumValues(name, values)) continue;
        const at = key.map((column) => found[column] ?? null);
        throw corruptRow(db, name, describe(key, at));
      }
    },
    salvage(from, to) {
      const insert = to.prepare(`INSERT OR IGNORE ${insertInto}`);
      let failed = 0;
      // A damaged page stops a scan; one from the other end reads what lies behind it.
      for (const order of ['ASC', 'DESC']) {
        const sorting = key.map((column) => `${column} ${order}`).join(', ');
        const whole = tolerate(() => {
          for (const found of from.prepare(`SELECT ${list}, sum FROM ${name} ORDER BY ${sorting}`).iterate()) {
            const values = columns.map((column) => found[column] ?? null);
            if (found.sum === sumValues(name, values)) insert.run(...values, found.sum);
            else failed += 1;
          }
        });
        if (whole) break;
      }
      return failed;
    },
  };
}

/** Whether it ran to its end; what cannot be read ends it. */
function tolerate(read: () => void): boolean {
  try {
    read();
    return true;
  } catch (error) {
    if (faultOf(error) === 'refused') throw error;
    return false;
  }
}

function corruptRow(db: Database, table: string, key: string): CarillonError {
  return new CarillonError(
    'corrupt',
    `${db.file}: the row of table ${table} with ${key} fails its checksum; restore the data directory from a backup`,
    { facts: { file: db.file, table } },
  );
}

function describe(names: readonly string[], values: readonly SqlValue[]): string {
  return names.map((column, index) => `${column} ${JSON.stringify(values[index] ?? null)}`).join(', ');
}
