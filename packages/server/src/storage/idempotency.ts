import { createHash } from 'node:crypto';
import { deserialize, serialize } from 'node:v8';
import { CarillonError, type IdempotencyKey, type Position } from '@carillon/core';
import type { Database } from './driver.ts';
import { summedTable } from './summed-table.ts';

interface KeyRow {
  /** Rises with time, so that the oldest are the lowest. */
  number: number;
  /** First 48 bits of a hash of scope and key, indexed. */
  hash: number;
  scope: string;
  name: string;
  digest: string;
  first: Position;
  count: number;
  result: Uint8Array | null;
  expires: number;
}

/** What the first use of a key was answered with. */
export interface FirstAnswer {
  readonly first: Position;
  readonly count: number;
  readonly result: unknown;
}

export const keysTable = summedTable<KeyRow, 'number'>(
  'idempotency_keys',
  ['number', 'hash', 'scope', 'name', 'digest', 'first', 'count', 'result', 'expires'],
  ['number'],
);

export const KEYS_SCHEMA = `
CREATE TABLE idempotency_keys (
  number INTEGER PRIMARY KEY, hash INTEGER NOT NULL, scope TEXT NOT NULL, name TEXT NOT NULL, digest TEXT NOT NULL,
  first INTEGER NOT NULL, count INTEGER NOT NULL, result BLOB, expires INTEGER NOT NULL, sum INTEGER NOT NULL
) STRICT;
CREATE INDEX idempotency_keys_by_hash ON idempotency_keys (hash);`;

const PRUNED_AT_ONCE = 500;

/** Idempotency keys of their whole window, in the same commits as what they guard (kernel K13). Writer thread only. */
export class KeyLedger {
  readonly #db: Database;
  readonly #windowMs: number;
  readonly #limit: number;
  #next: number;
  #oldest: number;

  constructor(db: Database, windowMs: number, limit: number) {
    this.#db = db;
    this.#windowMs = windowMs;
    this.#limit = limit;
    const range = db.prepare('SELECT min(number) AS low, max(number) AS high FROM idempotency_keys').get();
    this.#oldest = Number(range?.['low'] ?? 1);
    this.#next = Number(range?.['high'] ?? 0) + 1;
  }

  /** The first answer under this key; throws `unprocessable` when the key stands for another request. */
  find(key: IdempotencyKey, now: number): FirstAnswer | undefined {
    const rows = keysTable.select(this.#db, 'WHERE hash = ?', hashOf(key));
    const row = rows.find(({ scope, name, expires }) => scope === key.scope && name === key.key && expires > now);
    if (!row) return undefined;
    if (row.digest !== key.digest) {
      throw new CarillonError('unprocessable', `the idempotency key "${key.key}" was used with another request`);
    }
    return { first: row.first, count: row.count, result: row.result === null ? undefined : deserialize(row.result) };
  }

  remember(key: IdempotencyKey, answer: FirstAnswer, now: number): void {
    keysTable.insert(this.#db, {
      number: this.#next,
      hash: hashOf(key),
      scope: key.scope,
      name: key.key,
      digest: key.digest,
      first: answer.first,
      count: answer.count,
      result: answer.result === undefined ? null : serialize(answer.result),
      expires: now + this.#windowMs,
    });
    this.#next += 1;
  }

  /** Forgets some of the keys that are past their time or beyond the limit. */
  prune(now: number): { readonly some: boolean; readonly more: boolean } {
    const surplus = Math.max(0, this.#next - this.#oldest - this.#limit);
    const rows = keysTable.select(this.#db, 'WHERE number >= ? ORDER BY number LIMIT ?', this.#oldest, PRUNED_AT_ONCE);
    const kept = rows.findIndex((row, index) => index >= surplus && row.expires > now);
    const pruned = kept < 0 ? rows.length : kept;
    const last = rows[pruned - 1];
    if (!last) return { some: false, more: false };
    keysTable.removeWhere(this.#db, 'WHERE number <= ?', last.number);
    this.#oldest = last.number + 1;
    return { some: true, more: pruned === PRUNED_AT_ONCE };
  }

  /** A failed batch gives its numbers back. */
  mark(): readonly [number, number] {
    return [this.#next, this.#oldest];
  }

  undo([next, oldest]: readonly [number, number]): void {
    this.#next = next;
    this.#oldest = oldest;
  }
}

const HASH_BYTES = 6;

function hashOf({ scope, key }: IdempotencyKey): number {
  return createHash('sha1').update(`${scope.length}:${scope}${key}`).digest().readUIntBE(0, HASH_BYTES);
}
