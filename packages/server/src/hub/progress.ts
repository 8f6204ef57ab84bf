import type { Event, Position } from '@carillon/core';

/** How far live delivery has come, and the events before that by which a reader can join it without a seam. */
export class Progress {
  /** Every live reader has had everything up to here. */
  start: Position;
  /** The pass under way delivers up to here; the same as `start` between passes. */
  end: Position;
  readonly #maxEvents: number;
  readonly #maxBytes: number;
  #recent: Event[] = [];
  #bytes = 0;

  constructor(end: Position, limits: { readonly maxEvents: number; readonly maxBytes: number }) {
    this.start = end;
    this.end = end;
    this.#maxEvents = limits.maxEvents;
    this.#maxBytes = limits.maxBytes;
  }

  /** A pass over these events, which follow `end` without a hole, begins. */
  begin(events: readonly Event[]): void {
    for (const event of events) {
      // System events may say that data was erased: what is older is read from the log again, which has forgotten it.
      if (event.topics.includes('system')) this.forget();
      this.#recent.push(event);
      this.#bytes += event.data.length;
    }
    this.end += events.length;
    let drop = 0;
    while (this.#recent.length - drop > this.#maxEvents || this.#bytes > this.#maxBytes) {
      this.#bytes -= this.#recent[drop++]?.data.length ?? 0;
    }
    if (drop > 0) this.#recent = this.#recent.slice(drop);
  }

  finish(): void {
    this.start = this.end;
  }

  /** Live delivery goes on after a place that readers reach through the log only. */
  jump(end: Position): void {
    this.forget();
    this.start = end;
    this.end = end;
  }

  /** All events after a position up to `end`; `undefined` when only the log has them. */
  after(position: Position): readonly Event[] | undefined {
    const missing = this.end - position;
    if (missing <= 0) return [];
    return missing > this.#recent.length ? undefined : this.#recent.slice(this.#recent.length - missing);
  }

  /** Some of them may have changed: whoever needs them reads the log. */
  forget(): void {
    this.#recent = [];
    this.#bytes = 0;
  }
}
