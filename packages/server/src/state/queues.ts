import type { Position } from '@carillon/core';
import { type Database, type Migration, summedTable } from '../storage/index.ts';

/**
 * A client's place to ask for events (Zulip's event queue). It holds no events: whoever asks says how far it has come,
 * and what comes after that is read from the log.
 */
export interface StoredQueue {
  /** Never given twice. */
  readonly id: number;
  readonly account: number;
  /** The state that its client was given at registration holds everything up to here. */
  readonly since: Position;
  /** JSON of what its client asked for; equal ones are kept once. */
  readonly options: string;
  /** Seconds without a question after which it is idle. */
  readonly idleAfterS: number;
  /** Seconds since 1970; moves in steps, so that questions need not write. */
  readonly usedAtS: number;
}

type QueueRow = {
  id: number;
  account: number;
  since: number;
  options: number;
  idle_after: number;
  used_at: number;
};

type OptionsRow = { id: number; options: string };

export const queueMigrations: readonly Migration[] = [
  {
    room: 'queues',
    number: 1,
    up(db) {
      db.exec(`
CREATE TABLE event_queues (
  id INTEGER PRIMARY KEY AUTOINCREMENT, account INTEGER NOT NULL, since INTEGER NOT NULL, options INTEGER NOT NULL,
  idle_after INTEGER NOT NULL, used_at INTEGER NOT NULL, sum INTEGER NOT NULL
) STRICT;
CREATE INDEX event_queues_by_account ON event_queues (account, used_at);
CREATE INDEX event_queues_by_options ON event_queues (options);
CREATE TABLE queue_options (id INTEGER PRIMARY KEY, options TEXT NOT NULL UNIQUE, sum INTEGER NOT NULL) STRICT;
`);
    },
  },
];

const queues = summedTable<QueueRow, 'id'>(
  'event_queues',
  ['id', 'account', 'since', 'options', 'idle_after', 'used_at'],
  ['id'],
);
const optionSets = summedTable<OptionsRow, 'id'>('queue_options', ['id', 'options'], ['id']);

export const queueTables = [queues, optionSets] as const;

export type NewQueue = Omit<StoredQueue, 'id'>;

export function addQueue(db: Database, { options, account, since, idleAfterS, usedAtS }: NewQueue): StoredQueue {
  const last = db.prepare(`SELECT seq AS n FROM sqlite_sequence WHERE name = 'event_queues'`).get()?.['n'];
  const id = Number(last ?? 0) + 1;
  const row = { id, account, since, options: internOptions(db, options), idle_after: idleAfterS, used_at: usedAtS };
  queues.insert(db, row);
  return fromRow(row, options);
}

export function findQueue(db: Database, id: number): StoredQueue | undefined {
  const row = queues.get(db, { id });
  return row && fromRow(row, optionsOf(db, row));
}

/** Notes that it was used; the rest of a queue never changes. */
export function useQueue(db: Database, id: number, usedAtS: number): void {
  const row = queues.get(db, { id });
  if (row && row.used_at < usedAtS) queues.put(db, { ...row, used_at: usedAtS });
}

export function dropQueue(db: Database, id: number): void {
  const row = queues.get(db, { id });
  if (!row) return;
  queues.remove(db, { id });
  const others = db.prepare('SELECT 1 FROM event_queues WHERE options = ? LIMIT 1').get(row.options);
  if (!others) optionSets.remove(db, { id: row.options });
}

/** An account's queues beyond a number of them, those that were used longest ago first. */
export function queuesBeyond(db: Database, account: number, most: number): readonly number[] {
  const sql = 'SELECT id FROM event_queues WHERE account = ? ORDER BY used_at DESC, id DESC LIMIT -1 OFFSET ?';
  return db
    .prepare(sql)
    .all(account, most)
    .map(({ id }) => Number(id))
    .toReversed();
}

/** Queues that have been idle for so long that nobody comes back to them; `after` is the last id that was looked at. */
export function forgottenQueues(db: Database, beforeS: number, after: number, limit: number): readonly number[] {
  const sql = 'SELECT id FROM event_queues WHERE id > ? AND used_at + idle_after < ? ORDER BY id LIMIT ?';
  return db
    .prepare(sql)
    .all(after, beforeS, limit)
    .map(({ id }) => Number(id));
}

function internOptions(db: Database, options: string): number {
  const known = optionSets.select(db, 'WHERE options = ?', options)[0];
  if (known) return known.id;
  const id = Number(db.prepare('SELECT max(id) AS n FROM queue_options').get()?.['n'] ?? 0) + 1;
  optionSets.insert(db, { id, options });
  return id;
}

function optionsOf(db: Database, { id, options }: QueueRow): string {
  const set = optionSets.get(db, { id: options });
  if (!set) throw new Error(`event queue ${id} has lost its options`);
  return set.options;
}

function fromRow({ id, account, since, idle_after, used_at }: QueueRow, options: string): StoredQueue {
  return { id, account, since, options, idleAfterS: idle_after, usedAtS: used_at };
}
