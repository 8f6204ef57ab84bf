import { type Cell, type Database, type GuardedTable, type SqlValue, summedTable } from '../../storage/index.ts';
import type { Statement } from './statement.ts';

/** A table of whole rows, each checked when it is read. Asynchronous, because a database across a network is. */
export interface Table<Row extends object, Key extends keyof Row & string> {
  /** For the proof at start. */
  readonly guarded: GuardedTable;
  /** Throws when a row of this key exists. */
  insert(db: Database, row: Row): Promise<void>;
  put(db: Database, row: Row): Promise<void>;
  get(db: Database, key: Pick<Row, Key>): Promise<Row | undefined>;
  /** Whether there was such a row. */
  remove(db: Database, key: Pick<Row, Key>): Promise<boolean>;
  /** Runs a statement that selects all of the table's columns (`selectAll('posts')` where others are joined). */
  find<Values>(db: Database, statement: Statement<Values>, values: Values): Promise<readonly Row[]>;
}

export function communityTable<Row extends { [Name in keyof Row]: Cell }, Key extends keyof Row & string>(
  name: string,
  columns: readonly (keyof Row & string)[],
  key: readonly Key[],
): Table<Row, Key> {
  const table = summedTable<Row, Key>(name, columns, key);
  return {
    guarded: table,
    insert: async (db, row) => table.insert(db, row),
    put: async (db, row) => table.put(db, row),
    get: async (db, wanted) => table.get(db, wanted),
    remove: async (db, wanted) => table.remove(db, wanted),
    find: async (db, { sql, bind }, values) => table.rows(db, sql, ...(bind(values) satisfies SqlValue[])),
  };
}

/** A number that a statement answers with as its only column `n`: a count, a maximum. */
export async function numberOf<Values>(
  db: Database,
  { sql, bind }: Statement<Values>,
  values: Values,
): Promise<number> {
  return Number(db.prepare(sql).get(...(bind(values) satisfies SqlValue[]))?.['n'] ?? 0);
}

/** What a statement computes (groups, ranks, counts): answers that no row's sum can vouch for. */
export async function computed<Values>(
  db: Database,
  { sql, bind }: Statement<Values>,
  values: Values,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  return db.prepare(sql).all(...(bind(values) satisfies SqlValue[]));
}

/** The column `n` of every row that a statement answers with, in its order: ids, counts. */
export async function numbersOf<Values>(
  db: Database,
  answering: Statement<Values>,
  values: Values,
): Promise<readonly number[]> {
  return (await computed(db, answering, values)).map(({ n }) => Number(n));
}
