import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Appended,
  type Epoch,
  type Event,
  type Head,
  type IdempotencyKey,
  type LogStore,
  type NewEvent,
  type Page,
  type Position,
  type ReadQuery,
  type Sequencer,
} from '@carillon/core';
import {
  type CommandAnswer,
  type Commands,
  DATABASE_NAME,
  encodeExtra,
  endProcess,
  exactBytes,
  type Message,
  type Notice,
  type OperationAnswer,
  type PreparedEvent,
  type QueryAnswer,
  ReaderPool,
  type RetentionSettings,
  type StorageSettings,
  type ThreadRoots,
  WriterClient,
} from '../storage/index.ts';
import { checkEvent } from './check-event.ts';
import type { ContentCheck } from './content-check.ts';
import { loadIndex } from './index-builder.ts';
import { Intake } from './intake.ts';
import { PageReader } from './page-reader.ts';

export interface LogOptions {
  readonly settings: StorageSettings;
  readonly threads: ThreadRoots;
  /** Given when another sequencer gives the positions: the directory only follows, by `ingest`. */
  readonly follows?: Epoch;
  /** What an operator should know; nothing is printed here. */
  readonly onNotice?: (notice: Notice) => void;
  /** Called when the process must end, because what is on the disk is unknown; ends it when absent. */
  readonly onFatal?: (message: string) => void;
}

/** The embedded log: order, durability and reading over one SQLite file, and the state beside it. */
export interface Log extends Sequencer, LogStore, Commands {
  /** The page at once, when memory has all of it. */
  readNow(query: ReadQuery): Page | undefined;
  /** Called with the positions whose data was replaced, after `read` shows it. */
  onErase(listener: (positions: readonly Position[]) => void): () => void;
  /**
   * Takes events in the places another sequencer gave them, ascending; what is here already is left alone, what is
   * left out never was. `sealedMs` is that sequencer's. Resolves when they are durable here.
   */
  ingest(events: readonly Event[], sealedMs: number): Promise<void>;
  /** Removes what retention would remove if the clock showed this (milliseconds since 1970). */
  expire(nowMs: number): Promise<void>;
  /** Changes how long events are kept from now on. */
  retain(retention: RetentionSettings): Promise<void>;
  /** Appends and commands that are not answered yet. */
  readonly waiting: number;
  /** Answers what was asked before, then ends the threads. */
  close(): Promise<void>;
}

/**
 * Opens the log of a directory, or makes it; ready once all that was ever acknowledged is proven to be there.
 * Throws `corrupt` naming the file and what to do, `conflict` when another process has the directory.
 */
export async function openLog(options: LogOptions): Promise<Log> {
  const { settings } = options;
  mkdirSync(settings.directory, { recursive: true });
  const log = new EmbeddedLog(options, join(settings.directory, DATABASE_NAME));
  await log.open();
  return log;
}

class EmbeddedLog implements Log {
  readonly #settings: StorageSettings;
  readonly #options: LogOptions;
  readonly #file: string;
  readonly #writer: WriterClient;
  readonly #intake: Intake;
  #pool: ReaderPool | undefined;
  #pages: PageReader | undefined;
  #closed = false;

  constructor(options: LogOptions, file: string) {
    this.#options = options;
    this.#settings = options.settings;
    this.#file = file;
    const { threads, follows, onNotice } = options;
    this.#intake = new Intake({
      tailBytes: this.#settings.tailBytes,
      follows: follows !== undefined,
      notice: (notice) => onNotice?.(notice),
      fatal: options.onFatal ?? endProcess,
    });
    const to = { settings: this.#settings, threads, file, ...(follows === undefined ? {} : { follows }) };
    this.#writer = new WriterClient(to, this.#intake);
  }

  async open(): Promise<void> {
    try {
      const { threads, onNotice } = this.#options;
      const pool = new ReaderPool(threads.reader, this.#file, this.#settings.readerThreads, {
        notice: (notice) => onNotice?.(notice),
        fatal: (message) => this.#writer.fail(message),
      });
      this.#pool = pool;
      const { epoch, position, stamp } = await this.#writer.opened;
      const { index } = this.#intake;
      const loaded = await loadIndex(pool, this.#file, position, index, this.#settings.retention);
      this.#intake.begin(epoch, position, stamp);
      this.#pages = new PageReader({
        file: this.#file,
        pool,
        intake: this.#intake,
        settled: async () => {
          await this.#writer.send({ kind: 'side', side: { kind: 'barrier' } });
        },
      });
      this.#writer.start(loaded.removableBytes);
      this.#checkBehind(loaded.contents);
    } catch (error) {
      await Promise.all([this.#pool?.terminate(), this.#writer.terminate()]);
      throw error;
    }
  }

  /** Behind the start's back, because reading all of a long log would hold it up. */
  #checkBehind(contents: ContentCheck): void {
    contents
      .behind(() => this.#closed)
      .catch((error: unknown) => {
        if (!this.#closed) this.#writer.fail(error instanceof Error ? error.message : String(error));
      });
  }

  get head(): Head {
    return this.#intake.head;
  }

  get waiting(): number {
    return this.#writer.waiting;
  }

  async append(events: readonly NewEvent[], idempotency?: IdempotencyKey): Promise<Appended> {
    if (events.length === 0) return { positions: [], duplicate: false };
    const prepared = events.map((event) => this.#prepare(event));
    const side = idempotency ? { kind: 'key' as const, key: idempotency } : undefined;
    return appended(await this.#writer.send({ kind: 'append', events: prepared, side }));
  }

  async erase(positions: readonly Position[]): Promise<void> {
    if (positions.length > 0) await this.#writer.send({ kind: 'side', side: { kind: 'erase', positions } });
  }

  async run<Input, Result>(
    command: Message<Input, Result>,
    input: Input,
    key?: IdempotencyKey,
  ): Promise<CommandAnswer<Result>> {
    const side = { kind: 'command' as const, name: command.name, input: exactBytes(input), ...(key ? { key } : {}) };
    const answer = await this.#writer.send({ kind: 'side', side });
    // Names are shared with the types of their answers (`Message`).
    return { result: answer.result as Result, ...appended(answer) };
  }

  async query<Input, Rows>(query: Message<Input, Rows>, input: Input): Promise<QueryAnswer<Rows>> {
    if (!this.#pool) throw new Error('the log is not open yet');
    return this.#pool.query(query, input);
  }

  async read(query: ReadQuery): Promise<Page> {
    return this.#reader.read(query);
  }

  readNow(query: ReadQuery): Page | undefined {
    return this.#reader.readNow(query);
  }

  lastRemoved(topics: readonly string[]): Position {
    return topics.reduce((last, topic) => Math.max(last, this.#intake.index.lastRemoved(topic)), 0);
  }

  onAdvance(listener: (events: readonly Event[]) => void): () => void {
    return this.#intake.onAdvance(listener);
  }

  onErase(listener: (positions: readonly Position[]) => void): () => void {
    return this.#intake.onErase(listener);
  }

  async ingest(events: readonly Event[], sealedMs: number): Promise<void> {
    if (this.#options.follows === undefined) throw new Error('this log gives positions itself');
    if (events.length > 0) {
      for (const event of events) checkEvent(event, (topic) => this.#intake.index.hasName(topic));
      const exact = events.map((event) => ({ ...event, data: Uint8Array.from(event.data) }));
      await this.#writer.send({ kind: 'side', side: { kind: 'ingest', events: exact } });
    }
    this.#intake.followSeal(sealedMs);
  }

  async expire(nowMs: number): Promise<void> {
    await this.#writer.send({ kind: 'side', side: { kind: 'expire', now: nowMs } });
  }

  async retain(settings: RetentionSettings): Promise<void> {
    await this.#writer.send({ kind: 'side', side: { kind: 'retention', settings } });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#pool?.close();
    await this.#writer.close();
  }

  get #reader(): PageReader {
    if (!this.#pages) throw new Error('the log is not open yet');
    return this.#pages;
  }

  #prepare(event: NewEvent): PreparedEvent {
    checkEvent(event, (topic) => this.#intake.index.hasName(topic));
    const extra = encodeExtra(event);
    return { event, extra, extraBytes: extra === '' ? 0 : Buffer.byteLength(extra) };
  }
}

function appended({ first, count, duplicate }: OperationAnswer): Appended {
  return { positions: Array.from({ length: count }, (_, n) => first + n), duplicate };
}
