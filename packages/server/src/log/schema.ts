import { type GuardedTable, type Migration, summedTable } from '../storage/index.ts';

export interface TopicRow {
  id: number;
  name: string;
  last_removed: number;
}

export interface RemovedRow {
  first: number;
  last: number;
}

export interface SubjectRow {
  position: number;
  subject: string;
}

/** A derived copy of the places of `events` events, the last of which is at `last` (`place-chunks.ts`). */
export interface ChunkRow {
  last: number;
  events: number;
  body: Uint8Array;
}

export const topicsTable = summedTable<TopicRow, 'id'>('topics', ['id', 'name', 'last_removed'], ['id']);
export const removedTable = summedTable<RemovedRow, 'first'>('removed', ['first', 'last'], ['first']);
export const subjectsTable = summedTable<SubjectRow, 'position' | 'subject'>(
  'subjects',
  ['position', 'subject'],
  ['position', 'subject'],
);

export const chunksTable = summedTable<ChunkRow, 'last'>('place_chunks', ['last', 'events', 'body'], ['last']);

/** Tables that cannot be rebuilt from others. */
export const logTables: readonly GuardedTable[] = [topicsTable, removedTable, subjectsTable];

/**
 * `events.topics` holds topic ids: one as an integer, several as text joined by commas. `place_sum` covers position,
 * id, time and topics, so that the index can be rebuilt without reading data; `sum` covers everything, starting from
 * `place_sum`. `data` is NULL once erased. The small columns come first: a scan of them does not follow long rows.
 */
export const logMigrations: readonly Migration[] = [
  {
    room: 'log',
    number: 1,
    up: (db) =>
      db.exec(`
CREATE TABLE events (
  position INTEGER PRIMARY KEY, id INTEGER NOT NULL, time INTEGER NOT NULL, topics ANY NOT NULL,
  place_sum INTEGER NOT NULL, sum INTEGER NOT NULL, type TEXT NOT NULL, extra TEXT NOT NULL, data BLOB
) STRICT;
CREATE TABLE topics (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, last_removed INTEGER NOT NULL, sum INTEGER NOT NULL
) STRICT;
CREATE TABLE removed (
  first INTEGER PRIMARY KEY, last INTEGER NOT NULL, sum INTEGER NOT NULL
) STRICT;
CREATE TABLE subjects (
  position INTEGER NOT NULL, subject TEXT NOT NULL, sum INTEGER NOT NULL, PRIMARY KEY (position, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX subjects_by_subject ON subjects (subject);`),
  },
  {
    room: 'log',
    number: 2,
    up: (db) =>
      db.exec(`CREATE TABLE place_chunks (
  last INTEGER PRIMARY KEY, events INTEGER NOT NULL, body BLOB NOT NULL, sum INTEGER NOT NULL
) STRICT`),
  },
];
