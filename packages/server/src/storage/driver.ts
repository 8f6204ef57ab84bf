import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { isMainThread } from 'node:worker_threads';

export type SqlValue = SQLInputValue;
export type Row = Record<string, string | number | bigint | null | Uint8Array>;
export type Statement = StatementSync;

export interface Database {
  /** The statement, prepared once per connection and text. */
  prepare(sql: string): Statement;
  exec(sql: string): void;
  close(): void;
}

/**
 * Opens one connection. The main thread may not: a slow disk would hold up every socket.
 * Statements are kept, because compiling them on each call costs a third of the throughput.
 */
export function openDatabase(file: string, options: { readonly readOnly: boolean }): Database {
  if (isMainThread) throw new Error('SQLite is used in the writer and reader threads only');
  const connection = new DatabaseSync(file, { readOnly: options.readOnly, timeout: 5_000 });
  const statements = new Map<string, Statement>();
  return {
    prepare(sql) {
      const known = statements.get(sql);
      if (known) return known;
      const statement = connection.prepare(sql);
      statements.set(sql, statement);
      return statement;
    },
    exec: (sql) => connection.exec(sql),
    close: () => connection.close(),
  };
}
