import type { Event, Position } from '@carillon/core';

/** What an event costs beside its data, about. */
const EVENT_OVERHEAD = 256;

/** The newest events in memory, one after another by position. An event stays the same object while it is here. */
export class Tail {
  readonly #maxBytes: number;
  #events: (Event | undefined)[] = [];
  /** Index of the first entry in use; the array is cut from time to time. */
  #start = 0;
  /** Position of the entry at index 0. */
  #base: Position;
  #bytes = 0;

  /** `end` is the durable end; the first event added follows it. */
  constructor(end: Position, maxBytes: number) {
    this.#base = end + 1;
    this.#maxBytes = maxBytes;
  }

  /** Every event at or above this position is here, unless it was removed. */
  get from(): Position {
    return this.#base + this.#start;
  }

  add(event: Event): void {
    const expected = this.#base + this.#events.length;
    if (event.position !== expected) this.#restart(event.position);
    this.#events.push(event);
    this.#bytes += event.data.byteLength + EVENT_OVERHEAD;
    while (this.#bytes > this.#maxBytes && this.#start < this.#events.length) this.#drop();
    if (this.#start > 1_024 && this.#start * 2 > this.#events.length) this.#cut();
  }

  get(position: Position): Event | undefined {
    return position < this.from ? undefined : this.#events[position - this.#base];
  }

  /** Puts another event in the same place, or nothing. */
  replace(position: Position, event: Event | undefined): void {
    const index = position - this.#base;
    const before = index < this.#start ? undefined : this.#events[index];
    if (!before) return;
    this.#events[index] = event;
    this.#bytes += costOf(event) - costOf(before);
  }

  #drop(): void {
    this.#bytes -= costOf(this.#events[this.#start]);
    this.#events[this.#start] = undefined;
    this.#start += 1;
  }

  #cut(): void {
    this.#events.splice(0, this.#start);
    this.#base += this.#start;
    this.#start = 0;
  }

  #restart(position: Position): void {
    this.#events = [];
    this.#start = 0;
    this.#bytes = 0;
    this.#base = position;
  }
}

function costOf(event: Event | undefined): number {
  return event ? event.data.byteLength + EVENT_OVERHEAD : 0;
}
