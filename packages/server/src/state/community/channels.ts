import type { Migration } from '../../storage/index.ts';
import type { ChannelRow, FollowRow } from './schema.ts';
import { communityTable } from './table.ts';

export const channels = communityTable<ChannelRow, 'id'>(
  'channels',
  ['id', 'kind', 'slug', 'title', 'description', 'access', 'default_affiliation', 'owner', 'created_at'],
  ['id'],
);
export const follows = communityTable<FollowRow, 'channel' | 'account'>(
  'follows',
  ['channel', 'account', 'state', 'affiliation', 'since_position', 'created_at'],
  ['channel', 'account'],
);

export const channelTables = [channels.guarded, follows.guarded];

export const channelMigrations: readonly Migration[] = [
  {
    room: 'channels',
    number: 1,
    up: (db) =>
      db.exec(`
CREATE TABLE channels (
  id INTEGER PRIMARY KEY, kind TEXT NOT NULL, slug TEXT UNIQUE, title TEXT NOT NULL, description TEXT NOT NULL,
  access TEXT NOT NULL, default_affiliation TEXT NOT NULL, owner INTEGER NOT NULL, created_at INTEGER NOT NULL,
  sum INTEGER NOT NULL
) STRICT;
CREATE TABLE follows (
  channel INTEGER NOT NULL, account INTEGER NOT NULL, state TEXT NOT NULL, affiliation TEXT NOT NULL,
  since_position INTEGER NOT NULL, created_at INTEGER NOT NULL, sum INTEGER NOT NULL, PRIMARY KEY (channel, account)
) STRICT, WITHOUT ROWID;
CREATE INDEX follows_by_account ON follows (account);`),
  },
];
