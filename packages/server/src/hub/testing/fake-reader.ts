import type { Event, Position } from '@carillon/core';
import type { Encoding, Look, ReaderOwner, Sink } from '../reader.ts';

/** One line per event, so that a test can read positions, topics and order off the bytes. */
export const LINES: Encoding = {
  name: 'lines',
  encode: (event, shown) => Buffer.from(`${event.position} ${shown.join(' ')}\n`),
};

/** The same frame for all, whatever they asked for. */
export const SHARED: Encoding = {
  name: 'shared',
  encode: (event) => Buffer.from(`${event.position}\n`),
  ignoresShown: true,
};

/** Keeps every third event from its reader, and marks the one after that. */
export const MARKED: Look = ({ position }, frame) => {
  if (position % 3 === 0) return 'nothing';
  return position % 3 === 1 ? Buffer.from(`${frame.toString().trimEnd()} *\n`) : frame;
};

/** An encoding whose exceptions are what these viewers would see by looking. */
export function markedFor(viewers: Iterable<object>, encoding: Encoding): Encoding {
  return {
    ...encoding,
    name: `${encoding.name}-marked`,
    exceptions(event, frame) {
      const instead = MARKED(event, frame);
      return instead === frame ? undefined : new Map(Array.from(viewers, (viewer) => [viewer, instead]));
    },
  };
}

/** A sink that takes bytes when the test says so, and the owner of one reader that writes down what it hears. */
export class FakeReader implements ReaderOwner, Sink {
  pendingBytes = 0;
  closed = false;
  /** While false the network takes nothing. */
  taking = true;
  readonly refused = new Set<string>();
  readonly writes: string[] = [];
  errors: unknown[] = [];
  onWrite: (() => void) | undefined;
  #drained: (() => void) | undefined;
  #readWrites = 0;
  readonly #held: { readonly frames: Buffer; readonly text: string }[] = [];
  readonly #frames: string[] = [];
  readonly #positions: Position[] = [];

  get sink(): Sink {
    return this;
  }

  write(frames: Buffer): boolean {
    if (this.closed) throw new Error('written after closing');
    const text = frames.toString();
    this.writes.push(text);
    const isTaken = this.taking;
    if (!isTaken) {
      this.pendingBytes += frames.length;
      this.#held.push({ frames, text });
    }
    this.onWrite?.();
    return isTaken;
  }

  onDrain(listener: () => void): void {
    if (this.closed) throw new Error('asked to drain after closing');
    if (this.#drained) throw new Error('only one listener at a time');
    if (this.pendingBytes === 0) listener();
    else this.#drained = listener;
  }

  /** The network takes everything that waits, and goes on taking. */
  drain(): void {
    this.taking = true;
    this.pendingBytes = 0;
    for (const { frames, text } of this.#held.splice(0)) {
      if (frames.toString() !== text) throw new Error('bytes that waited for the network were written over');
    }
    const drained = this.#drained;
    this.#drained = undefined;
    if (!this.closed) drained?.();
  }

  mayRead(topic: string): boolean {
    return !this.refused.has(topic);
  }

  gapFrame(from: Position): Buffer {
    return Buffer.from(`gap ${from}\n`);
  }

  liveFrame(position: Position, topics: readonly string[]): Buffer {
    return Buffer.from(`live ${position} ${topics.join(' ')}\n`);
  }

  failed(error: unknown): void {
    this.closed = true;
    this.errors.push(error);
  }

  /** Everything written, a frame each. */
  get frames(): string[] {
    this.#read();
    return [...this.#frames];
  }

  /** Positions of the events among them. */
  get positions(): Position[] {
    this.#read();
    return [...this.#positions];
  }

  #read(): void {
    for (const write of this.writes.slice(this.#readWrites)) {
      for (const frame of write.split('\n').slice(0, -1)) {
        this.#frames.push(frame);
        if (/^\d/.test(frame)) this.#positions.push(Number.parseInt(frame, 10));
      }
    }
    this.#readWrites = this.writes.length;
  }
}

/** Floors at the beginning for these topics. */
export function fromStart(...topics: readonly string[]): { topic: string; since: Position }[] {
  return topics.map((topic) => ({ topic, since: 0 }));
}

/** Waits until something is true; fails with its description once five seconds have passed. */
export async function until(what: string, isTrue: () => boolean): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (!isTrue()) {
    if (performance.now() > deadline) throw new Error(`not within five seconds: ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Only odd events. */
export function isOdd(event: Event): boolean {
  return event.position % 2 === 1;
}
