export { type Log, type LogOptions, openLog } from './log.ts';
export { logMigrations, logTables } from './schema.ts';
