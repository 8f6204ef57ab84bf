import { MessageChannel, type Worker } from 'node:worker_threads';
import { CarillonError, type Epoch, type Event, fromErrorValue, type Position } from '@carillon/core';
import type { CheckpointerData } from './checkpointer.ts';
import { nextId } from './clock.ts';
import { weightOf } from './exact-bytes.ts';
import { type PreparedEvent, packFrame, type Request, sizeOf } from './frame.ts';
import type { Changes, Committed, Exception, FromWriter, Notice, Opened, ToWriter, WriterData } from './messages.ts';
import type { StorageSettings } from './settings.ts';
import { siblingModule, spawnThread, type ThreadRoots } from './threads.ts';

/** How one operation was answered. */
export interface OperationAnswer {
  readonly first: Position;
  readonly count: number;
  readonly duplicate: boolean;
  readonly result: unknown;
}

/** Told about each commit before its operations are answered. */
export interface CommitSink {
  topics(changes: Changes): void;
  /** Events that the main thread handed in, with the place of the first. */
  appended(events: readonly PreparedEvent[], first: Position, ids: readonly number[], time: number): void;
  /** Events that a command made, packed as rows. */
  made(rows: Uint8Array<ArrayBuffer>): void;
  /** Events of another sequencer that were new here. */
  ingested(events: readonly Event[]): void;
  changed(changes: Changes): void;
  advanced(end: Position, sealedMs: number): void;
  sealed(sealedMs: number): void;
  notice(notice: Notice): void;
  /** The process must end. */
  fatal(message: string): void;
}

interface Waiting {
  readonly request: Request;
  /** In its frame, and altogether. */
  readonly frameBytes: number;
  readonly bytes: number;
  readonly resolve: (answer: OperationAnswer) => void;
  readonly reject: (error: Error) => void;
}

export interface WriterClientOptions {
  readonly settings: StorageSettings;
  readonly threads: ThreadRoots;
  readonly file: string;
  readonly follows?: Epoch;
}

/** The main thread's end of the writer: one message per tick there, one per commit back, answers in order. */
export class WriterClient {
  readonly #settings: StorageSettings;
  readonly #sink: CommitSink;
  readonly #worker: Worker;
  readonly #checkpointerData: CheckpointerData;
  #checkpointer: Worker | undefined;
  readonly #opened = Promise.withResolvers<Opened>();
  readonly #ended: Promise<void>[];
  /** Not sent yet. */
  #outbox: Waiting[] = [];
  /** Sent and not answered, in order, from `#answered` on. */
  #sent: Waiting[] = [];
  #answered = 0;
  #waitingBytes = 0;
  #state: 'open' | 'closing' | 'broken' = 'open';

  constructor({ settings, threads, file, follows }: WriterClientOptions, sink: CommitSink) {
    this.#settings = settings;
    this.#sink = sink;
    const { port1, port2 } = new MessageChannel();
    this.#checkpointerData = { file, port: port2 };
    const writerData: WriterData = { settings, checkpointer: port1, ...(follows === undefined ? {} : { follows }) };
    this.#worker = spawnThread(threads.writer, 'carillon-writer', writerData, [port1]);
    this.#worker.on('message', (message: FromWriter) => this.#receive(message));
    this.#ended = [
      this.#track(this.#worker).then(() => {
        if (this.#state === 'open') this.fail('the writer thread ended by itself');
        this.#rejectAll();
      }),
    ];
  }

  /** Resolves once the directory is open; rejects with the reason why it cannot be. */
  get opened(): Promise<Opened> {
    return this.#opened.promise;
  }

  /** Operations that wait for an answer. */
  get waiting(): number {
    return this.#outbox.length + this.#sent.length - this.#answered;
  }

  send(request: Request): Promise<OperationAnswer> {
    if (this.#state !== 'open') throw new CarillonError('draining', 'the log is closed');
    const frameBytes = sizeOf(request);
    const bytes = frameBytes + (request.side ? weightOf(request.side) : 0);
    if (this.#waitingBytes + bytes > this.#settings.waitingBytes && this.waiting > 0) {
      throw new CarillonError('rate-limited', `${this.#waitingBytes} bytes are waiting to be stored already`);
    }
    this.#waitingBytes += bytes;
    if (this.#outbox.length === 0) setImmediate(() => this.#flush());
    return new Promise((resolve, reject) => {
      this.#outbox.push({ request, frameBytes, bytes, resolve, reject });
    });
  }

  /** Lets the log be kept in shape: retention and checkpoints begin. */
  start(removableBytes: number): void {
    const root = siblingModule('./checkpointer-thread', import.meta.url);
    const { port } = this.#checkpointerData;
    this.#checkpointer = spawnThread(root, 'carillon-checkpointer', this.#checkpointerData, [port]);
    this.#ended.push(this.#track(this.#checkpointer));
    this.#post({ kind: 'start', removableBytes });
  }

  /** Stores what was asked before, then ends both threads. */
  async close(): Promise<void> {
    if (this.#state === 'open') {
      this.#flush();
      this.#state = 'closing';
      this.#post({ kind: 'close' });
    }
    if (!this.#checkpointer) this.#checkpointerData.port.close();
    await Promise.all(this.#ended);
  }

  /** Ends both threads where they stand. */
  async terminate(): Promise<void> {
    this.#state = 'broken';
    if (!this.#checkpointer) this.#checkpointerData.port.close();
    await Promise.all([this.#worker.terminate(), this.#checkpointer?.terminate()]);
  }

  #post(message: ToWriter): void {
    if (message.kind === 'frame') this.#worker.postMessage(message, [message.bytes.buffer]);
    else this.#worker.postMessage(message);
  }

  #flush(): void {
    if (this.#outbox.length === 0 || this.#state === 'broken') return;
    const batch = this.#outbox;
    this.#outbox = [];
    let size = 0;
    const requests = batch.map((waiting) => {
      size += waiting.frameBytes;
      return waiting.request;
    });
    for (const waiting of batch) this.#sent.push(waiting);
    this.#post(packFrame(requests, size));
  }

  /** Resolves when the thread has ended; its failure is everybody's. */
  #track(worker: Worker): Promise<void> {
    worker.on('error', (error) => this.fail(`a storage thread failed: ${error.stack ?? error.message}`));
    return new Promise((resolve) => worker.once('exit', () => resolve()));
  }

  #receive(message: FromWriter): void {
    switch (message.kind) {
      case 'opened':
        this.#opened.resolve(message.opened);
        return;
      case 'unusable':
        this.#state = 'closing';
        this.#opened.reject(fromErrorValue(message.error));
        return;
      case 'committed':
        this.#committed(message);
        return;
      case 'refused':
        for (const waiting of this.#take(message.operations)) waiting.reject(fromErrorValue(message.error));
        return;
      case 'sealed':
        this.#sink.sealed(message.sealedMs);
        return;
      case 'notice':
        this.#sink.notice(message.notice);
        return;
      case 'fatal':
        this.fail(message.message);
        return;
      case 'closed':
    }
  }

  #committed(message: Committed): void {
    const answered = this.#take(message.operations);
    const answers: (OperationAnswer | CarillonError)[] = [];
    if (message.changes) this.#sink.topics(message.changes);
    let { position, id } = message;
    let exceptions = 0;
    answered.forEach(({ request }, operation) => {
      const exception = message.exceptions[exceptions];
      if (exception?.operation === operation) {
        exceptions += 1;
        ({ position, id } = exception);
        answers.push(this.#except(request, exception));
        return;
      }
      const events = request.kind === 'append' ? request.events : [];
      const ids = events.map(() => (id = nextId(id, message.time)));
      const first = position + 1;
      position += events.length;
      this.#sink.appended(events, first, ids, message.time);
      answers.push({ first, count: events.length, duplicate: false, result: undefined });
    });
    if (message.changes) this.#sink.changed(message.changes);
    this.#sink.advanced(message.end, message.sealedMs);
    answered.forEach(({ resolve, reject }, operation) => {
      const answer = answers[operation];
      if (answer instanceof CarillonError) reject(answer);
      else if (answer) resolve(answer);
    });
  }

  #except(request: Request, { outcome }: Exception): OperationAnswer | CarillonError {
    if (outcome.kind === 'error') return fromErrorValue(outcome.error);
    const { first, count, duplicate, result, rows } = outcome;
    if (rows) this.#sink.made(rows);
    if (request.kind === 'side' && request.side.kind === 'ingest') {
      // The writer answers an ingest with the position that it had before.
      const from = result as Position;
      this.#sink.ingested(request.side.events.filter((event) => event.position > from));
    }
    return { first, count, duplicate, result };
  }

  #take(operations: number): readonly Waiting[] {
    const taken = this.#sent.slice(this.#answered, this.#answered + operations);
    this.#answered += operations;
    for (const waiting of taken) this.#waitingBytes -= waiting.bytes;
    if (this.#answered === this.#sent.length || this.#answered > 10_000) {
      this.#sent = this.#sent.slice(this.#answered);
      this.#answered = 0;
    }
    return taken;
  }

  /** Ends everything: nothing is acknowledged any more. */
  fail(message: string): void {
    if (this.#state === 'broken') return;
    this.#state = 'broken';
    this.#sink.fatal(message);
    this.#opened.reject(new CarillonError('unavailable', message));
    this.#rejectAll();
    void this.terminate();
  }

  #rejectAll(): void {
    const unknown = new CarillonError('unavailable', 'the log ended before it could answer; the outcome is unknown');
    const all = [...this.#sent.slice(this.#answered), ...this.#outbox];
    this.#sent = [];
    this.#outbox = [];
    this.#answered = 0;
    this.#waitingBytes = 0;
    for (const waiting of all) waiting.reject(unknown);
  }
}
