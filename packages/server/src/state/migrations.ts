import type { GuardedTable, Migration } from '../storage/index.ts';
import { accountMigrations, accountTables } from './community/accounts.ts';
import { channelMigrations, channelTables } from './community/channels.ts';
import { deskMigrations, deskTables } from './community/desk.ts';
import { jobMigrations, jobTables } from './community/jobs.ts';
import { noticeMigrations, noticeTables } from './community/notices.ts';
import { organizationMigrations, organizationTables } from './community/organization.ts';
import { postMigrations, postTables } from './community/posts.ts';
import { presenceMigrations, presenceTables } from './community/presences.ts';
import { readingMigrations, readingTables } from './community/reading.ts';
import { relationMigrations, relationTables } from './community/relations.ts';
import { searchMigrations, searchTables } from './community/search.ts';
import { workspaceMigrations, workspaceTables } from './community/workspace.ts';
import { credentialMigrations, credentialTables } from './credentials.ts';
import { queueMigrations, queueTables } from './queues.ts';
import { streamMigrations, streamTables } from './streams.ts';

/**
 * The schema of everything beside the log, room by room. To add tables: write their `CREATE TABLE` as numbered steps in
 * the room's own file (last column `sum INTEGER NOT NULL`, rows written and read through `summedTable`), and name the
 * steps and the tables here. A released step never changes; a later one alters what it made.
 */
export const stateMigrations: readonly Migration[] = [
  ...credentialMigrations,
  ...streamMigrations,
  ...queueMigrations,
  ...accountMigrations,
  ...channelMigrations,
  ...postMigrations,
  ...readingMigrations,
  ...relationMigrations,
  ...noticeMigrations,
  ...deskMigrations,
  ...organizationMigrations,
  ...searchMigrations,
  ...presenceMigrations,
  ...workspaceMigrations,
  ...jobMigrations,
];

/** Tables whose rows are all read and checked when the server starts, so that damage is told before it is served. */
export const stateTables: readonly GuardedTable[] = [
  ...credentialTables,
  ...streamTables,
  ...queueTables,
  ...accountTables,
  ...channelTables,
  ...postTables,
  ...readingTables,
  ...relationTables,
  ...noticeTables,
  ...deskTables,
  ...organizationTables,
  ...searchTables,
  ...presenceTables,
  ...workspaceTables,
  ...jobTables,
];
