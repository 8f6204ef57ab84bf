import type { Event, LogStore, Page, Position, TopicFloor } from '@carillon/core';
import { CatchUp } from './catch-up.ts';
import type { Cursor, CursorHome } from './cursor.ts';
import { FrameCache } from './frame-cache.ts';
import type { Hub, HubEvents, WaitOptions } from './hub.ts';
import { InterestTable } from './interest.ts';
import { LiveDelivery } from './live-delivery.ts';
import { Meter } from './meter.ts';
import { Progress } from './progress.ts';
import type { Reader, ReaderOptions, ReaderOwner } from './reader.ts';
import { addTopics, removeTopics } from './replay.ts';
import { Rights } from './rights.ts';
import { Router } from './router.ts';
import { Scratch } from './scratch.ts';
import { Seats } from './seats.ts';
import { DEFAULT_HUB_SETTINGS, type HubSettings } from './settings.ts';
import { Stalls } from './stalls.ts';
import { TopicTable } from './topic-table.ts';
import { Waits } from './waits.ts';

/** A log that also says when it replaced the data of events by tombstones. */
export interface HubLog extends LogStore {
  onErase?(listener: (positions: readonly Position[]) => void): () => void;
}

export interface HubDeps {
  readonly log: HubLog;
  readonly settings?: Partial<HubSettings>;
  readonly events?: HubEvents;
  /** Milliseconds since 1970, for `stalledSinceMs`. */
  readonly now?: () => number;
  /**
   * Events that nobody is told of as things stand, asked at delivery. Where it throws, whoever would have been told
   * fails.
   */
  readonly hides?: (event: Event) => boolean;
}

/** Starts to follow a log: readers that attach from now on are moved along it. */
export function createHub(deps: HubDeps): Hub {
  return new LogHub(deps);
}

class LogHub implements Hub, CursorHome {
  readonly #log: LogStore;
  readonly #progress: Progress;
  readonly #seats: Seats;
  readonly #rights: Rights;
  readonly #catchUp: CatchUp;
  readonly #live: LiveDelivery;
  readonly #waits: Waits;
  readonly #stalls: Stalls;
  readonly #stopListening: () => void;
  readonly #stopErasing: (() => void) | undefined;

  constructor({ log, events, now = Date.now, settings: chosen, hides = hidesNothing }: HubDeps) {
    const settings = { ...DEFAULT_HUB_SETTINGS, ...chosen };
    const topics = new TopicTable();
    const interests = new InterestTable(topics);
    const limits = { maxEvents: settings.recentEvents, maxBytes: settings.recentBytes };
    this.#log = log;
    this.#progress = new Progress(log.head.position, limits);
    this.#seats = new Seats(interests, this.#progress);
    this.#stalls = new Stalls(now);
    const failed = this.#fail.bind(this);
    this.#rights = new Rights(this.#seats, { failed, lost: this.removeTopics.bind(this) });
    const shared = {
      log,
      settings,
      failed,
      hides,
      frames: new FrameCache(settings.keptFrameBytes),
      meter: new Meter(events),
      scratch: new Scratch(),
      seats: this.#seats,
      progress: this.#progress,
      rights: this.#rights,
      stalls: this.#stalls,
    };
    this.#catchUp = new CatchUp(shared);
    this.#waits = new Waits({ log, interests, progress: this.#progress, hides });
    const router = new Router(topics, interests);
    this.#live = new LiveDelivery({ ...shared, router, catchUp: this.#catchUp, waits: this.#waits });
    this.#stopListening = log.onAdvance((events) => this.#live.heard(events));
    this.#stopErasing = log.onErase?.((positions) => this.#live.erased(positions));
  }

  get head(): Hub['head'] {
    return { ...this.#log.head, position: this.#progress.end };
  }

  get counts(): Hub['counts'] {
    const readers = this.#seats.cursors.length;
    return { readers, lagging: readers - this.#seats.live, groups: this.#seats.groups, waits: this.#waits.count };
  }

  attach(owner: ReaderOwner, options: ReaderOptions): Reader {
    const cursor = this.#seats.admit(this, owner, options);
    this.#catchUp.enqueue(cursor);
    return cursor;
  }

  wait(options: WaitOptions): Promise<Page> {
    return this.#waits.wait(options);
  }

  recheck(): void {
    this.#rights.recheck();
    this.#waits.recheck();
  }

  positionOf(cursor: Cursor): Position {
    const replays = cursor.catchingUp?.replays ?? [];
    return replays.reduce((position, { at }) => Math.min(position, at), this.#seats.positionOf(cursor));
  }

  stalledSinceMs(cursor: Cursor): number {
    return this.#stalls.sinceMs(cursor);
  }

  addTopics(cursor: Cursor, topics: readonly TopicFloor[], after: Position): void {
    if (cursor.place < 0) return;
    if (addTopics(this.#seats, cursor, topics, after)) this.#catchUp.enqueue(cursor);
  }

  removeTopics(cursor: Cursor, topics: readonly string[]): void {
    if (cursor.place < 0) return;
    if (removeTopics(this.#seats, cursor, topics)) this.#catchUp.enqueue(cursor);
  }

  detach(cursor: Cursor): void {
    if (cursor.place < 0) return;
    this.#seats.dismiss(cursor);
    this.#stalls.forget(cursor);
  }

  close(): void {
    this.#stopListening();
    this.#stopErasing?.();
    this.#live.close();
    this.#catchUp.close();
    this.#rights.close();
    this.#waits.close();
    for (const cursor of this.#seats.cursors.slice()) this.detach(cursor);
  }

  #fail(cursor: Cursor, error: unknown): void {
    if (cursor.place < 0) return;
    this.detach(cursor);
    cursor.owner.failed(error);
  }
}

function hidesNothing(): boolean {
  return false;
}
