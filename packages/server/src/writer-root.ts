import {
  accountCommands,
  credentialCommands,
  deskCommands,
  ingestCommands,
  jobCommands,
  noticeCommands,
  oauthCommands,
  organizationCommands,
  peopleCommands,
  postCommands,
  presenceCommands,
  queueCommands,
  relationCommands,
  streamCommands,
  unusedMediaCommands,
  workspaceCommands,
} from './domain/index.ts';
import { logMigrations, logTables } from './log/index.ts';
import { EventTable, lastEvent, salvageEvents, verifyEvents } from './log/thread.ts';
import { stateMigrations, stateTables } from './state/index.ts';
import { runWriter } from './storage/thread.ts';

/** The writer thread, put together: the schema, the log's rows, and every command by name. */
runWriter({
  migrations: [...logMigrations, ...stateMigrations],
  tables: [...logTables, ...stateTables],
  handlers: {
    ...credentialCommands,
    ...accountCommands,
    ...peopleCommands,
    ...postCommands,
    ...presenceCommands,
    ...relationCommands,
    ...ingestCommands,
    ...noticeCommands,
    ...deskCommands,
    ...oauthCommands,
    ...organizationCommands,
    ...queueCommands,
    ...streamCommands,
    ...unusedMediaCommands,
    ...workspaceCommands,
    ...jobCommands,
  },
  verifyEvents,
  lastEvent,
  salvageEvents,
  openEvents: (db, settings) => new EventTable(db, settings.retention),
});
