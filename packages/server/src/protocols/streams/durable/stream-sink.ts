import { type Epoch, formatToken, type LogStore } from '@carillon/core';
import type { Reader, Sink } from '../../../hub/index.ts';
import type { SocketSink } from '../../../transport/index.ts';
import { cursorAt } from './cursor.ts';
import {
  endsStream,
  lastOffset,
  markUpToDate,
  pageFrame,
  raiseCursors,
  type SseForm,
  upToDateFrame,
} from './encode.ts';
import { offsetAt } from './headers.ts';
import type { StreamPage } from './page.ts';

/** Readers of one group are handed the same buffer and share its marked copy, for as long as somebody holds it. */
export type MarkedFrames = WeakMap<Buffer, Buffer>;

export interface StreamSinkOptions {
  readonly form: SseForm;
  /** Cursors that the reader is told are not below this one. */
  readonly cursor: number;
  readonly log: LogStore;
  readonly marked: MarkedFrames;
}

/**
 * A reader's socket as the hub sees it. What is written is the only thing that tells whether the reader is up to date
 * and whether its stream has ended, so both are noticed here.
 */
export class StreamSink implements Sink {
  readonly #socket: SocketSink;
  readonly #options: StreamSinkOptions;
  #reader: Reader | undefined;
  #next: string;
  #isUpToDate = false;

  constructor(socket: SocketSink, options: StreamSinkOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#next = offsetAt(0, options.log.head);
  }

  get pendingBytes(): number {
    return this.#socket.pendingBytes;
  }

  get closed(): boolean {
    return this.#socket.closed;
  }

  onDrain(listener: () => void): void {
    this.#socket.onDrain(listener);
  }

  /** Resolves when the network has taken everything, or never when the client is gone: look at `closed` first. */
  drained(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
      this.#socket.onDrain(resolve);
    });
  }

  /** Sends a page of history and ends the connection when nothing can follow it. */
  send(page: StreamPage): void {
    if (page.ended) return this.end();
    const { form, log } = this.#options;
    this.#socket.write(pageFrame(form, page, this.#cursorNow(), log.head));
    this.#next = offsetAt(page.next, log.head);
    this.#isUpToDate = page.upToDate;
    if (page.closed) this.end();
  }

  /** From here on the hub writes. */
  follow(reader: Reader): void {
    this.#reader = reader;
  }

  write(frames: Buffer): boolean {
    if (endsStream(frames)) {
      const isFree = this.#socket.write(this.#raised(frames));
      this.end();
      return isFree;
    }
    this.#next = lastOffset(frames, tokenLength(this.#options.log.head.epoch));
    this.#isUpToDate = this.#reader?.live ?? false;
    return this.#socket.write(this.#raised(this.#isUpToDate ? this.#marked(frames) : frames));
  }

  /** What to say when the reader has caught up without having been told. */
  caughtUp(): Buffer | undefined {
    if (this.#isUpToDate) return undefined;
    this.#isUpToDate = true;
    return upToDateFrame(this.#next, this.#cursorNow());
  }

  end(): void {
    if (!this.#socket.closed) this.#socket.end({});
  }

  #marked(frames: Buffer): Buffer {
    const { marked } = this.#options;
    const known = marked.get(frames);
    if (known) return known;
    const made = markUpToDate(frames);
    marked.set(frames, made);
    return made;
  }

  #raised(frames: Buffer): Buffer {
    const { cursor } = this.#options;
    return cursor > cursorAt(Date.now()) ? raiseCursors(frames, cursor) : frames;
  }

  #cursorNow(): number {
    return Math.max(this.#options.cursor, cursorAt(Date.now()));
  }
}

function tokenLength(epoch: Epoch): number {
  return formatToken({ position: 0, epoch }).length;
}
