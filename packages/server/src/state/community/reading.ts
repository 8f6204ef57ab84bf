import { type Migration, summedTable } from '../../storage/index.ts';
import type { MovedPostRow, PostMoveRow, ReadMarkRow, TopicPostRow } from './rows/reading.ts';
import { communityTable } from './table.ts';
import { foldTopic } from './topic-names.ts';

export const topicPosts = communityTable<TopicPostRow, 'channel' | 'topic' | 'post'>(
  'topic_posts',
  ['channel', 'topic', 'post'],
  ['channel', 'topic', 'post'],
);
export const movedPosts = communityTable<MovedPostRow, 'post'>(
  'moved_posts',
  ['post', 'channel', 'first_channel'],
  ['post'],
);
export const postMoves = communityTable<PostMoveRow, 'post' | 'number'>(
  'post_moves',
  ['post', 'number', 'actor', 'from_channel', 'from_topic', 'to_channel', 'to_topic', 'created_at'],
  ['post', 'number'],
);
export const readMarks = communityTable<ReadMarkRow, 'account' | 'channel'>(
  'read_marks',
  ['account', 'channel', 'up_to'],
  ['account', 'channel'],
);

export const readingTables = [topicPosts, movedPosts, postMoves, readMarks].map(({ guarded }) => guarded);

export const readingMigrations: readonly Migration[] = [
  {
    room: 'reading',
    number: 1,
    up: (db) => {
      db.exec(`
CREATE TABLE topic_posts (
  channel INTEGER NOT NULL, topic TEXT NOT NULL, post INTEGER NOT NULL, sum INTEGER NOT NULL,
  PRIMARY KEY (channel, topic, post)
) STRICT, WITHOUT ROWID;
CREATE TABLE moved_posts (
  post INTEGER PRIMARY KEY, channel INTEGER NOT NULL, first_channel INTEGER NOT NULL, sum INTEGER NOT NULL
) STRICT;
CREATE INDEX moved_posts_by_channel ON moved_posts (channel, post);
CREATE INDEX moved_posts_by_first ON moved_posts (first_channel, post);
CREATE TABLE post_moves (
  post INTEGER NOT NULL, number INTEGER NOT NULL, actor INTEGER NOT NULL, from_channel INTEGER NOT NULL,
  from_topic TEXT NOT NULL, to_channel INTEGER NOT NULL, to_topic TEXT NOT NULL, created_at INTEGER NOT NULL,
  sum INTEGER NOT NULL, PRIMARY KEY (post, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE read_marks (
  account INTEGER NOT NULL, channel INTEGER NOT NULL, up_to INTEGER NOT NULL, sum INTEGER NOT NULL,
  PRIMARY KEY (account, channel)
) STRICT, WITHOUT ROWID;
CREATE INDEX read_marks_by_channel ON read_marks (channel);
CREATE INDEX post_flags_read ON post_flags (account, read, post) WHERE read > 0;`);
      const found = summedTable<TopicPostRow, 'post'>('topic_posts', ['channel', 'topic', 'post'], ['post']);
      for (const { channel, topic, post } of db
        .prepare(`SELECT channel, topic, id AS post FROM posts WHERE topic <> '' AND visibility <> 'direct'`)
        .all()) {
        found.insert(db, { channel: Number(channel), topic: foldTopic(String(topic)), post: Number(post) });
      }
    },
  },
];
