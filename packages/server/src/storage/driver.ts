import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { isMainThread } from 'node:worker_threads';

export type SqlValue = SQLInputValue;
export type Statement = StatementSync;

export interface Database {
  readonly file: string;
  /** Whether a transaction is open; SQLite ends one by itself on some write errors. */
  readonly inTransaction: boolean;
  /** The statement, prepared once per connection and text. */
  prepare(sql: string): Statement;
  /** The same, with rows as arrays of columns: for hot paths. */
  prepareArrays(sql: string): Statement;
  exec(sql: string): void;
  close(): void;
}

export interface OpenOptions {
  readonly readOnly: boolean;
  /** How long a statement waits for another connection's lock, milliseconds. */
  readonly timeoutMs?: number;
}

/**
 * Opens one connection. The main thread may not: a slow disk would hold up every socket.
 * Statements are kept, because compiling them on each call costs a third of the throughput.
 */
export function openDatabase(file: string, options: OpenOptions): Database {
  if (isMainThread) throw new Error('SQLite is used in the writer and reader threads only');
  const connection = new DatabaseSync(file, { readOnly: options.readOnly, timeout: options.timeoutMs ?? 5_000 });
  const statements = new Map<string, Statement>();
  const arrayStatements = new Map<string, Statement>();
  return {
    file,
    get inTransaction() {
      return connection.isTransaction;
    },
    prepare(sql) {
      const known = statements.get(sql);
      if (known) return known;
      const statement = connection.prepare(sql);
      statements.set(sql, statement);
      return statement;
    },
    prepareArrays(sql) {
      const known = arrayStatements.get(sql);
      if (known) return known;
      const statement = connection.prepare(sql);
      statement.setReturnArrays(true);
      arrayStatements.set(sql, statement);
      return statement;
    },
    exec: (sql) => connection.exec(sql),
    close: () => connection.close(),
  };
}
