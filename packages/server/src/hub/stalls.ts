import type { Cursor } from './cursor.ts';

/** Since when sinks have had bytes waiting without taking one; seen whenever somebody looks. */
export class Stalls {
  readonly #now: () => number;
  readonly #stalled = new Map<Cursor, { pendingBytes: number; sinceMs: number }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Milliseconds since 1970; 0 while nothing waits. */
  sinceMs(cursor: Cursor): number {
    const { pendingBytes } = cursor.owner.sink;
    if (pendingBytes === 0 || cursor.place < 0) {
      this.#stalled.delete(cursor);
      return 0;
    }
    const known = this.#stalled.get(cursor);
    if (!known) {
      const sinceMs = this.#now();
      this.#stalled.set(cursor, { pendingBytes, sinceMs });
      return sinceMs;
    }
    // More bytes than before only say that more were written.
    if (pendingBytes < known.pendingBytes) known.sinceMs = this.#now();
    known.pendingBytes = pendingBytes;
    return known.sinceMs;
  }

  forget(cursor: Cursor): void {
    this.#stalled.delete(cursor);
  }
}
