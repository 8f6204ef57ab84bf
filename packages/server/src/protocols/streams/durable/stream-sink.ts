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

/** The batch marked last: readers of one group are handed the same buffer and share its marked copy. */
let marked: { readonly from: Buffer; readonly to: Buffer } | undefined;

/**
 * A reader's socket as the hub sees it. What is written is the only thing that tells whether the reader is up to date
 * and whether its stream has ended, so both are noticed here.
 */
export class StreamSink implements Sink {
  readonly #socket: SocketSink;
  readonly #form: SseForm;
  readonly #log: LogStore;
  /** Cursors that the reader is told are not below this one; 0 when it brought none. */
  readonly #cursor: number;
  #reader: Reader | undefined;
  #next: string;
  #isUpToDate = false;

  constructor(
    socket: SocketSink,
    options: { readonly form: SseForm; readonly cursor: number; readonly log: LogStore },
  ) {
    this.#socket = socket;
    this.#form = options.form;
    this.#cursor = options.cursor;
    this.#log = options.log;
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
    this.#socket.write(pageFrame(this.#form, page, this.#cursorNow(), this.#log.head));
    this.#next = offsetAt(page.next, this.#log.head);
    this.#isUpToDate = page.upToDate;
    if (page.closed) this.end();
  }

  /** From here on the hub writes. */
  follow(reader: Reader): void {
    this.#reader = reader;
  }

  write(frames: Buffer): void {
    if (endsStream(frames)) {
      this.#socket.write(this.#raised(frames));
      return this.end();
    }
    this.#next = lastOffset(frames, tokenLength(this.#log.head.epoch));
    this.#isUpToDate = this.#reader?.live ?? false;
    this.#socket.write(this.#raised(this.#isUpToDate ? marking(frames) : frames));
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

  #raised(frames: Buffer): Buffer {
    return this.#cursor > cursorAt(Date.now()) ? raiseCursors(frames, this.#cursor) : frames;
  }

  #cursorNow(): number {
    return Math.max(this.#cursor, cursorAt(Date.now()));
  }
}

function marking(frames: Buffer): Buffer {
  if (marked?.from !== frames) marked = { from: frames, to: markUpToDate(frames) };
  return marked.to;
}

function tokenLength(epoch: Epoch): number {
  return formatToken({ position: 0, epoch }).length;
}
