import { credentialCommands, streamCommands } from './domain/index.ts';
import { EventTable, logMigrations, logTables } from './log/index.ts';
import { stateMigrations, stateTables } from './state/index.ts';
import { runWriter } from './storage/index.ts';

/** The writer thread, put together: the schema, the log's rows, and every command by name. */
runWriter({
  migrations: [...logMigrations, ...stateMigrations],
  tables: [...logTables, ...stateTables],
  handlers: { ...credentialCommands, ...streamCommands },
  openEvents: (db, settings) => new EventTable(db, settings.retention),
});
