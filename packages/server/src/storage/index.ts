export { firstIdOf } from './clock.ts';
export type {
  CommandAnswer,
  CommandContext,
  CommandHandler,
  CommandHandlers,
  Commands,
  Message,
  QueryAnswer,
  QueryHandler,
  QueryHandlers,
} from './command.ts';
export type { Database, SqlValue } from './driver.ts';
export { endProcess } from './end-process.ts';
export { addExtra, encodeExtra, subjectsOf } from './event-codec.ts';
export type { EventWriter, LooseEvent, Place } from './event-writer.ts';
export { exactBytes, ownBytes } from './exact-bytes.ts';
export type { FramedEvent, PreparedEvent } from './frame.ts';
export type { Changes, Notice, Opened, Side, TopicColumn } from './messages.ts';
export type { Migration } from './migrations.ts';
export { ReaderPool } from './reader-pool.ts';
export type { SalvagedEvents } from './salvage.ts';
export { DATABASE_NAME, type RetentionSettings, STORAGE_DEFAULTS, type StorageSettings } from './settings.ts';
export { type Cell, type GuardedTable, type SummedTable, summedTable } from './summed-table.ts';
export { siblingModule, spawnThread, type ThreadRoots } from './threads.ts';
export { countKeys, verifyKeys, verifyStructure, verifyTables } from './verify.ts';
export { type CommitSink, type OperationAnswer, WriterClient } from './writer-client.ts';
