import type { Epoch, Event, Head, Position } from '@carillon/core';
import {
  type Changes,
  type CommitSink,
  type Notice,
  ownBytes,
  type PreparedEvent,
  type TopicColumn,
} from '../storage/index.ts';
import { erasedEvent, eventOfNew, eventOfRow } from './events.ts';
import { unpackRows } from './row-codec.ts';
import { Tail } from './tail.ts';
import { TopicIndex } from './topic-index.ts';

export interface IntakeOptions {
  readonly tailBytes: number;
  /** Another sequencer says what is sealed. */
  readonly follows: boolean;
  notice(notice: Notice): void;
  fatal(message: string): void;
}

/** Takes each commit into memory: index, tail and head; then tells who wants to know. */
export class Intake implements CommitSink {
  readonly index = new TopicIndex();
  readonly #options: IntakeOptions;
  readonly #advanceListeners = new Set<(events: readonly Event[]) => void>();
  readonly #eraseListeners = new Set<(positions: readonly Position[]) => void>();
  #tail = new Tail(0, 0);
  #head: Head = { epoch: '', position: 0, sealedMs: 0 };
  /** Events of the commit that is being taken in. */
  #fresh: Event[] = [];

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  /** Where the log stood when it was opened. */
  begin(epoch: Epoch, position: Position, stamp: number): void {
    this.#tail = new Tail(position, this.#options.tailBytes);
    this.#head = { epoch, position, sealedMs: this.#options.follows ? 0 : stamp };
  }

  get head(): Head {
    return this.#head;
  }

  get tail(): Tail {
    return this.#tail;
  }

  onAdvance(listener: (events: readonly Event[]) => void): () => void {
    this.#advanceListeners.add(listener);
    return () => this.#advanceListeners.delete(listener);
  }

  onErase(listener: (positions: readonly Position[]) => void): () => void {
    this.#eraseListeners.add(listener);
    return () => this.#eraseListeners.delete(listener);
  }

  topics({ newTopics }: Changes): void {
    for (const [id, name] of newTopics) this.index.addTopic(id, name);
  }

  appended(events: readonly PreparedEvent[], first: Position, ids: readonly number[], time: number): void {
    events.forEach(({ event }, n) => this.#add(eventOfNew(event, { position: first + n, id: ids[n] ?? 0, time })));
  }

  made(rows: Uint8Array<ArrayBuffer>): void {
    for (const row of unpackRows(rows)) this.#add(eventOfRow(row, (id) => this.index.nameOf(id)));
  }

  ingested(events: readonly Event[]): void {
    for (const event of events) this.#add(event);
  }

  changed({ removed, erased }: Changes): void {
    for (const column of removed) {
      this.index.remove(column);
      for (const position of column.positions) this.#tail.replace(position, undefined);
    }
    for (const position of erased) {
      const event = this.#tail.get(position);
      if (event) this.#tail.replace(position, erasedEvent(event));
    }
    this.#forgetFresh(removed, erased);
    if (erased.length > 0) this.#tell(this.#eraseListeners, erased);
  }

  advanced(position: Position, sealedMs: number): void {
    const events = this.#fresh;
    this.#fresh = [];
    const { epoch, sealedMs: before } = this.#head;
    this.#head = { epoch, position, sealedMs: this.#options.follows ? before : Math.max(sealedMs, before) };
    if (events.length > 0) this.#tell(this.#advanceListeners, events);
  }

  sealed(sealedMs: number): void {
    if (!this.#options.follows) this.#seal(sealedMs);
  }

  /** What the sequencer that is followed has sealed. */
  followSeal(sealedMs: number): void {
    this.#seal(sealedMs);
  }

  notice(notice: Notice): void {
    this.#options.notice(notice);
  }

  fatal(message: string): void {
    this.#options.fatal(message);
  }

  #add(added: Event): void {
    const data = ownBytes(added.data);
    const event = data === added.data ? added : { ...added, data };
    this.#tail.add(event);
    this.index.add(event.position, event.topics);
    this.#fresh.push(event);
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

  #seal(sealedMs: number): void {
    if (sealedMs > this.#head.sealedMs) this.#head = { ...this.#head, sealedMs };
  }

  #tell<T>(listeners: ReadonlySet<(value: T) => void>, value: T): void {
    for (const listener of listeners) {
      try {
        listener(value);
      } catch (error) {
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
        this.#options.notice({ level: 'error', message: `a listener of the log failed: ${text}` });
      }
    }
  }
}
