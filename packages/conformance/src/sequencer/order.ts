import { crc32 } from 'node:zlib';
import {
  type Appended,
  CarillonError,
  type Event,
  type IdempotencyKey,
  type NewEvent,
  type Position,
} from '@carillon/core';
import { type Journal, keyName } from './journal.ts';
import type { RecordHead, StoredEvent } from './record.ts';

interface Waiting {
  readonly head: RecordHead;
  readonly data: readonly Uint8Array[];
  readonly done: (appended: Appended) => void;
}

const NOTHING: Appended = { positions: [], duplicate: false };
const ID_EPOCH_MS = Date.UTC(2020, 0, 1);

/** Gives positions, stamps and ids; one sync for everything that came while the last one ran. */
export class Order {
  readonly #journal: Journal;
  readonly #onOrdered: (events: readonly Event[]) => void;
  readonly #onErased: (positions: readonly Position[]) => void;
  readonly #underWay = new Map<string, { readonly digest: string; readonly appended: Promise<Appended> }>();
  #asked: (() => Waiting)[] = [];
  #flushing = false;
  #flushed: Promise<void> = Promise.resolve();
  #next = 0;
  #sealed = 0;
  #lastTime = 0;
  #lastId = 0;

  constructor(
    journal: Journal,
    on: { ordered: (events: readonly Event[]) => void; erased: (positions: readonly Position[]) => void },
  ) {
    this.#journal = journal;
    this.#onOrdered = on.ordered;
    this.#onErased = on.erased;
    this.#lastTime = journal.events.at(-1)?.time ?? 0;
    this.#lastId = journal.events.at(-1)?.id ?? 0;
  }

  /** No later event gets a stamp at or below this; it moves on only while nothing waits for its sync. */
  get sealedMs(): number {
    if (!this.#flushing && this.#asked.length === 0) {
      this.#lastTime = Math.max(this.#lastTime, Date.now());
      this.#sealed = this.#lastTime - 1;
    }
    return this.#sealed;
  }

  async append(events: readonly NewEvent[], key?: IdempotencyKey): Promise<Appended> {
    if (events.length === 0) return NOTHING;
    const name = key && keyName(key);
    const known = name === undefined ? undefined : (this.#journal.keys.get(name) ?? this.#underWay.get(name));
    if (known && known.digest !== key?.digest) throw new CarillonError('unprocessable', 'the key was used before');
    if (known) return { ...(await known.appended), duplicate: true };
    const appended = this.#wait((done) => ({
      head: this.#stamp(events, key),
      data: events.map((event) => event.data),
      done,
    }));
    if (name !== undefined && key) this.#underWay.set(name, { digest: key.digest, appended });
    return appended.finally(() => name !== undefined && this.#underWay.delete(name));
  }

  async erase(positions: readonly Position[]): Promise<void> {
    if (positions.length === 0) return;
    await this.#wait((done) => {
      const known = positions.filter(
        (position) => position > 0 && position < this.#next && !this.#journal.erased.has(position),
      );
      return { head: { kind: 'erase', positions: known }, data: [], done };
    });
  }

  /** Resolves when everything that was asked is in the file. */
  idle(): Promise<void> {
    return this.#flushed;
  }

  #wait(make: (done: (appended: Appended) => void) => Waiting): Promise<Appended> {
    const { promise, resolve } = Promise.withResolvers<Appended>();
    this.#asked.push(() => make(resolve));
    if (!this.#flushing) this.#flushed = this.#flush();
    return promise;
  }

  async #flush(): Promise<void> {
    this.#flushing = true;
    while (this.#asked.length > 0) {
      this.#next = this.#journal.end + 1;
      const batch = this.#asked.splice(0).map((make) => make());
      await this.#journal.write(batch);
      const ordered = this.#journal.events.slice(-this.#count(batch));
      const erased = batch.flatMap(({ head }) => (head.kind === 'erase' ? head.positions : []));
      if (erased.length > 0) await this.#journal.blank(erased);
      for (const { head, done } of batch) {
        done(
          head.kind === 'erase' ? NOTHING : { positions: head.events.map((event) => event.position), duplicate: false },
        );
      }
      if (this.#count(batch) > 0) this.#onOrdered(ordered);
      if (erased.length > 0) this.#onErased(erased);
    }
    this.#flushing = false;
  }

  #count(batch: readonly Waiting[]): number {
    return batch.reduce((sum, { head }) => sum + (head.kind === 'batch' ? head.events.length : 0), 0);
  }

  #stamp(events: readonly NewEvent[], key: IdempotencyKey | undefined): RecordHead {
    this.#lastTime = Math.max(this.#lastTime, Date.now());
    const stored = events.map(({ data, ...event }): StoredEvent => {
      this.#lastId = Math.max(this.#lastId + 1, (this.#lastTime - ID_EPOCH_MS) * 4_096);
      const position = this.#next;
      this.#next += 1;
      return { ...event, position, id: this.#lastId, time: this.#lastTime, bytes: data.length, sum: crc32(data) };
    });
    return { kind: 'batch', events: stored, ...(key ? { key } : {}) };
  }
}
