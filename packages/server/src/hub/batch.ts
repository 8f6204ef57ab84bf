import type { Event, Position } from '@carillon/core';

/** Frames of one group that are written at once, in order. */
export interface Slice {
  readonly events: readonly Event[];
  readonly frames: readonly Buffer[];
  /** All frames in one piece. */
  readonly buffer: Buffer;
  readonly first: Position;
  readonly last: Position;
  lastChoice: Choice | undefined;
}

/** Collects frames into slices of at most `maxBytes`; a larger frame is a slice of its own. */
export class Slicer {
  readonly slices: Slice[] = [];
  readonly #maxBytes: number;
  #events: Event[] = [];
  #frames: Buffer[] = [];
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  add(event: Event, frame: Buffer): void {
    if (this.#bytes + frame.length > this.#maxBytes) this.cut();
    this.#events.push(event);
    this.#frames.push(frame);
    this.#bytes += frame.length;
  }

  cut(): void {
    const first = this.#events[0];
    const last = this.#events.at(-1);
    if (!first || !last) return;
    const buffer = joined(this.#frames, this.#bytes);
    this.slices.push({
      events: this.#events,
      frames: this.#frames,
      buffer,
      first: first.position,
      last: last.position,
      lastChoice: undefined,
    });
    this.#events = [];
    this.#frames = [];
    this.#bytes = 0;
  }
}

function joined(frames: readonly Buffer[], bytes: number): Buffer {
  const only = frames[0];
  if (frames.length === 1 && only) return only;
  // Several times faster than Buffer.concat, which is in the path of every write to a reader of many topics.
  const buffer = Buffer.allocUnsafe(bytes);
  let at = 0;
  for (const frame of frames) {
    buffer.set(frame, at);
    at += frame.length;
  }
  return buffer;
}

export interface Choice {
  /** Which frames, one flag each. */
  readonly flags: Uint8Array;
  readonly count: number;
  readonly buffer: Buffer;
}

/**
 * What a reader wants of a slice: the whole shared buffer, or a copy of the runs between the holes, or nothing.
 * A copy, so that a reader that waits for its network does not keep whole slices alive; one that chooses like the
 * reader before it shares that reader's copy.
 */
export function choose(
  slice: Slice,
  after: Position,
  accepts: ((event: Event) => boolean) | undefined,
): Choice | undefined {
  const { events, frames } = slice;
  const flags = new Uint8Array(events.length);
  let count = 0;
  let bytes = 0;
  for (let index = 0; index < events.length; index++) {
    const event = events[index];
    if (!event || event.position <= after || (accepts && !accepts(event))) continue;
    flags[index] = 1;
    count++;
    bytes += frames[index]?.length ?? 0;
  }
  if (count === 0) return undefined;
  if (count === events.length) return { flags, count, buffer: slice.buffer };
  const { lastChoice } = slice;
  if (lastChoice?.count === count && isSame(lastChoice.flags, flags)) return lastChoice;
  slice.lastChoice = { flags, count, buffer: copyRuns(slice, flags, bytes) };
  return slice.lastChoice;
}

function copyRuns({ frames, buffer }: Slice, flags: Uint8Array, bytes: number): Buffer {
  const copy = Buffer.allocUnsafe(bytes);
  let from = 0;
  let to = 0;
  let at = 0;
  for (let index = 0; index < frames.length; index++) {
    if (flags[index] === 0) {
      at += buffer.copy(copy, at, from, to);
      from = to + (frames[index]?.length ?? 0);
    }
    to += frames[index]?.length ?? 0;
  }
  buffer.copy(copy, at, from, to);
  return copy;
}

function isSame(left: Uint8Array, right: Uint8Array): boolean {
  for (let index = 0; index < left.length; index++) if (left[index] !== right[index]) return false;
  return true;
}
