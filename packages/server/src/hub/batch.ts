import type { Event, Position } from '@carillon/core';
import type { Instead, Look } from './reader.ts';

/** Who gets something else than the frame. */
export type Exceptions = ReadonlyMap<object, Instead>;
/** What one viewer gets, by the event's index in its slice. */
export type InsteadByIndex = ReadonlyMap<number, Instead>;

/** Frames of one group that are written at once, in order. */
export interface Slice {
  readonly events: readonly Event[];
  readonly frames: readonly Buffer[];
  /** All frames in one piece. */
  readonly buffer: Buffer;
  readonly first: Position;
  readonly last: Position;
  /** Viewers who do not get all of it as it is; absent when there are none. */
  readonly exceptions: ReadonlyMap<object, InsteadByIndex> | undefined;
  lastChoice: Choice | undefined;
}

/** Collects frames into slices of at most `maxBytes`; a larger frame is a slice of its own. */
export class Slicer {
  readonly slices: Slice[] = [];
  readonly #maxBytes: number;
  #events: Event[] = [];
  #frames: Buffer[] = [];
  #exceptions: Map<object, Map<number, Instead>> | undefined;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  add(event: Event, frame: Buffer, exceptions?: Exceptions): void {
    if (this.#bytes + frame.length > this.#maxBytes) this.cut();
    if (exceptions) this.#note(exceptions);
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
      exceptions: this.#exceptions,
      lastChoice: undefined,
    });
    this.#events = [];
    this.#frames = [];
    this.#exceptions = undefined;
    this.#bytes = 0;
  }

  #note(exceptions: Exceptions): void {
    const index = this.#events.length;
    for (const [viewer, instead] of exceptions) {
      this.#exceptions ??= new Map();
      const known = this.#exceptions.get(viewer);
      if (known) known.set(index, instead);
      else this.#exceptions.set(viewer, new Map([[index, instead]]));
    }
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

/** How one reader chooses among a slice's frames, beyond its position. */
export interface Chooser {
  readonly accepts: ((event: Event) => boolean) | undefined;
  readonly look: Look | undefined;
  readonly own: InsteadByIndex | undefined;
  /** Where bytes go that it alone gets. */
  readonly room: (bytes: number) => Buffer;
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
export function choose(slice: Slice, after: Position, chooser: Chooser): Choice | undefined {
  const { accepts, look, own, room } = chooser;
  const { events, frames } = slice;
  const flags = new Uint8Array(events.length);
  let replaced: Exclude<Instead, 'nothing'>[] | undefined;
  let count = 0;
  let bytes = 0;
  for (let index = 0; index < events.length; index++) {
    const event = events[index];
    const frame = frames[index];
    if (!event || !frame || event.position <= after || (accepts && !accepts(event))) continue;
    const wanted = own?.get(index) ?? look?.(event, frame) ?? frame;
    if (wanted === 'nothing') continue;
    if (wanted !== frame) (replaced ??= frames.slice())[index] = wanted;
    flags[index] = 1;
    count++;
    bytes += bytesOf(wanted);
  }
  if (count === 0) return undefined;
  if (replaced) return { flags, count, buffer: copyFrames(replaced, flags, room(bytes)) };
  if (count === events.length) return { flags, count, buffer: slice.buffer };
  const { lastChoice } = slice;
  if (lastChoice?.count === count && isSame(lastChoice.flags, flags)) return lastChoice;
  slice.lastChoice = { flags, count, buffer: copyRuns(slice, flags, bytes) };
  return slice.lastChoice;
}

function bytesOf(wanted: Exclude<Instead, 'nothing'>): number {
  if (wanted instanceof Uint8Array) return wanted.length;
  let bytes = 0;
  for (const piece of wanted) bytes += piece.length;
  return bytes;
}

function copyFrames(frames: readonly Exclude<Instead, 'nothing'>[], flags: Uint8Array, copy: Buffer): Buffer {
  let at = 0;
  const put = (piece: Buffer) => {
    copy.set(piece, at);
    at += piece.length;
  };
  for (let index = 0; index < frames.length; index++) {
    const frame = frames[index];
    if (!frame || flags[index] === 0) continue;
    if (frame instanceof Uint8Array) put(frame);
    else for (const piece of frame) put(piece);
  }
  return copy;
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
