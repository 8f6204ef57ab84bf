import type { Position } from '@carillon/core';
import { countKeys, type QueryAnswer, type ReaderPool, verifyKeys } from '../storage/index.ts';
import { verifyContents } from './queries.ts';

/** Up to so many rows are read before the log is ready, which takes a fraction of a second. */
const CHECKED_AT_ONCE = 40_000;

/**
 * What may take too long to read before the log is ready: every event and every idempotency key, once. Damage is told
 * by it before somebody asks for what is damaged.
 */
export class ContentCheck {
  readonly #pool: ReaderPool;
  readonly #end: Position;
  readonly #eventCount: number;
  #keyCount = 0;

  constructor(pool: ReaderPool, end: Position, eventCount: number) {
    this.#pool = pool;
    this.#end = end;
    this.#eventCount = eventCount;
  }

  /** Checks what is short; throws `corrupt` at the first row that fails. */
  async before(): Promise<void> {
    this.#keyCount = (await this.#pool.query(countKeys, undefined)).rows;
    const never = (): boolean => false;
    await Promise.all([
      this.#eventCount <= CHECKED_AT_ONCE ? this.#events(never) : undefined,
      this.#keyCount <= CHECKED_AT_ONCE ? this.#keys(never) : undefined,
    ]);
  }

  /** Checks the rest, a slice at a time between other reads. */
  async behind(isStopped: () => boolean): Promise<void> {
    if (this.#eventCount > CHECKED_AT_ONCE) await this.#events(isStopped);
    if (this.#keyCount > CHECKED_AT_ONCE) await this.#keys(isStopped);
  }

  async #events(isStopped: () => boolean): Promise<void> {
    for (let after = 0; after < this.#end && !isStopped(); ) {
      const { rows } = await this.#pool.query(verifyContents, { after, until: this.#end });
      if (rows.done) return;
      after = rows.last;
    }
  }

  async #keys(isStopped: () => boolean): Promise<void> {
    let after: number | undefined = 0;
    while (after !== undefined && !isStopped()) {
      const answer: QueryAnswer<number | undefined> = await this.#pool.query(verifyKeys, { after });
      after = answer.rows;
    }
  }
}
