import type { Event, Position } from '@carillon/core';
import type { CatchUp } from './catch-up.ts';
import type { Cursor } from './cursor.ts';
import { LivePass, type LivePassParts } from './live-pass.ts';
import { PassTimer } from './pass-timer.ts';
import type { Progress } from './progress.ts';
import type { Router } from './router.ts';
import type { Seats } from './seats.ts';
import type { Waits } from './waits.ts';

export interface LiveDeliveryParts extends Omit<LivePassParts, 'lag'> {
  readonly seats: Seats;
  readonly progress: Progress;
  readonly router: Router;
  readonly catchUp: CatchUp;
  readonly waits: Waits;
}

/** Turns hints of new events into passes: one after the other, each over all that became durable meanwhile. */
export class LiveDelivery {
  readonly #parts: LiveDeliveryParts;
  readonly #timer: PassTimer;
  readonly #passParts: LivePassParts;
  #pending: Event[] = [];
  #pendingBytes = 0;
  #pass: LivePass | undefined;
  #closed = false;

  constructor(parts: LiveDeliveryParts) {
    this.#parts = parts;
    this.#timer = new PassTimer(parts.settings.flushFloorMs);
    this.#passParts = { ...parts, lag: this.#lag.bind(this) };
  }

  /** Events became durable, or only some are told of: the log's end says how far. */
  heard(events: readonly Event[]): void {
    let next = this.#heardEnd() + 1;
    for (const event of events) {
      if (event.position < next) continue;
      // Beyond the limit they are forgotten, as if the hint had been lost.
      if (event.position > next || this.#pendingBytes > this.#parts.settings.maxHeardBytes) break;
      this.#pending.push(event);
      this.#pendingBytes += event.data.length;
      next++;
    }
    this.#scheduleIfBehind();
  }

  /** The data of these events was erased: what still waits for a pass is read from the log by whoever wants it. */
  erased(positions: readonly Position[]): void {
    this.#parts.progress.forget();
    const gone = new Set(positions);
    const first = this.#pending.findIndex(({ position }) => gone.has(position));
    if (first < 0) return;
    for (const event of this.#pending.splice(first)) this.#pendingBytes -= event.data.length;
  }

  close(): void {
    this.#closed = true;
    this.#timer.close();
  }

  /** Everything up to here was told of without a hole. */
  #heardEnd(): number {
    return this.#parts.progress.end + this.#pending.length;
  }

  #scheduleIfBehind(): void {
    const isBehind = this.#parts.log.head.position > this.#parts.progress.end;
    if (isBehind && !this.#pass && !this.#closed) this.#timer.schedule(() => this.#begin());
  }

  #begin(): void {
    const { progress, router, waits } = this.#parts;
    if (this.#parts.log.head.position > this.#heardEnd()) {
      this.#leap();
      return;
    }
    this.#timer.started();
    const { routed, taken } = router.route(this.#pending);
    const events = this.#pending.slice(0, taken);
    this.#pending = this.#pending.slice(taken);
    for (const event of events) this.#pendingBytes -= event.data.length;
    progress.begin(events);
    this.#pass = new LivePass(this.#passParts, events, routed);
    for (const interest of routed.awaited) waits.wake(interest);
    this.#turn();
  }

  #turn(): void {
    const isOver = this.#pass?.turn() ?? true;
    this.#parts.meter.report();
    if (this.#closed) return;
    if (!isOver) {
      this.#timer.soon(() => this.#turn());
      return;
    }
    this.#pass = undefined;
    this.#parts.progress.finish();
    this.#timer.finished();
    this.#parts.catchUp.advanced();
    this.#scheduleIfBehind();
  }

  /** Everybody goes on from the log, which has what the hints left out. */
  #leap(): void {
    const { catchUp, log, progress, seats, waits } = this.#parts;
    this.#pending = [];
    this.#pendingBytes = 0;
    const { position } = log.head;
    for (const cursor of seats.cursors) {
      if (!cursor.live) continue;
      seats.stand(cursor);
      catchUp.enqueue(cursor);
    }
    progress.jump(position);
    waits.wakeAll();
    catchUp.advanced();
  }

  #lag(cursor: Cursor): void {
    this.#parts.seats.stand(cursor);
    this.#parts.catchUp.resume(cursor);
  }
}
