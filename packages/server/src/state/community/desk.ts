import type { Migration } from '../../storage/index.ts';
import type {
  AlertWordRow,
  BotStorageRow,
  DraftRow,
  ScheduledPostRow,
  SnippetRow,
  SubmessageRow,
  UserStatusRow,
} from './rows/desk.ts';
import { communityTable } from './table.ts';

export const scheduledPosts = communityTable<ScheduledPostRow, 'id'>(
  'scheduled_posts',
  ['id', 'account', 'due_at', 'post', 'media', 'failed', 'created_at'],
  ['id'],
);
export const drafts = communityTable<DraftRow, 'id'>(
  'drafts',
  ['id', 'account', 'kind', 'recipients', 'topic', 'text', 'edited_at'],
  ['id'],
);
export const snippets = communityTable<SnippetRow, 'id'>(
  'snippets',
  ['id', 'account', 'title', 'text', 'created_at'],
  ['id'],
);
export const userStatuses = communityTable<UserStatusRow, 'account'>(
  'user_statuses',
  ['account', 'text', 'emoji', 'away', 'updated_at'],
  ['account'],
);
export const alertWords = communityTable<AlertWordRow, 'account' | 'folded'>(
  'alert_words',
  ['account', 'folded', 'word'],
  ['account', 'folded'],
);

export const botStorage = communityTable<BotStorageRow, 'account' | 'key'>(
  'bot_storage',
  ['account', 'key', 'value'],
  ['account', 'key'],
);
export const submessages = communityTable<SubmessageRow, 'id'>(
  'submessages',
  ['id', 'post', 'account', 'type', 'content', 'created_at'],
  ['id'],
);

export const deskTables = [scheduledPosts, drafts, snippets, userStatuses, alertWords, botStorage, submessages].map(
  ({ guarded }) => guarded,
);

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
CREATE INDEX scheduled_posts_due ON scheduled_posts (due_at, id) WHERE failed IS NULL;
CREATE TABLE drafts (
  id INTEGER PRIMARY KEY, account INTEGER NOT NULL, kind TEXT NOT NULL, recipients TEXT NOT NULL, topic TEXT NOT NULL,
  text TEXT NOT NULL, edited_at INTEGER NOT NULL, sum INTEGER NOT NULL
) STRICT;
CREATE INDEX drafts_by_account ON drafts (account, id);
CREATE TABLE snippets (
  id INTEGER PRIMARY KEY, account INTEGER NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL,
  created_at INTEGER NOT NULL, sum INTEGER NOT NULL
) STRICT;
CREATE INDEX snippets_by_account ON snippets (account, id);
CREATE TABLE user_statuses (
  account INTEGER PRIMARY KEY, text TEXT NOT NULL, emoji TEXT, away INTEGER NOT NULL, updated_at INTEGER NOT NULL,
  sum INTEGER NOT NULL
) STRICT;
CREATE TABLE alert_words (
  account INTEGER NOT NULL, folded TEXT NOT NULL, word TEXT NOT NULL, sum INTEGER NOT NULL,
  PRIMARY KEY (account, folded)
) STRICT, WITHOUT ROWID;
CREATE TABLE bot_storage (
  account INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, sum INTEGER NOT NULL, PRIMARY KEY (account, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE submessages (
  id INTEGER PRIMARY KEY, post INTEGER NOT NULL, account INTEGER NOT NULL, type TEXT NOT NULL, content TEXT NOT NULL,
  created_at INTEGER NOT NULL, sum INTEGER NOT NULL
) STRICT;
CREATE INDEX submessages_by_post ON submessages (post, id);
CREATE INDEX submessages_by_account ON submessages (account);
CREATE INDEX media_by_account ON media (account, bytes);`),
  },
];
