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
  type Changes,
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
  type TopicColumn,
  verifyStructure,
  verifyTables,
  WriterClient,
} from '../storage/index.ts';
import { checkEvent } from './check-event.ts';
import { erasedEvent, eventOfNew, eventOfRow } from './events.ts';
import { buildIndex } from './index-builder.ts';
import { lifetimeOf } from './lifetimes.ts';
import { PageReader } from './page-reader.ts';
import { unpackRows } from './row-codec.ts';
import { Tail } from './tail.ts';
import { TopicIndex } from './topic-index.ts';

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
  readonly #index = new TopicIndex();
  readonly #advanceListeners = new Set<(events: readonly Event[]) => void>();
  readonly #eraseListeners = new Set<(positions: readonly Position[]) => void>();
  #tail = new Tail(0, 0);
  #pool: ReaderPool | undefined;
  #pages: PageReader | undefined;
  #head: Head = { epoch: '', position: 0, sealedMs: 0 };
  /** Events of the commit that is being taken in. */
  #fresh: Event[] = [];

  constructor(options: LogOptions, file: string) {
    this.#options = options;
    this.#settings = options.settings;
    this.#file = file;
    const { threads, follows } = options;
    const to = { settings: this.#settings, threads, file, ...(follows === undefined ? {} : { follows }) };
    this.#writer = new WriterClient(to, {
      topics: ({ newTopics }) => newTopics.forEach(([id, name]) => this.#index.addTopic(id, name)),
      appended: (events, first, ids, time) => {
        events.forEach(({ event }, n) => this.#add(eventOfNew(event, { position: first + n, id: ids[n] ?? 0, time })));
      },
      made: (rows) => this.#addRows(rows),
      ingested: (events) => events.forEach((event) => this.#add(event)),
      changed: (changes) => this.#change(changes),
      advanced: (end, sealedMs) => this.#advance(end, sealedMs),
      sealed: (sealedMs) => this.#seal(sealedMs),
      notice: (notice) => options.onNotice?.(notice),
      fatal: (message) => (options.onFatal ?? endProcess)(message),
    });
  }

  async open(): Promise<void> {
    try {
      const { threads, onNotice, onFatal } = this.#options;
      const pool = new ReaderPool(threads.reader, this.#file, this.#settings.readerThreads, {
        notice: (notice) => onNotice?.(notice),
        fatal: onFatal ?? endProcess,
      });
      this.#pool = pool;
      const { epoch, position, stamp } = await this.#writer.opened;
      const removable = await this.#build(pool, position);
      this.#tail = new Tail(position, this.#settings.tailBytes);
      this.#head = { epoch, position, sealedMs: this.#options.follows === undefined ? stamp : 0 };
      this.#pages = new PageReader({
        file: this.#file,
        index: this.#index,
        pool,
        tail: () => this.#tail,
        end: () => this.#head.position,
        settled: async () => {
          await this.#writer.send({ kind: 'side', side: { kind: 'barrier' } });
        },
      });
      this.#writer.start(removable);
    } catch (error) {
      await Promise.all([this.#pool?.terminate(), this.#writer.terminate()]);
      throw error;
    }
  }

  get head(): Head {
    return this.#head;
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
    return topics.reduce((last, topic) => Math.max(last, this.#index.lastRemoved(topic)), 0);
  }

  onAdvance(listener: (events: readonly Event[]) => void): () => void {
    this.#advanceListeners.add(listener);
    return () => this.#advanceListeners.delete(listener);
  }

  onErase(listener: (positions: readonly Position[]) => void): () => void {
    this.#eraseListeners.add(listener);
    return () => this.#eraseListeners.delete(listener);
  }

  async ingest(events: readonly Event[], sealedMs: number): Promise<void> {
    if (this.#options.follows === undefined) throw new Error('this log gives positions itself');
    if (events.length > 0) {
      for (const event of events) checkEvent(event, (topic) => this.#index.hasName(topic));
      const exact = events.map((event) => ({ ...event, data: Uint8Array.from(event.data) }));
      await this.#writer.send({ kind: 'side', side: { kind: 'ingest', events: exact } });
    }
    if (sealedMs > this.#head.sealedMs) this.#head = { ...this.#head, sealedMs };
  }

  async expire(nowMs: number): Promise<void> {
    await this.#writer.send({ kind: 'side', side: { kind: 'expire', now: nowMs } });
  }

  async retain(settings: RetentionSettings): Promise<void> {
    await this.#writer.send({ kind: 'side', side: { kind: 'retention', settings } });
  }

  async close(): Promise<void> {
    await this.#pool?.close();
    await this.#writer.close();
  }

  get #reader(): PageReader {
    if (!this.#pages) throw new Error('the log is not open yet');
    return this.#pages;
  }

  #prepare(event: NewEvent): PreparedEvent {
    checkEvent(event, (topic) => this.#index.hasName(topic));
    const extra = encodeExtra(event);
    return { event, extra, extraBytes: extra === '' ? 0 : Buffer.byteLength(extra) };
  }

  /** Builds the index and checks everything that must be sound; answers the data bytes that retention may remove. */
  async #build(pool: ReaderPool, end: Position): Promise<number> {
    const removable = new Map<number, boolean>();
    const isRemovable = (id: number): boolean => {
      let known = removable.get(id);
      if (known === undefined) {
        known = Number.isFinite(lifetimeOf(this.#index.nameOf(id), this.#settings.retention));
        removable.set(id, known);
      }
      return known;
    };
    let bytes = 0;
    await Promise.all([
      buildIndex(pool, this.#file, end, this.#index, (ids, size) => {
        if (ids.every(isRemovable)) bytes += size;
      }),
      pool.query(verifyTables, undefined),
      pool.query(verifyStructure, undefined),
    ]);
    return bytes;
  }

  #add(event: Event): void {
    this.#tail.add(event);
    this.#index.add(event.position, event.topics);
    this.#fresh.push(event);
  }

  #addRows(rows: Uint8Array<ArrayBuffer>): void {
    for (const row of unpackRows(rows)) this.#add(eventOfRow(row, (id) => this.#index.nameOf(id)));
  }

  #change({ removed, erased }: Changes): void {
    for (const column of removed) {
      this.#index.remove(column);
      for (const position of column.positions) this.#tail.replace(position, undefined);
    }
    for (const position of erased) {
      const event = this.#tail.get(position);
      if (event) this.#tail.replace(position, erasedEvent(event));
    }
    this.#pages?.changed(erased);
    this.#forgetFresh(removed, erased);
    if (erased.length > 0) this.#tell(this.#eraseListeners, erased);
  }

  /** What was added and taken away in one commit is told of as it is afterwards. */
  #forgetFresh(removed: readonly TopicColumn[], erased: readonly Position[]): void {
    const [first] = this.#fresh;
    if (!first) return;
    const gone = new Set(removed.flatMap(({ positions }) => [...positions.filter((at) => at >= first.position)]));
    const empty = new Set(erased.filter((at) => at >= first.position));
    if (gone.size + empty.size === 0) return;
    this.#fresh = this.#fresh
      .filter(({ position }) => !gone.has(position))
      .map((event) => (empty.has(event.position) && !event.erased ? erasedEvent(event) : event));
  }

  #advance(position: Position, sealedMs: number): void {
    const events = this.#fresh;
    this.#fresh = [];
    const seal = this.#options.follows === undefined ? Math.max(sealedMs, this.#head.sealedMs) : this.#head.sealedMs;
    this.#head = { epoch: this.#head.epoch, position, sealedMs: seal };
    if (events.length > 0) this.#tell(this.#advanceListeners, events);
  }

  #seal(sealedMs: number): void {
    if (this.#options.follows === undefined && sealedMs > this.#head.sealedMs) this.#head = { ...this.#head, sealedMs };
  }

  #tell<T>(listeners: ReadonlySet<(value: T) => void>, value: T): void {
    for (const listener of listeners) {
      try {
        listener(value);
      } catch (error) {
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
        this.#options.onNotice?.({ level: 'error', message: `a listener of the log failed: ${text}` });
      }
    }
  }
}

function appended({ first, count, duplicate }: OperationAnswer): Appended {
  return { positions: Array.from({ length: count }, (_, n) => first + n), duplicate };
}
