import type { Event, Position } from '@carillon/core';
import type { Hub } from '../hub.ts';
import type { Reader, ReaderOptions } from '../reader.ts';
import type { FakeLog } from './fake-log.ts';
import { FakeReader } from './fake-reader.ts';

export interface Asked {
  readonly topics: readonly string[];
  readonly since: Position;
  readonly after: Position;
}

export type Manner = Pick<ReaderOptions, 'encoding' | 'accepts' | 'look' | 'viewer'>;

const ANY = Buffer.from('any');

/**
 * A reader beside the rule of delivery (kernel K4), which judges every frame at the moment it is written and, at any
 * time, whether everything up to the reader's own position has come. It knows the events, never the hub.
 */
export class ModelReader {
  readonly owner = new FakeReader();
  readonly reader: Reader;
  readonly #log: FakeLog;
  readonly #manner: Manner;
  /** Its topics now, with the position after which their events are its own. */
  readonly #floors = new Map<string, Position>();
  /** The topics through which an event counts as delivered; an event leaves when the last of them is removed. */
  readonly #had = new Map<Position, Set<string>>();
  #last = 0;
  #descents = 0;
  #replays = 0;
  #verdict: Error | undefined;
  #isForbidden = false;
  #isDetached = false;

  constructor(hub: Hub, log: FakeLog, asked: Asked, manner: Manner) {
    this.#log = log;
    this.#manner = manner;
    this.#note(asked);
    this.owner.onWrite = () => {
      // The hub takes what a sink throws for the sink's own trouble, so the verdict is kept for the next check.
      try {
        this.#judge(this.owner.writes.at(-1) ?? '');
      } catch (error) {
        this.#verdict ??= error instanceof Error ? error : new Error(String(error));
      }
    };
    const topics = asked.topics.map((topic) => ({ topic, since: asked.since }));
    this.reader = hub.attach(this.owner, { ...manner, topics, after: asked.after });
  }

  get isOver(): boolean {
    // A refused topic may have been the last one by the time the gate is asked.
    const mayBeForbidden = this.#floors.size === 0 && this.owner.refused.size > 0;
    return this.#isDetached || this.#isForbidden || (mayBeForbidden && this.owner.errors.length > 0);
  }

  /** It is live, or has a reason not to be: an end, a stopped sink, a membership that has not begun. */
  get isLevel(): boolean {
    if (this.#isForbidden && !this.#isDetached) return this.owner.errors.length > 0;
    if (this.isOver || !this.owner.taking || this.#verdict !== undefined) return true;
    const { position } = this.#log.head;
    const isEarly = this.#floors.values().some((floor) => floor > position);
    return this.reader.position === position && (this.reader.live || isEarly);
  }

  add(asked: Asked): void {
    const topics = asked.topics.filter((topic) => !this.owner.refused.has(topic));
    if (asked.after < this.reader.position) this.#replays++;
    this.#replays++;
    this.#note({ ...asked, topics });
    this.reader.addTopics(
      topics.map((topic) => ({ topic, since: asked.since })),
      asked.after,
    );
  }

  remove(topics: readonly string[]): void {
    this.#forget(topics);
    this.reader.removeTopics(topics);
  }

  /** The gate refuses these topics; the caller tells the hub. */
  refuse(topics: readonly string[]): void {
    for (const topic of topics) this.owner.refused.add(topic);
    const had = this.#floors.size;
    this.#forget(topics);
    if (had > 0 && this.#floors.size === 0) this.#isForbidden = true;
  }

  detach(): void {
    this.#isDetached = true;
    this.reader.detach();
  }

  /** Everything that the reader's position claims has come. */
  check(): void {
    if (this.#verdict !== undefined) throw this.#verdict;
    if (this.isOver) return;
    if (this.owner.errors.length > 0) throw new Error(`failed: ${String(this.owner.errors[0])}`);
    const { position } = this.reader;
    for (const event of this.#log.events) {
      if (event.position > position || !this.#isIts(event)) continue;
      if (!this.#had.has(event.position)) throw new Error(`at ${position} without having had ${event.position}`);
    }
    if (this.#descents > this.#replays) throw new Error(`out of order: ${this.owner.positions.join(' ')}`);
  }

  /** All has come: it is level with the log, or it was told why not. */
  checkEnd(): void {
    this.check();
    if (this.#isForbidden && !this.#isDetached && this.owner.errors.length !== 1) throw new Error('was never told');
    if (this.isOver) return;
    if (this.reader.position !== this.#log.head.position) throw new Error(`stays at ${this.reader.position}`);
  }

  #isIts(event: Event): boolean {
    const { accepts, look } = this.#manner;
    const isAccepted = (accepts?.(event) ?? true) && look?.(event, ANY) !== 'nothing';
    return isAccepted && this.#topicsOf(event).length > 0;
  }

  #topicsOf(event: Event): string[] {
    return event.topics.filter((topic) => event.position > (this.#floors.get(topic) ?? Infinity));
  }

  #judge(written: string): void {
    for (const frame of written.split('\n')) {
      if (!/^\d/.test(frame)) continue;
      const [digits = '', ...words] = frame.split(' ');
      const position = Number(digits);
      const event = this.#log.events.find((known) => known.position === position);
      if (event) this.#judgeLook(event, words);
      const isShared = this.#manner.encoding.ignoresShown && event;
      const shown = isShared ? this.#topicsOf(event) : words.filter((word) => word !== '*');
      if (this.isOver) throw new Error(`${position} came after the end`);
      if (this.#had.has(position)) throw new Error(`${position} came twice`);
      if (shown.length === 0) throw new Error(`${position} shows no topic`);
      for (const topic of shown) {
        if (!((this.#floors.get(topic) ?? Infinity) < position)) throw new Error(`${position} came through ${topic}`);
      }
      if (event && this.#manner.accepts?.(event) === false) throw new Error(`${position} is not accepted`);
      if (position < this.#last) this.#descents++;
      this.#last = position;
      this.#had.set(position, new Set(shown));
    }
  }

  #judgeLook(event: Event, words: readonly string[]): void {
    const instead = this.#manner.look?.(event, ANY) ?? ANY;
    if (instead === 'nothing') throw new Error(`${event.position} is not to be seen`);
    if (words.includes('*') !== (instead !== ANY)) throw new Error(`${event.position} is seen as ${words.join(' ')}`);
  }

  #note({ topics, since, after }: Asked): void {
    for (const topic of topics) {
      const asked = Math.max(since, after);
      const known = this.#floors.get(topic);
      const begins = since > this.#log.head.position;
      // A membership that begins anew knows nothing of the one before.
      if (begins && known !== undefined) this.#unhave(topics);
      this.#floors.set(topic, known === undefined || begins ? asked : Math.min(known, asked));
    }
    for (const event of this.#log.events) {
      const had = this.#had.get(event.position);
      for (const topic of event.topics) if (topics.includes(topic)) had?.add(topic);
    }
  }

  #forget(topics: readonly string[]): void {
    this.check();
    for (const topic of topics) this.#floors.delete(topic);
    this.#unhave(topics);
  }

  #unhave(topics: readonly string[]): void {
    for (const [position, had] of this.#had) {
      for (const topic of topics) had.delete(topic);
      if (had.size === 0) this.#had.delete(position);
    }
  }
}
