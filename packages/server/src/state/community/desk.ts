import type { Migration } from '../../storage/index.ts';
import type { ScheduledPostRow } from './rows/desk.ts';
import { communityTable } from './table.ts';

export const scheduledPosts = communityTable<ScheduledPostRow, 'id'>(
  'scheduled_posts',
  ['id', 'account', 'due_at', 'post', 'media', 'failed', 'created_at'],
  ['id'],
);

export const deskTables = [scheduledPosts].map(({ guarded }) => guarded);

/** What an account keeps for itself, beside its filters and markers. */
export const deskMigrations: readonly Migration[] = [
  {
    room: 'desk',
    number: 1,
    up: (db) =>
      db.exec(`
CREATE TABLE scheduled_posts (
  id INTEGER PRIMARY KEY, account INTEGER NOT NULL, due_at INTEGER NOT NULL, post TEXT NOT NULL, media TEXT NOT NULL,
  failed TEXT, created_at INTEGER NOT NULL, sum INTEGER NOT NULL
) STRICT;
CREATE INDEX scheduled_posts_by_account ON scheduled_posts (account, id);
CREATE INDEX scheduled_posts_due ON scheduled_posts (due_at, id) WHERE failed IS NULL;`),
  },
];
