import { type Migration, summedTable } from '../../storage/index.ts';
import type {
  DroppedFileRow,
  MediaRow,
  PostEditRow,
  PostFlagsRow,
  PostMentionRow,
  PostRow,
  PostTagRow,
  ReactionRow,
} from './rows/posts.ts';
import { communityTable } from './table.ts';

export const posts = communityTable<PostRow, 'id'>(
  'posts',
  [
    'id',
    'channel',
    'author',
    'kind',
    'node',
    'visibility',
    'shared',
    'reply_to',
    'reply_to_account',
    'thread',
    'topic',
    'language',
    'sensitive',
    'warning',
    'source_format',
    'source',
    'html',
    'text',
    'tags',
    'media',
    'application',
    'application_website',
    'origin',
    'replies_count',
    'shares_count',
    'favourites_count',
    'created_at',
    'edited_at',
  ],
  ['id'],
);
export const postEdits = communityTable<PostEditRow, 'post' | 'number'>(
  'post_edits',
  ['post', 'number', 'source_format', 'source', 'html', 'text', 'warning', 'sensitive', 'tags', 'media', 'created_at'],
  ['post', 'number'],
);
export const postTags = communityTable<PostTagRow, 'tag' | 'post'>('post_tags', ['tag', 'post'], ['tag', 'post']);
export const postMentions = communityTable<PostMentionRow, 'post' | 'account'>(
  'post_mentions',
  ['post', 'account'],
  ['post', 'account'],
);
export const postFlags = communityTable<PostFlagsRow, 'account' | 'post'>(
  'post_flags',
  ['account', 'post', 'bookmarked', 'pinned', 'muted', 'read', 'collapsed'],
  ['account', 'post'],
);
const FIRST_REACTION_COLUMNS = ['id', 'post', 'account', 'emoji', 'created_at'] as const;
const REACTION_COLUMNS = [...FIRST_REACTION_COLUMNS, 'name'] as const;
export const reactions = communityTable<ReactionRow, 'id'>('reactions', REACTION_COLUMNS, ['id']);
export const media = communityTable<MediaRow, 'id'>(
  'media',
  [
    'id',
    'account',
    'type',
    'content_type',
    'file',
    'preview',
    'meta',
    'description',
    'blurhash',
    'bytes',
    'post',
    'created_at',
  ],
  ['id'],
);

export const droppedFiles = communityTable<DroppedFileRow, 'file'>('dropped_files', ['file'], ['file']);

export const postTables = [posts, postEdits, postTags, postMentions, postFlags, reactions, media, droppedFiles].map(
  ({ guarded }) => guarded,
);

export const postMigrations: readonly Migration[] = [
  {
    room: 'posts',
    number: 1,
    up: (db) =>
      db.exec(`
CREATE TABLE posts (
  id INTEGER PRIMARY KEY, channel INTEGER NOT NULL, author INTEGER NOT NULL, kind TEXT NOT NULL, node TEXT NOT NULL,
  visibility TEXT NOT NULL, shared INTEGER, reply_to INTEGER, reply_to_account INTEGER, thread INTEGER NOT NULL,
  topic TEXT NOT NULL, language TEXT, sensitive INTEGER NOT NULL, warning TEXT NOT NULL,
  source_format TEXT NOT NULL, source TEXT NOT NULL, html TEXT NOT NULL, text TEXT NOT NULL, tags TEXT NOT NULL,
  media TEXT NOT NULL, application TEXT, application_website TEXT, origin TEXT, replies_count INTEGER NOT NULL,
  shares_count INTEGER NOT NULL, favourites_count INTEGER NOT NULL, created_at INTEGER NOT NULL, edited_at INTEGER,
  sum INTEGER NOT NULL
) STRICT;
CREATE INDEX posts_by_channel ON posts (channel, id);
CREATE INDEX posts_by_author ON posts (author, id);
CREATE INDEX posts_by_thread ON posts (thread, id);
CREATE INDEX posts_by_reply ON posts (reply_to) WHERE reply_to IS NOT NULL;
CREATE UNIQUE INDEX posts_by_share ON posts (shared, author) WHERE shared IS NOT NULL;
CREATE UNIQUE INDEX posts_by_origin ON posts (origin) WHERE origin IS NOT NULL;
CREATE INDEX posts_public ON posts (id) WHERE visibility = 'public' AND kind <> 'share';
CREATE TABLE post_edits (
  post INTEGER NOT NULL, number INTEGER NOT NULL, source_format TEXT NOT NULL, source TEXT NOT NULL,
  html TEXT NOT NULL, text TEXT NOT NULL, warning TEXT NOT NULL, sensitive INTEGER NOT NULL, tags TEXT NOT NULL,
  media TEXT NOT NULL, created_at INTEGER NOT NULL, sum INTEGER NOT NULL, PRIMARY KEY (post, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE post_tags (
  tag TEXT NOT NULL, post INTEGER NOT NULL, sum INTEGER NOT NULL, PRIMARY KEY (tag, post)
) STRICT, WITHOUT ROWID;
CREATE INDEX post_tags_by_post ON post_tags (post);
CREATE TABLE post_mentions (
  post INTEGER NOT NULL, account INTEGER NOT NULL, sum INTEGER NOT NULL, PRIMARY KEY (post, account)
) STRICT, WITHOUT ROWID;
CREATE INDEX post_mentions_by_account ON post_mentions (account, post);
CREATE TABLE post_flags (
  account INTEGER NOT NULL, post INTEGER NOT NULL, bookmarked INTEGER, pinned INTEGER, muted INTEGER NOT NULL,
  read INTEGER NOT NULL, collapsed INTEGER NOT NULL, sum INTEGER NOT NULL, PRIMARY KEY (account, post)
) STRICT, WITHOUT ROWID;
CREATE INDEX post_flags_by_post ON post_flags (post);
CREATE INDEX post_flags_bookmarked ON post_flags (account, bookmarked) WHERE bookmarked IS NOT NULL;
CREATE INDEX post_flags_pinned ON post_flags (account, pinned) WHERE pinned IS NOT NULL;
CREATE TABLE reactions (
  id INTEGER PRIMARY KEY, post INTEGER NOT NULL, account INTEGER NOT NULL, emoji TEXT NOT NULL,
  created_at INTEGER NOT NULL, sum INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX reactions_by_post ON reactions (post, emoji, account);
CREATE INDEX reactions_by_account ON reactions (account, emoji, id);
CREATE TABLE media (
  id INTEGER PRIMARY KEY, account INTEGER NOT NULL, type TEXT NOT NULL, content_type TEXT NOT NULL,
  file TEXT NOT NULL, preview TEXT, meta TEXT NOT NULL, description TEXT, blurhash TEXT, bytes INTEGER NOT NULL,
  post INTEGER, created_at INTEGER NOT NULL, sum INTEGER NOT NULL
) STRICT;
CREATE INDEX media_by_post ON media (post);
CREATE UNIQUE INDEX media_by_file ON media (file);
CREATE UNIQUE INDEX media_by_preview ON media (preview) WHERE preview IS NOT NULL;
CREATE INDEX media_unused ON media (created_at) WHERE post IS NULL;
CREATE TABLE dropped_files (file TEXT PRIMARY KEY, sum INTEGER NOT NULL) STRICT, WITHOUT ROWID;`),
  },
  {
    room: 'posts',
    number: 2,
    up: (db) => {
      const named = summedTable<ReactionRow, 'id'>('reactions', REACTION_COLUMNS, ['id']);
      const before = summedTable<Omit<ReactionRow, 'name'>, 'id'>('reactions', FIRST_REACTION_COLUMNS, ['id']);
      const rows = before.select(db, '');
      db.exec(`ALTER TABLE reactions ADD COLUMN name TEXT NOT NULL DEFAULT ''`);
      for (const row of rows) named.put(db, { ...row, name: row.emoji === '⭐' ? 'star' : row.emoji });
    },
  },
];
