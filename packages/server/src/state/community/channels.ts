import type { Migration } from '../../storage/index.ts';
import type { ChannelRow, FollowRow } from './rows/channels.ts';
import { communityTable } from './table.ts';

export const channels = communityTable<ChannelRow, 'id'>(
  'channels',
  [
    'id',
    'kind',
    'slug',
    'title',
    'description',
    'access',
    'default_affiliation',
    'owner',
    'participants',
    'followers_count',
    'posts_count',
    'last_post_at',
    'created_at',
  ],
  ['id'],
);
export const follows = communityTable<FollowRow, 'channel' | 'account'>(
  'follows',
  ['channel', 'account', 'state', 'affiliation', 'since_position', 'id', 'shares', 'notify', 'languages', 'created_at'],
  ['channel', 'account'],
);

export const channelTables = [channels, follows].map(({ guarded }) => guarded);

export const channelMigrations: readonly Migration[] = [
  {
    room: 'channels',
    number: 1,
    up: (db) =>
      db.exec(`
CREATE TABLE channels (
  id INTEGER PRIMARY KEY, kind TEXT NOT NULL, slug TEXT, title TEXT NOT NULL, description TEXT NOT NULL,
  access TEXT NOT NULL, default_affiliation TEXT NOT NULL, owner INTEGER NOT NULL, participants TEXT,
  followers_count INTEGER NOT NULL, posts_count INTEGER NOT NULL, last_post_at INTEGER, created_at INTEGER NOT NULL,
  sum INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX channels_by_slug ON channels (slug) WHERE slug IS NOT NULL;
CREATE UNIQUE INDEX channels_by_participants ON channels (participants) WHERE participants IS NOT NULL;
CREATE TABLE follows (
  channel INTEGER NOT NULL, account INTEGER NOT NULL, state TEXT NOT NULL, affiliation TEXT NOT NULL,
  since_position INTEGER NOT NULL, id INTEGER NOT NULL, shares INTEGER NOT NULL, notify INTEGER NOT NULL,
  languages TEXT, created_at INTEGER NOT NULL, sum INTEGER NOT NULL, PRIMARY KEY (channel, account)
) STRICT, WITHOUT ROWID;
CREATE INDEX follows_by_account ON follows (account, id);
CREATE INDEX follows_by_channel ON follows (channel, id);
CREATE INDEX follows_notified ON follows (channel, id) WHERE notify = 1;
CREATE INDEX follows_pending ON follows (channel, id) WHERE state = 'pending';
CREATE INDEX follows_staff ON follows (account, channel) WHERE affiliation IN ('owner', 'moderator');
CREATE INDEX follows_by_staff ON follows (channel, id) WHERE affiliation IN ('owner', 'moderator');`),
  },
  {
    room: 'channels',
    number: 2,
    up: (db) => db.exec("CREATE INDEX channels_by_title ON channels (title COLLATE NOCASE) WHERE kind = 'group';"),
  },
];
