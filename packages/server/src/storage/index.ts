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
export type { Database, Row, SqlValue } from './driver.ts';
export type { Migration } from './migrations.ts';
export { corruptRow, type GuardedTable, type SummedTable, summedTable } from './summed-table.ts';
export { sumValues } from './sums.ts';
