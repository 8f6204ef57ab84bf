import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { judge, readLog, type Verdict } from './checker.ts';
import { Publisher } from './publisher.ts';
import { Reader } from './reader.ts';
import type { Server } from './server.ts';
import { until } from './wait.ts';

export interface LoadOptions {
  readonly publishers?: number;
  readonly readers?: number;
  readonly padding?: number;
}

/** Publishers and readers of a server over all its deaths, each with a file of its own. */
export class Load {
  readonly #server: Server;
  readonly #publishers: readonly Publisher[];
  readonly #readers: readonly Reader[];
  readonly #files: { readonly publishers: readonly string[]; readonly readers: readonly string[] };
  readonly #topics: readonly string[];
  readonly #publishing = new AbortController();
  readonly #reading = new AbortController();
  #work: Promise<unknown> = Promise.resolve();
  #watching: Promise<unknown> = Promise.resolve();
  #failure: Error | undefined;

  constructor(server: Server, scratch: string, { publishers = 6, readers = 4, padding }: LoadOptions = {}) {
    this.#server = server;
    this.#topics = ['faults/a', 'faults/b', 'faults/c'];
    const file = (kind: string, n: number): string => join(scratch, `${kind}-${n}.jsonl`);
    this.#files = {
      publishers: Array.from({ length: publishers }, (_, n) => file('publisher', n)),
      readers: Array.from({ length: readers }, (_, n) => file('reader', n)),
    };
    for (const path of [...this.#files.publishers, ...this.#files.readers]) writeFileSync(path, '');
    this.#publishers = this.#files.publishers.map((path, n) => {
      const topic = this.#topics[n % this.#topics.length] ?? '';
      return new Publisher(server, { name: `p${n}`, file: path, topic, ...(padding === undefined ? {} : { padding }) });
    });
    this.#readers = this.#files.readers.map((path, n) => {
      const topics = n % 2 === 0 ? this.#topics : this.#topics.slice(n % this.#topics.length).slice(0, 2);
      return new Reader(server, { file: path, topics });
    });
  }

  get acked(): number {
    return this.#publishers.reduce((total, { acked }) => total + acked, 0);
  }

  get refused(): number {
    return this.#publishers.reduce((total, { refused }) => total + refused, 0);
  }

  async start(): Promise<void> {
    this.#watching = this.#guard(this.#readers.map((reader) => reader.run(this.#reading.signal)));
    await until(
      () => this.#readers.every(({ lastEventId }) => lastEventId !== undefined),
      'every reader has a position',
    );
    this.#work = this.#guard(this.#publishers.map((publisher) => publisher.run(this.#publishing.signal)));
  }

  /** Waits for this many more acknowledged publishes. */
  async more(acks: number, deadlineMs = 60_000): Promise<void> {
    const goal = this.acked + acks;
    await until(
      () => this.#failure !== undefined || this.acked >= goal,
      `${acks} more publishes are acknowledged`,
      deadlineMs,
    );
    if (this.#failure) throw this.#failure;
  }

  /** Lets every publisher be answered and every reader catch up on the running server, then judges it all. */
  async finish(): Promise<Verdict> {
    this.#publishing.abort();
    await this.#work;
    if (this.#failure) throw this.#failure;
    const log = await readLog(this.#server, this.#topics);
    const end = log.at(-1)?.position ?? '';
    await until(
      () => this.#readers.every((reader, n) => this.#reached(reader, n, log, end)),
      'every reader has caught up',
    );
    this.#reading.abort();
    await this.#watching;
    return judge(log, this.#files.publishers, this.#files.readers);
  }

  /** Ends everything without a verdict, after a failure. */
  abandon(): void {
    this.#publishing.abort();
    this.#reading.abort();
  }

  #reached(reader: Reader, n: number, log: readonly { position: string; topic: string }[], end: string): boolean {
    const topics = n % 2 === 0 ? this.#topics : this.#topics.slice(n % this.#topics.length).slice(0, 2);
    const last = log.findLast(({ topic }) => topics.includes(topic))?.position ?? end;
    return (reader.lastEventId ?? '') >= last;
  }

  async #guard(runs: readonly Promise<void>[]): Promise<void> {
    await Promise.all(runs).catch((error: unknown) => {
      this.#failure ??= error instanceof Error ? error : new Error(String(error));
    });
  }
}
