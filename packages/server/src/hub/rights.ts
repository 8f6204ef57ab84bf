import { CarillonError } from '@carillon/core';
import type { Cursor } from './cursor.ts';
import type { Seats } from './seats.ts';

/** Topics asked about in one turn of the event loop when rights changed. */
const SWEEP = 1_000;

export interface RightsFollower {
  /** The reader lost these topics: nothing of them may reach it any more. */
  lost(cursor: Cursor, topics: readonly string[]): void;
  /** The reader lost the last of its topics, or its owner failed while it was asked. */
  failed(cursor: Cursor, error: unknown): void;
}

/**
 * Asks the gate about every topic of a reader: before each batch from the log, and after `recheck` before anything
 * more is delivered, at the latest a few turns of the event loop later.
 */
export class Rights {
  /** Readers whose `rights` differ have not been asked since rights changed. */
  version = 0;
  readonly #seats: Seats;
  readonly #follower: RightsFollower;
  #next = -1;
  #sweep: NodeJS.Immediate | undefined;

  constructor(seats: Seats, follower: RightsFollower) {
    this.#seats = seats;
    this.#follower = follower;
  }

  /** Whether the reader still has every topic that it had; the follower has dealt with the others. */
  confirm(cursor: Cursor): boolean {
    cursor.rights = this.version;
    try {
      const topics = this.#seats.namesOf(cursor);
      const refused = topics.filter((topic) => !cursor.owner.mayRead(topic));
      if (refused.length === 0) return true;
      if (refused.length < topics.length) this.#follower.lost(cursor, refused);
      else this.#follower.failed(cursor, new CarillonError('forbidden', `no longer allowed to read ${refused[0]}`));
    } catch (error) {
      this.#follower.failed(cursor, error);
    }
    return false;
  }

  recheck(): void {
    this.version++;
    // From the end, because a cursor that detaches is replaced by the last one, which has been asked by then.
    this.#next = this.#seats.cursors.length - 1;
    this.#sweep ??= setImmediate(() => this.#ask());
  }

  close(): void {
    clearImmediate(this.#sweep);
  }

  #ask(): void {
    this.#sweep = undefined;
    for (let asked = 0; asked < SWEEP && this.#next >= 0; this.#next--) {
      const cursor = this.#seats.cursors[this.#next];
      if (!cursor || cursor.rights === this.version) continue;
      asked += 1 + cursor.group.interest.size;
      this.confirm(cursor);
    }
    if (this.#next >= 0) this.#sweep = setImmediate(() => this.#ask());
  }
}
