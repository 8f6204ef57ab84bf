import type { Position } from '@carillon/core';
import type { Database, RetentionSettings } from '../storage/index.ts';
import { corruptEvent } from './event-row.ts';
import { readTopicIds, sumPlace } from './event-sum.ts';
import type { PackedRow } from './row-codec.ts';
import type { TopicLedger } from './topic-ledger.ts';

const SCANNED_AT_ONCE = 500;
const SCAN = `SELECT position, id, time, topics, place_sum, length(data) FROM events
  WHERE position > ? ORDER BY position LIMIT ${SCANNED_AT_ONCE}`;

export interface SweeperMark {
  readonly swept: ReadonlyMap<number, Position>;
  readonly sweptForSize: Position;
  readonly bytes: number;
}

interface Scanned extends Pick<PackedRow, 'position' | 'time' | 'topics'> {
  readonly bytes: number;
}

/**
 * Finds events past their time (kernel K7). For each lifetime in use there is a place up to which everything that
 * lives no longer than that is gone; sweeping moves these places on, a slice at a time.
 */
export class Sweeper {
  readonly #db: Database;
  readonly #topics: TopicLedger;
  readonly #remove: (rows: readonly Scanned[]) => void;
  #retention: RetentionSettings;
  #swept = new Map<number, Position>();
  #sweptForSize: Position = 0;
  #bytes = 0;

  constructor(
    db: Database,
    topics: TopicLedger,
    retention: RetentionSettings,
    remove: (rows: readonly Scanned[]) => void,
  ) {
    this.#db = db;
    this.#topics = topics;
    this.#retention = retention;
    this.#remove = remove;
  }

  countFrom(removableBytes: number): void {
    this.#bytes += removableBytes;
  }

  retain(retention: RetentionSettings): void {
    this.#retention = retention;
    this.#swept = new Map();
    this.#sweptForSize = 0;
  }

  added(topics: readonly number[], bytes: number): void {
    if (Number.isFinite(this.#topics.lifetimeOf(topics))) this.#bytes += bytes;
  }

  gone(topics: readonly number[], bytes: number): void {
    this.added(topics, -bytes);
  }

  /** Looks at about `rows` events per lifetime; whether there may be more to remove. */
  sweep(now: number, rows: number): boolean {
    let more = false;
    for (const lifetimeMs of this.#topics.lifetimes()) {
      if (this.#sweepLifetime(lifetimeMs, now - lifetimeMs, rows)) more = true;
    }
    return this.#sweepForSize(rows) || more;
  }

  mark(): SweeperMark {
    return { swept: new Map(this.#swept), sweptForSize: this.#sweptForSize, bytes: this.#bytes };
  }

  undo(mark: SweeperMark): void {
    this.#swept = new Map(mark.swept);
    this.#sweptForSize = mark.sweptForSize;
    this.#bytes = mark.bytes;
  }

  #sweepLifetime(lifetimeMs: number, endedBefore: number, rows: number): boolean {
    for (let seen = 0; seen < rows; seen += SCANNED_AT_ONCE) {
      const found = this.#scan(this.#swept.get(lifetimeMs) ?? 0);
      const old = found.filter((row) => row.time < endedBefore);
      this.#take(old.filter((row) => this.#topics.lifetimeOf(row.topics) <= lifetimeMs));
      const last = old.at(-1);
      if (last) this.#swept.set(lifetimeMs, last.position);
      if (old.length < SCANNED_AT_ONCE) return false;
    }
    return true;
  }

  #sweepForSize(rows: number): boolean {
    for (let seen = 0; seen < rows && this.#bytes > this.#retention.maxBytes; seen += SCANNED_AT_ONCE) {
      const found = this.#scan(this.#sweptForSize);
      const gone: Scanned[] = [];
      let surplus = this.#bytes - this.#retention.maxBytes;
      for (const row of found) {
        if (surplus <= 0) break;
        this.#sweptForSize = row.position;
        if (!Number.isFinite(this.#topics.lifetimeOf(row.topics))) continue;
        gone.push(row);
        surplus -= row.bytes;
      }
      this.#take(gone);
      if (found.length < SCANNED_AT_ONCE) return false;
    }
    return this.#bytes > this.#retention.maxBytes;
  }

  #take(rows: readonly Scanned[]): void {
    for (const row of rows) this.#bytes -= row.bytes;
    this.#remove(rows);
  }

  #scan(after: Position): readonly Scanned[] {
    const rows: readonly unknown[] = this.#db.prepareArrays(SCAN).all(after);
    return rows.map((columns) => {
      const [position, id, time, topicValue, placeSum, bytes] = Array.isArray(columns) ? columns : [];
      const topics = readTopicIds(topicValue);
      if (topics === undefined || placeSum !== sumPlace(position, id, time, topics)) {
        throw corruptEvent(this.#db.file, position);
      }
      return { position, time, topics, bytes: bytes ?? 0 };
    });
  }
}
