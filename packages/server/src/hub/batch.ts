import type { Event, Position } from '@carillon/core';

/** Frames of one group that are written at once, in order. */
export interface Slice {
  readonly events: readonly Event[];
  readonly frames: readonly Buffer[];
  /** All frames in one piece. */
  readonly buffer: Buffer;
  readonly first: Position;
  readonly last: Position;
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
    });
    this.#events = [];
    this.#frames = [];
    this.#bytes = 0;
  }
}

function joined(frames: readonly Buffer[], bytes: number): Buffer {
  const only = frames[0];
  return frames.length === 1 && only ? only : Buffer.concat(frames, bytes);
}

/**
 * What a reader wants of a slice: the whole shared buffer, or a copy of the runs between the holes, or nothing.
 * A copy, so that a reader that waits for its network does not keep whole slices alive.
 */
export function choose(
  slice: Slice,
  after: Position,
  accepts: ((event: Event) => boolean) | undefined,
): { readonly buffer: Buffer; readonly count: number } | undefined {
  const chosen: Buffer[] = [];
  let bytes = 0;
  for (const [index, frame] of slice.frames.entries()) {
    const event = slice.events[index];
    if (!event || event.position <= after || (accepts && !accepts(event))) continue;
    chosen.push(frame);
    bytes += frame.length;
  }
  if (chosen.length === 0) return undefined;
  const whole = chosen.length === slice.frames.length;
  return { buffer: whole ? slice.buffer : joined(chosen, bytes), count: chosen.length };
}
