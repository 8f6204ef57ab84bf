import type { Event, LogStore, Page, Position, ReadQuery } from '@carillon/core';
import type { CatchUpState, Replay } from './catch-up-state.ts';
import type { Cursor } from './cursor.ts';
import { CursorQueue } from './cursor-queue.ts';
import { type HandOverParts, handOver } from './hand-over.ts';
import type { Meter } from './meter.ts';
import type { Progress } from './progress.ts';
import { dropEmptyReplays, finishReplay, isWanted, topicFloors } from './replay.ts';
import type { Rights } from './rights.ts';
import type { Seats } from './seats.ts';
import type { HubSettings } from './settings.ts';
import type { Stalls } from './stalls.ts';

/** Milliseconds that catching up may take in one turn of the event loop. */
const TURN_MS = 4;

export interface CatchUpParts extends HandOverParts {
  readonly log: LogStore;
  readonly seats: Seats;
  readonly progress: Progress;
  readonly rights: Rights;
  readonly meter: Meter;
  readonly settings: HubSettings;
  readonly stalls: Stalls;
  failed(cursor: Cursor, error: unknown): void;
}

/**
 * Moves every reader that is not live: new ones, slow ones, those that added topics. Each gets one page at a time and
 * goes to the end of the line, a bounded number read at once, and all that happens in short turns, so that the longest
 * replay holds up nobody.
 */
export class CatchUp {
  readonly #parts: CatchUpParts;
  readonly #queue = new CursorQueue();
  readonly #readers = new CursorQueue();
  #early: Cursor[] = [];
  #reads = 0;
  #scheduled: NodeJS.Immediate | undefined;
  #closed = false;

  constructor(parts: CatchUpParts) {
    this.#parts = parts;
  }

  /** Puts a reader in line unless something already has it and will. */
  enqueue(cursor: Cursor): void {
    const state = cursor.catchingUp;
    // One that waits for the next pass may have other topics by now, and nothing to wait for.
    if (!state || (state.stage !== 'none' && state.stage !== 'early')) return;
    state.stage = 'queued';
    this.#queue.push(cursor);
    this.#schedule();
  }

  /** The durable end moved for live readers: memberships that began above it may have begun. */
  advanced(): void {
    const early = this.#early;
    this.#early = [];
    for (const cursor of early) this.#release(cursor, 'early');
  }

  close(): void {
    this.#closed = true;
    clearImmediate(this.#scheduled);
  }

  #schedule(): void {
    if (this.#closed || this.#scheduled) return;
    const mayRead = this.#readers.length > 0 && this.#reads < this.#parts.settings.maxReads;
    if (this.#queue.length > 0 || mayRead) this.#scheduled = setImmediate(() => this.#turn());
  }

  #turn(): void {
    this.#scheduled = undefined;
    const end = performance.now() + TURN_MS;
    for (let left = this.#queue.length; left > 0 && performance.now() < end; left--) {
      const cursor = this.#queue.shift();
      if (cursor) this.#step(cursor);
    }
    while (this.#reads < this.#parts.settings.maxReads && performance.now() < end) {
      const cursor = this.#readers.shift();
      if (!cursor) break;
      this.#startRead(cursor);
    }
    this.#parts.meter.report();
    this.#schedule();
  }

  #step(cursor: Cursor): void {
    const state = cursor.catchingUp;
    if (!state || cursor.place < 0) return;
    state.stage = 'none';
    if (!this.#parts.rights.confirm(cursor)) return;
    if (this.#waitForDrain(cursor, state)) return;
    dropEmptyReplays(this.#parts.seats, cursor, state);
    if (state.replays.length === 0) {
      const recent = this.#recentFor(cursor, state);
      if (recent) {
        this.#joinOrFail(cursor, state, recent);
        return;
      }
    }
    state.stage = 'queued';
    this.#readers.push(cursor);
  }

  /** What lies between the reader and live delivery; `undefined` when it must ask the log. */
  #recentFor(cursor: Cursor, state: CatchUpState): readonly Event[] | undefined {
    if (cursor.group.interest.size === 0) return [];
    const recent = this.#parts.progress.after(cursor.seen);
    return state.fresh || recent?.length === 0 ? recent : undefined;
  }

  #joinOrFail(cursor: Cursor, state: CatchUpState, recent: readonly Event[]): void {
    try {
      this.#join(cursor, state, recent);
    } catch (error) {
      this.#parts.failed(cursor, error);
    }
  }

  /** Hands over what is between the reader and live delivery, then lets it take its seat. */
  #join(cursor: Cursor, state: CatchUpState, recent: readonly Event[]): void {
    const { progress, seats } = this.#parts;
    if (!this.#deliver(cursor, recent, Math.max(cursor.seen, progress.end))) {
      this.resume(cursor);
      return;
    }
    if (cursor.catchingUp !== state || cursor.place < 0) return;
    if (hasEarlyFloor(cursor)) {
      state.stage = 'early';
      state.fresh = true;
      this.#early.push(cursor);
      return;
    }
    const announcements = state.announcements;
    seats.sit(cursor);
    for (const topics of announcements) {
      if (cursor.place < 0 || cursor.owner.sink.closed) return;
      const frame = cursor.owner.liveFrame(seats.positionOf(cursor), topics);
      if (frame) cursor.owner.sink.write(frame);
    }
  }

  #startRead(cursor: Cursor): void {
    const state = cursor.catchingUp;
    if (!state || cursor.place < 0) return;
    state.stage = 'reading';
    this.#reads++;
    const { version } = state;
    this.#parts.log.read(this.#query(cursor, state)).then(
      (page) => this.#arrived(cursor, state, version, page),
      (error: unknown) => this.#broke(cursor, state, error),
    );
  }

  #query(cursor: Cursor, state: CatchUpState): ReadQuery {
    const { seats, settings } = this.#parts;
    const limits = { limit: settings.pageEvents, maxBytes: settings.pageBytes };
    const replay = state.replays[0];
    return replay
      ? { topics: topicFloors(replay.topics), after: replay.at, until: replay.until, ...limits }
      : { topics: topicFloors(seats.topicsOf(cursor)), after: cursor.seen, ...limits };
  }

  #arrived(cursor: Cursor, state: CatchUpState, version: number, page: Page): void {
    this.#reads--;
    if (cursor.catchingUp === state && cursor.place >= 0) {
      state.stage = 'none';
      try {
        const { rights } = this.#parts;
        const isStale = state.version !== version || (cursor.rights !== rights.version && !rights.confirm(cursor));
        if (!isStale) this.#take(cursor, state, page);
      } catch (error) {
        this.#parts.failed(cursor, error);
      }
      this.resume(cursor);
    }
    this.#schedule();
  }

  #broke(cursor: Cursor, state: CatchUpState, error: unknown): void {
    this.#reads--;
    if (cursor.catchingUp === state && cursor.place >= 0) this.#parts.failed(cursor, error);
    this.#schedule();
  }

  #take(cursor: Cursor, state: CatchUpState, page: Page): void {
    const replay = state.replays[0];
    if (page.kind === 'gap') {
      this.#skip(cursor, replay, page.earliest);
    } else if (replay) {
      const wanted = page.events.filter((event) => isWanted(replay, event));
      this.#deliver(cursor, wanted, page.upTo, replay);
    } else {
      state.fresh = true;
      this.#deliver(cursor, page.events, page.upTo);
    }
    finishReplay(this.#parts.seats, cursor, state);
  }

  #skip(cursor: Cursor, replay: Replay | undefined, earliest: Position): void {
    const at = replay ? replay.at : cursor.seen;
    if (earliest <= at) throw new Error(`the log told a gap up to ${earliest} to a reader at ${at}`);
    if (replay) replay.at = earliest;
    else cursor.seen = earliest;
    const { owner } = cursor;
    const frame = owner.sink.closed ? undefined : owner.gapFrame(earliest);
    if (frame) owner.sink.write(frame);
  }

  /** Whether all was handed over; else the position says how much was. */
  #deliver(cursor: Cursor, events: readonly Event[], upTo: Position, replay?: Replay): boolean {
    const reached = handOver(this.#parts, cursor, events, upTo, (at) => {
      if (replay) replay.at = at;
      else cursor.seen = at;
    });
    return reached === upTo;
  }

  /** Goes on with a reader: after its sink has drained, if it has to wait for that. */
  resume(cursor: Cursor): void {
    const state = cursor.catchingUp;
    if (state && cursor.place >= 0 && !this.#waitForDrain(cursor, state)) this.enqueue(cursor);
  }

  #waitForDrain(cursor: Cursor, state: CatchUpState): boolean {
    const { sink } = cursor.owner;
    if (state.stage !== 'none') return true;
    if (sink.closed) return true;
    if (sink.pendingBytes <= this.#parts.settings.maxPendingBytes) return false;
    state.stage = 'draining';
    state.fresh = false;
    this.#parts.stalls.sinceMs(cursor);
    sink.onDrain(() => this.#release(cursor, 'draining', state));
    return true;
  }

  #release(cursor: Cursor, from: 'draining' | 'early', state = cursor.catchingUp): void {
    if (!state || cursor.catchingUp !== state || state.stage !== from) return;
    state.stage = 'none';
    this.enqueue(cursor);
  }
}

/** Whether one of its memberships begins above what is durable yet. */
function hasEarlyFloor({ floors, seen }: Cursor): boolean {
  return typeof floors === 'number' ? floors > seen : floors.some((floor) => floor > seen);
}
