import type { Position } from '@carillon/core';
import { type Database, type Migration, summedTable } from '../storage/index.ts';

/** A part of another stream's events that a fork reads as its own beginning: above `since`, up to `until`. */
export interface StreamSegment {
  readonly topic: string;
  readonly since: Position;
  readonly until: Position;
}

/** Names one accepted request of an idempotent producer. */
export interface ProducerTag {
  readonly id: string;
  readonly epoch: number;
  readonly seq: number;
}

/** One incarnation of a stream: deleting it and creating it again gives another. */
export interface StoredStream {
  /** Position of its `stream.created`; everything at or below it belongs to others. */
  readonly id: Position;
  readonly topic: string;
  readonly contentType: string;
  /** Position of its last data: its own, or the last it inherits; `id` when there is none. */
  readonly tail: Position;
  /** Position of the event that closed it. */
  readonly closedAt?: Position;
  readonly closedBy?: ProducerTag;
  readonly lastSeq?: string;
  /** Seconds of idleness after which it expires. */
  readonly ttlSeconds?: number;
  /** When it expires whatever happens, milliseconds since 1970. */
  readonly expiresAtMs?: number;
  /** When it expires if nothing happens any more. */
  readonly dueAtMs?: number;
  /** When its idle time last began anew. */
  readonly touchedAtMs: number;
  /** The incarnation it was forked from. */
  readonly source?: ForkPoint;
  readonly inherited: readonly StreamSegment[];
  /** How many streams were forked from it and still exist. */
  readonly forks: number;
  /** Position of its `stream.deleted`, while forks still read it. */
  readonly deletedAt?: Position;
}

export interface ForkPoint {
  readonly id: Position;
  readonly topic: string;
  readonly offset: Position;
  readonly subOffset: number;
  /** What the request left to the source. */
  readonly defaults: readonly ('offset' | 'expiry')[];
}

/** Events of a deleted stream that still have to be removed from the log: above `since`, up to `until`. */
export type StreamGarbage = StreamSegment;

/** How far an idempotent producer has come in one stream. */
export interface StoredProducer {
  readonly stream: Position;
  readonly producer: string;
  readonly epoch: number;
  readonly seq: number;
}

type StreamRow = {
  id: number;
  topic: string;
  content_type: string;
  tail: number;
  closed_at: number | null;
  closed_by: string | null;
  last_seq: string | null;
  ttl_seconds: number | null;
  expires_at: number | null;
  due_at: number | null;
  touched_at: number;
  source_id: number | null;
  source: string | null;
  inherited: string;
  forks: number;
  deleted_at: number | null;
};

export const streamMigrations: readonly Migration[] = [
  {
    room: 'streams',
    number: 1,
    up(db) {
      db.exec(`
CREATE TABLE streams (
  id INTEGER PRIMARY KEY, topic TEXT NOT NULL UNIQUE, content_type TEXT NOT NULL, tail INTEGER NOT NULL,
  closed_at INTEGER, closed_by TEXT, last_seq TEXT, ttl_seconds INTEGER, expires_at INTEGER, due_at INTEGER,
  touched_at INTEGER NOT NULL, source_id INTEGER, source TEXT, inherited TEXT NOT NULL, forks INTEGER NOT NULL,
  deleted_at INTEGER, sum INTEGER NOT NULL
) STRICT;
CREATE INDEX streams_by_due ON streams (due_at) WHERE due_at IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX streams_by_source ON streams (source_id) WHERE source_id IS NOT NULL;
CREATE TABLE stream_producers (
  stream INTEGER NOT NULL, producer TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL, sum INTEGER NOT NULL,
  PRIMARY KEY (stream, producer)
) STRICT, WITHOUT ROWID;
CREATE TABLE stream_garbage (
  topic TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL, sum INTEGER NOT NULL,
  PRIMARY KEY (topic, until)
) STRICT, WITHOUT ROWID;
`);
    },
  },
];

const streams = summedTable<StreamRow, 'id'>(
  'streams',
  [
    'id',
    'topic',
    'content_type',
    'tail',
    'closed_at',
    'closed_by',
    'last_seq',
    'ttl_seconds',
    'expires_at',
    'due_at',
    'touched_at',
    'source_id',
    'source',
    'inherited',
    'forks',
    'deleted_at',
  ],
  ['id'],
);
const producers = summedTable<StoredProducer, 'stream' | 'producer'>(
  'stream_producers',
  ['stream', 'producer', 'epoch', 'seq'],
  ['stream', 'producer'],
);
const garbage = summedTable<StreamGarbage, 'topic' | 'until'>(
  'stream_garbage',
  ['topic', 'since', 'until'],
  ['topic', 'until'],
);

export const streamTables = [streams, producers, garbage] as const;

/** The incarnation that a topic names now, deleted ones among them while forks still read them. */
export function findStream(db: Database, topic: string): StoredStream | undefined {
  return streams.select(db, 'WHERE topic = ?', topic).map(fromRow)[0];
}

export function streamById(db: Database, id: Position): StoredStream | undefined {
  const row = streams.get(db, { id });
  return row && fromRow(row);
}

export function putStream(db: Database, stream: StoredStream): void {
  streams.put(db, toRow(stream));
}

/** Forgets the row and the producers of one incarnation. */
export function dropStream(db: Database, id: Position): void {
  producers.removeWhere(db, 'WHERE stream = ?', id);
  streams.remove(db, { id });
}

/** Streams whose time has come, the longest overdue first. */
export function dueStreams(db: Database, nowMs: number, limit: number): readonly StoredStream[] {
  const tail = 'WHERE due_at IS NOT NULL AND deleted_at IS NULL AND due_at <= ? ORDER BY due_at LIMIT ?';
  return streams.select(db, tail, nowMs, limit).map(fromRow);
}

export function forksOf(db: Database, source: Position): readonly StoredStream[] {
  return streams.select(db, 'WHERE source_id = ?', source).map(fromRow);
}

export function findProducer(db: Database, stream: Position, producer: string): StoredProducer | undefined {
  return producers.get(db, { stream, producer });
}

export function putProducer(db: Database, producer: StoredProducer): void {
  producers.put(db, producer);
}

export function putGarbage(db: Database, range: StreamGarbage): void {
  garbage.put(db, range);
}

export function dropGarbage(db: Database, range: StreamGarbage): void {
  garbage.remove(db, range);
}

export function someGarbage(db: Database, limit: number): readonly StreamGarbage[] {
  return garbage.select(db, 'LIMIT ?', limit);
}

function toRow(stream: StoredStream): StreamRow {
  return {
    id: stream.id,
    topic: stream.topic,
    content_type: stream.contentType,
    tail: stream.tail,
    closed_at: stream.closedAt ?? null,
    closed_by: stream.closedBy === undefined ? null : JSON.stringify(stream.closedBy),
    last_seq: stream.lastSeq ?? null,
    ttl_seconds: stream.ttlSeconds ?? null,
    expires_at: stream.expiresAtMs ?? null,
    due_at: stream.dueAtMs ?? null,
    touched_at: stream.touchedAtMs,
    source_id: stream.source?.id ?? null,
    source: stream.source === undefined ? null : JSON.stringify(stream.source),
    inherited: JSON.stringify(stream.inherited),
    forks: stream.forks,
    deleted_at: stream.deletedAt ?? null,
  };
}

function fromRow(row: StreamRow): StoredStream {
  return {
    id: row.id,
    topic: row.topic,
    contentType: row.content_type,
    tail: row.tail,
    ...(row.closed_at === null ? {} : { closedAt: row.closed_at }),
    ...(row.closed_by === null ? {} : { closedBy: JSON.parse(row.closed_by) }),
    ...(row.last_seq === null ? {} : { lastSeq: row.last_seq }),
    ...(row.ttl_seconds === null ? {} : { ttlSeconds: row.ttl_seconds }),
    ...(row.expires_at === null ? {} : { expiresAtMs: row.expires_at }),
    ...(row.due_at === null ? {} : { dueAtMs: row.due_at }),
    touchedAtMs: row.touched_at,
    ...(row.source === null ? {} : { source: JSON.parse(row.source) }),
    inherited: JSON.parse(row.inherited),
    forks: row.forks,
    ...(row.deleted_at === null ? {} : { deletedAt: row.deleted_at }),
  };
}
