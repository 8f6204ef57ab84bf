import { CarillonError, type Position } from '@carillon/core';

/** Proves that every position has an event or was removed on purpose (kernel K9): nothing may be missing. */
export class PlaceCheck {
  readonly #file: string;
  readonly #ranges: Float64Array;
  #range = 0;
  #expected: Position = 1;

  /** `ranges` holds first and last position of each removed range, ascending. */
  constructor(file: string, ranges: Float64Array) {
    this.#file = file;
    this.#ranges = ranges;
  }

  /** Positions must come in ascending order. */
  found(position: Position): void {
    if (position !== this.#expected) this.#skipRemoved(position);
    this.#expected = position + 1;
  }

  /** Whether everything up to the end was found or removed. */
  end(position: Position): void {
    if (this.#expected !== position + 1) this.#skipRemoved(position + 1);
  }

  #skipRemoved(until: Position): void {
    while (this.#expected < until) {
      const first = this.#ranges[this.#range * 2];
      const last = this.#ranges[this.#range * 2 + 1] ?? 0;
      if (first !== this.#expected || last >= until) break;
      this.#expected = last + 1;
      this.#range += 1;
    }
    if (this.#expected === until) return;
    throw new CarillonError(
      'corrupt',
      `${this.#file}: the event at position ${this.#expected} is missing although it was never removed; restore the ` +
        'data directory from a backup, or start once with accept-loss to go on without it under a new epoch',
      { facts: { file: this.#file, position: this.#expected } },
    );
  }
}

/** Tells which positions were removed, asked in ascending order. */
export class RemovedCursor {
  readonly #ranges: Float64Array;
  #range = 0;

  constructor(ranges: Float64Array) {
    this.#ranges = ranges;
  }

  has(position: Position): boolean {
    while ((this.#ranges[this.#range * 2 + 1] ?? Number.POSITIVE_INFINITY) < position) this.#range += 1;
    return (this.#ranges[this.#range * 2] ?? Number.POSITIVE_INFINITY) <= position;
  }
}
