import type { Worker } from 'node:worker_threads';
import { CarillonError, fromErrorValue } from '@carillon/core';
import type { Message, QueryAnswer } from './command.ts';
import type { FromReader, Notice } from './messages.ts';
import type { ReaderData } from './reader.ts';
import { spawnThread } from './threads.ts';

const MAX_WAITING = 20_000;

interface Asked {
  readonly name: string;
  readonly resolve: (answer: QueryAnswer<unknown>) => void;
  readonly reject: (error: Error) => void;
}

interface Reader {
  readonly worker: Worker;
  readonly asked: Map<number, Asked>;
  readonly ended: Promise<void>;
}

export interface PoolEvents {
  notice(notice: Notice): void;
  fatal(message: string): void;
}

/** The reader threads: each question goes to the one with the fewest waiting. */
export class ReaderPool {
  readonly #readers: readonly Reader[];
  readonly #events: PoolEvents;
  #lastAsk = 0;
  #closing = false;

  constructor(root: URL, file: string, count: number, events: PoolEvents) {
    this.#events = events;
    const data: ReaderData = { file };
    this.#readers = Array.from({ length: count }, (_, n) =>
      this.#start(spawnThread(root, `carillon-reader-${n}`, data)),
    );
  }

  query<Input, Rows>(query: Message<Input, Rows>, input: Input): Promise<QueryAnswer<Rows>> {
    const reader = this.#readers.reduce((best, other) => (other.asked.size < best.asked.size ? other : best));
    if (this.#closing) throw new CarillonError('draining', 'the log is closed');
    if (reader.asked.size >= MAX_WAITING) {
      throw new CarillonError('rate-limited', `${MAX_WAITING} reads are waiting already`);
    }
    this.#lastAsk += 1;
    const ask = this.#lastAsk;
    reader.worker.postMessage({ ask, name: query.name, input });
    return new Promise((resolve, reject) => {
      // Names are shared with the types of their answers (`Message`).
      reader.asked.set(ask, { name: query.name, resolve: resolve as Asked['resolve'], reject });
    });
  }

  async close(): Promise<void> {
    this.#closing = true;
    for (const { worker } of this.#readers) worker.postMessage('close');
    await Promise.all(this.#readers.map((reader) => reader.ended));
  }

  async terminate(): Promise<void> {
    this.#closing = true;
    await Promise.all(this.#readers.map(({ worker }) => worker.terminate()));
  }

  #start(worker: Worker): Reader {
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    const reader: Reader = { worker, asked: new Map(), ended };
    worker.on('message', (message: FromReader) => this.#answered(reader, message));
    worker.on('error', (error) => this.#events.fatal(`a reader thread failed: ${error.stack ?? error.message}`));
    void ended.then(() => {
      if (!this.#closing) this.#events.fatal('a reader thread ended by itself');
      const gone = new CarillonError('draining', 'the log was closed');
      for (const { reject } of reader.asked.values()) reject(gone);
      reader.asked.clear();
    });
    return reader;
  }

  #answered(reader: Reader, message: FromReader): void {
    const asked = reader.asked.get(message.ask);
    if (!asked) return;
    reader.asked.delete(message.ask);
    if ('rows' in message) {
      asked.resolve({ rows: message.rows, position: message.position });
      return;
    }
    if (message.detail !== undefined) {
      this.#events.notice({ level: 'error', message: `the query ${asked.name} failed: ${message.detail}` });
    }
    asked.reject(fromErrorValue(message.error));
  }
}
