export { EventTable } from './event-table.ts';
export { type Log, type LogOptions, openLog } from './log.ts';
export { logQueries } from './queries.ts';
export { logMigrations, logTables } from './schema.ts';
