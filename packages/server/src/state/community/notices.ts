import type { Migration } from '../../storage/index.ts';
import type {
  AnnouncementReactionRow,
  AnnouncementReadRow,
  AnnouncementRow,
  ConversationRow,
  MarkerRow,
  NotificationPermissionRow,
  NotificationRow,
} from './rows/notices.ts';
import { communityTable } from './table.ts';

export const notifications = communityTable<NotificationRow, 'id'>(
  'notifications',
  ['id', 'account', 'type', 'origin', 'post', 'filtered', 'created_at'],
  ['id'],
);
export const conversations = communityTable<ConversationRow, 'id'>(
  'conversations',
  ['id', 'account', 'thread', 'channel', 'others', 'last_post', 'unread'],
  ['id'],
);
export const markers = communityTable<MarkerRow, 'account' | 'timeline'>(
  'markers',
  ['account', 'timeline', 'last_read', 'version', 'updated_at'],
  ['account', 'timeline'],
);
export const announcements = communityTable<AnnouncementRow, 'id'>(
  'announcements',
  ['id', 'text', 'html', 'starts_at', 'ends_at', 'all_day', 'published_at', 'updated_at'],
  ['id'],
);
export const announcementReactions = communityTable<AnnouncementReactionRow, 'announcement' | 'account' | 'name'>(
  'announcement_reactions',
  ['announcement', 'account', 'name'],
  ['announcement', 'account', 'name'],
);
export const notificationPermissions = communityTable<NotificationPermissionRow, 'account' | 'origin'>(
  'notification_permissions',
  ['account', 'origin'],
  ['account', 'origin'],
);
export const announcementReads = communityTable<AnnouncementReadRow, 'announcement' | 'account'>(
  'announcement_reads',
  ['announcement', 'account'],
  ['announcement', 'account'],
);

export const noticeTables = [
  notifications,
  conversations,
  markers,
  announcements,
  announcementReactions,
  announcementReads,
  notificationPermissions,
].map(({ guarded }) => guarded);

export const noticeMigrations: readonly Migration[] = [
  {
    room: 'notices',
    number: 1,
    up: (db) =>
      db.exec(`
CREATE TABLE notifications (
  id INTEGER PRIMARY KEY, account INTEGER NOT NULL, type TEXT NOT NULL, origin INTEGER NOT NULL, post INTEGER,
  filtered INTEGER NOT NULL, created_at INTEGER NOT NULL, sum INTEGER NOT NULL
) STRICT;
CREATE INDEX notifications_by_account ON notifications (account, id);
CREATE INDEX notifications_by_origin ON notifications (origin, account);
CREATE INDEX notifications_by_post ON notifications (post) WHERE post IS NOT NULL;
CREATE TABLE conversations (
  id INTEGER PRIMARY KEY, account INTEGER NOT NULL, thread INTEGER NOT NULL, channel INTEGER NOT NULL,
  others TEXT NOT NULL, last_post INTEGER, unread INTEGER NOT NULL, sum INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX conversations_by_thread ON conversations (account, thread);
CREATE INDEX conversations_by_last ON conversations (account, last_post);
CREATE TABLE markers (
  account INTEGER NOT NULL, timeline TEXT NOT NULL, last_read TEXT NOT NULL, version INTEGER NOT NULL,
  updated_at INTEGER NOT NULL, sum INTEGER NOT NULL, PRIMARY KEY (account, timeline)
) STRICT, WITHOUT ROWID;
CREATE TABLE announcements (
  id INTEGER PRIMARY KEY, text TEXT NOT NULL, html TEXT NOT NULL, starts_at INTEGER, ends_at INTEGER,
  all_day INTEGER NOT NULL, published_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, sum INTEGER NOT NULL
) STRICT;
CREATE TABLE announcement_reactions (
  announcement INTEGER NOT NULL, account INTEGER NOT NULL, name TEXT NOT NULL, sum INTEGER NOT NULL,
  PRIMARY KEY (announcement, account, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE announcement_reads (
  announcement INTEGER NOT NULL, account INTEGER NOT NULL, sum INTEGER NOT NULL, PRIMARY KEY (announcement, account)
) STRICT, WITHOUT ROWID;
CREATE TABLE notification_permissions (
  account INTEGER NOT NULL, origin INTEGER NOT NULL, sum INTEGER NOT NULL, PRIMARY KEY (account, origin)
) STRICT, WITHOUT ROWID;
CREATE INDEX notification_permissions_by_origin ON notification_permissions (origin);`),
  },
];
