import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { Frame, ToWriter } from './messages.ts';

const MAX_BATCH_OPERATIONS = 8_192;
const MAX_BATCH_BYTES = 16 * 1_048_576;

/** What came for the writer and is not applied yet, in order. */
export class Inbox {
  readonly #port: MessagePort;
  #queue: ToWriter[] = [];

  constructor(port: MessagePort) {
    this.#port = port;
  }

  get isEmpty(): boolean {
    return this.#queue.length === 0;
  }

  push(message: ToWriter): void {
    this.#queue.push(message);
  }

  /** Frames up to a batch's bounds, or up to a message that is no frame. */
  takeBatch(): readonly Frame[] {
    const batch: Frame[] = [];
    let operations = 0;
    let bytes = 0;
    while (operations < MAX_BATCH_OPERATIONS && bytes < MAX_BATCH_BYTES) {
      if (this.isEmpty) this.#fill();
      const next = this.#queue[0];
      if (next?.kind !== 'frame') break;
      this.#queue.shift();
      batch.push(next);
      operations += next.operations;
      bytes += next.bytes.byteLength;
    }
    return batch;
  }

  /** The next message, if it is no frame. */
  takeControl(): Exclude<ToWriter, Frame> | undefined {
    const next = this.#queue[0];
    if (next === undefined || next.kind === 'frame') return undefined;
    this.#queue.shift();
    return next;
  }

  #fill(): void {
    const received = receiveMessageOnPort(this.#port);
    // Only the main thread's end of the port sends, and only this.
    if (received) this.#queue.push(received.message as ToWriter);
  }
}
