import type { Position } from '@carillon/core';
import { CarillonError } from '@carillon/core';
import type { Database, RetentionSettings } from '../storage/index.ts';
import { lifetimeOf } from './lifetimes.ts';
import { topicsTable } from './schema.ts';

interface KnownTopic {
  readonly id: number;
  readonly name: string;
  /** Milliseconds that its events live. */
  lifetimeMs: number;
}

/** Topics as integers, in the writer thread. Ids rise and are never given again. */
export class TopicLedger {
  readonly #db: Database;
  readonly #byName = new Map<string, KnownTopic>();
  readonly #byId: (KnownTopic | undefined)[] = [undefined];
  #retention: RetentionSettings;
  /** Made in the open transaction. */
  #fresh: KnownTopic[] = [];

  constructor(db: Database, retention: RetentionSettings) {
    this.#db = db;
    this.#retention = retention;
    for (const row of topicsTable.select(db, 'ORDER BY id')) this.#keep(row.id, row.name);
  }

  idOf(name: string): number {
    const known = this.#byName.get(name);
    if (known) return known.id;
    const id = this.#byId.length;
    this.#fresh.push(this.#keep(id, name));
    topicsTable.insert(this.#db, { id, name, last_removed: 0 });
    return id;
  }

  /** How long an event on these topics lives, milliseconds: as long as on the topic where it lives longest. */
  lifetimeOf(ids: readonly number[]): number {
    let longest = 0;
    for (const id of ids) longest = Math.max(longest, this.#byId[id]?.lifetimeMs ?? Number.POSITIVE_INFINITY);
    return longest;
  }

  /** Every lifetime in use that ends, shortest first. */
  lifetimes(): readonly number[] {
    const { appMs, apps, communityMs, systemMs } = this.#retention;
    return [...new Set([appMs, ...Object.values(apps), communityMs, systemMs])].sort((a, b) => a - b);
  }

  retain(retention: RetentionSettings): void {
    this.#retention = retention;
    for (const topic of this.#byId) if (topic) topic.lifetimeMs = lifetimeOf(topic.name, retention);
  }

  /** Writes down the position of the last removed event of each topic. */
  writeRemoved(last: ReadonlyMap<number, Position>): void {
    for (const [id, position] of last) {
      const row = topicsTable.get(this.#db, { id });
      if (!row) throw new CarillonError('corrupt', `${this.#db.file}: topic ${id} of an event is not in table topics`);
      if (row.last_removed < position) topicsTable.put(this.#db, { ...row, last_removed: position });
    }
  }

  get fresh(): readonly (readonly [number, string])[] {
    return this.#fresh.map(({ id, name }) => [id, name]);
  }

  mark(): number {
    return this.#fresh.length;
  }

  /** Forgets the topics that were made after the mark. */
  undo(mark: number): void {
    for (const topic of this.#fresh.splice(mark).reverse()) {
      this.#byName.delete(topic.name);
      this.#byId.length = topic.id;
    }
  }

  committed(): void {
    this.#fresh = [];
  }

  #keep(id: number, name: string): KnownTopic {
    const topic = { id, name, lifetimeMs: lifetimeOf(name, this.#retention) };
    this.#byName.set(name, topic);
    this.#byId[id] = topic;
    return topic;
  }
}
