import type { Event, Head } from '@carillon/core';
import type { Encoding } from './reader.ts';

/** One encoding's frame of an event, the same object for all who get these bytes. */
export interface KeptFrame {
  readonly encoding: Encoding;
  readonly low: number;
  readonly high: number;
  readonly frame: Buffer | undefined;
}

/** An event's frames, each encoded once per encoding and choice of shown topics. */
export class FrameSet {
  readonly event: Event;
  #kept: KeptFrame[] = [];
  bytes = 0;
  /** Bytes that the cache has counted; 0 while it does not keep the set. */
  counted = 0;

  constructor(event: Event) {
    this.event = event;
  }

  frame(encoding: Encoding, low: number, high: number, head: Head): Buffer | undefined {
    return this.kept(encoding, low, high, head).frame;
  }

  /** The shown topics are bits over the event's: `low` for the first 32, `high` for the rest. */
  kept(encoding: Encoding, low: number, high: number, head: Head): KeptFrame {
    if (encoding.ignoresShown) return this.#find(encoding, -1, -1, head);
    return this.#find(encoding, low, high, head);
  }

  #find(encoding: Encoding, low: number, high: number, head: Head): KeptFrame {
    for (const kept of this.#kept) {
      if (kept.encoding === encoding && kept.low === low && kept.high === high) return kept;
    }
    const shown = this.event.topics.filter((_, index) => (index < 32 ? low >>> index : high >>> (index - 32)) & 1);
    const encoded = encoding.encode(this.event, shown, head);
    const kept = { encoding, low, high, frame: encoded && owned(encoded) };
    this.#kept.push(kept);
    this.bytes += kept.frame?.length ?? 0;
    return kept;
  }

  forget(): void {
    this.#kept = [];
    this.bytes = 0;
    this.counted = 0;
  }
}

/**
 * Frames of recent events, found by the event object: a copy of an event that was erased meanwhile is another object
 * and never meets the old frames. The oldest are forgotten beyond a number of bytes.
 */
export class FrameCache {
  readonly #maxBytes: number;
  readonly #sets = new WeakMap<Event, FrameSet>();
  /** Oldest first; a place is emptied when its set goes, or it would keep the event's data. */
  #order: (FrameSet | undefined)[] = [];
  #first = 0;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  of(event: Event): FrameSet {
    return this.#sets.get(event) ?? new FrameSet(event);
  }

  /** Keeps a set's frames for readers that come a little later; called after each use that may have added some. */
  keep(set: FrameSet): void {
    if (set.bytes === set.counted) return;
    const known = this.#sets.get(set.event);
    if (!known) {
      this.#sets.set(set.event, set);
      this.#order.push(set);
    } else if (known !== set) return;
    this.#bytes += set.bytes - set.counted;
    set.counted = set.bytes;
    while (this.#bytes > this.#maxBytes) this.#dropOldest();
  }

  #dropOldest(): void {
    const oldest = this.#order[this.#first];
    this.#order[this.#first++] = undefined;
    if (!oldest) throw new Error('kept frames are counted, but none is kept');
    this.#bytes -= oldest.counted;
    this.#sets.delete(oldest.event);
    oldest.forget();
    if (this.#first < 1_024) return;
    this.#order = this.#order.slice(this.#first);
    this.#first = 0;
  }
}

/** A frame in a buffer of its own: one that is kept would keep the whole pool that it was cut from. */
function owned(frame: Buffer): Buffer {
  if (frame.buffer.byteLength <= 2 * frame.length) return frame;
  const copy = Buffer.allocUnsafeSlow(frame.length);
  copy.set(frame);
  return copy;
}
