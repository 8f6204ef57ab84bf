import type { Event, LogStore, Page, ReadQuery, TopicFloor } from '@carillon/core';
import { DeadlineWheel } from './deadline-wheel.ts';
import type { WaitOptions } from './hub.ts';
import type { Interest, InterestTable } from './interest.ts';
import { ParkedWait, type WaitHome } from './parked-wait.ts';
import type { Progress } from './progress.ts';
import { recentPage } from './recent-page.ts';

const TICK_MS = 25;
/** Waits that are read for in one turn of the event loop. */
const PER_TURN = 100;
const MAX_READS = 64;
/** How much longer than its deadline a wait stays for a read under way. */
const READ_GRACE_MS = 5_000;

interface WaitsParts {
  readonly log: LogStore;
  readonly interests: InterestTable;
  readonly progress: Progress;
  readonly hides: (event: Event) => boolean;
}

/** Long polls: a small record each, found like readers when something happens, and one wheel for all deadlines. */
export class Waits implements WaitHome {
  readonly #log: LogStore;
  readonly #interests: InterestTable;
  readonly #progress: Progress;
  readonly #hides: (event: Event) => boolean;
  readonly #wheel: DeadlineWheel;
  #queue: ParkedWait[] = [];
  #reads = 0;
  #scheduled: NodeJS.Immediate | undefined;

  constructor(parts: WaitsParts) {
    this.#log = parts.log;
    this.#interests = parts.interests;
    this.#progress = parts.progress;
    this.#hides = parts.hides;
    this.#wheel = new DeadlineWheel(monotonicMs, TICK_MS);
  }

  get count(): number {
    return this.#wheel.count;
  }

  wait(options: WaitOptions): Promise<Page> {
    if (options.signal.aborted) return Promise.resolve(emptyPage(options.after));
    return new Promise((resolve, reject) => {
      const interest = this.#interests.acquire(new Set(options.topics.map(({ topic }) => topic)));
      const wait = new ParkedWait(this, options, interest, monotonicMs() + options.timeoutMs, { resolve, reject });
      // Listed before the first read: what becomes durable during the read wakes it.
      wait.seat = interest.waits.push(wait) - 1;
      this.#interests.activate(interest);
      this.#wheel.put(wait);
      options.signal.addEventListener('abort', wait);
      this.#enqueue(wait);
    });
  }

  /** Something became durable on a topic of this interest. */
  wake(interest: Interest): void {
    for (const wait of interest.waits) {
      if (wait.stage !== 'parked') {
        wait.woken = true;
        continue;
      }
      // The passes before this one did not wake it, so nothing in them is for it.
      wait.upTo = Math.max(wait.upTo, this.#progress.start);
      wait.isFresh = true;
      this.#enqueue(wait);
    }
  }

  /** A hint may have been lost: all ask again. */
  wakeAll(): void {
    for (const wait of this.#all()) {
      if (wait.stage === 'parked') this.#enqueue(wait);
      else wait.woken = true;
    }
  }

  /** Rights changed: who may read none of its topics any more is told so. */
  recheck(): void {
    for (const wait of this.#all()) {
      try {
        wait.allowedTopics();
      } catch (error) {
        this.#leave(wait);
        wait.reject(error);
      }
    }
  }

  /** However short the wait, nobody is told that nothing is there before the log was asked. */
  due(wait: ParkedWait): void {
    if (wait.stage === 'parked' || wait.isLate) {
      this.giveUp(wait);
      return;
    }
    wait.isLate = true;
    wait.deadlineMs += READ_GRACE_MS;
    this.#wheel.put(wait);
  }

  giveUp(wait: ParkedWait): void {
    // A parked wait was not woken by anything up to the last pass, so nothing up to there is for it.
    const upTo = wait.stage === 'parked' ? Math.max(wait.upTo, this.#progress.end) : wait.upTo;
    this.#answer(wait, emptyPage(upTo));
  }

  close(): void {
    clearImmediate(this.#scheduled);
    for (const wait of this.#all()) this.giveUp(wait);
  }

  *#all(): Generator<ParkedWait> {
    for (const deadline of this.#wheel.all()) if (deadline instanceof ParkedWait) yield deadline;
  }

  #enqueue(wait: ParkedWait): void {
    wait.stage = 'queued';
    this.#queue.push(wait);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#queue.length > 0 && this.#reads < MAX_READS) this.#scheduled ??= setImmediate(() => this.#turn());
  }

  #turn(): void {
    this.#scheduled = undefined;
    // Waits that ask the same in one turn share a read.
    const shared = new Map<string, Promise<Page>>();
    const batch = this.#queue.splice(0, PER_TURN);
    for (const [index, wait] of batch.entries()) {
      if (this.#reads >= MAX_READS) {
        this.#queue.unshift(...batch.slice(index));
        break;
      }
      if (wait.stage === 'queued') this.#read(wait, shared);
    }
    this.#schedule();
  }

  #read(wait: ParkedWait, shared: Map<string, Promise<Page>>): void {
    wait.stage = 'reading';
    wait.woken = false;
    try {
      const topics = wait.allowedTopics();
      const recent = wait.isFresh ? this.#progress.after(wait.upTo) : undefined;
      wait.isFresh = recent !== undefined;
      if (recent) {
        const { limit, maxBytes } = wait.options;
        const wanted = { topics, after: wait.upTo, limit, maxBytes };
        this.#arrived(wait, recentPage(recent, wanted, this.#progress.end));
        return;
      }
      this.#shareRead(wait, topics, shared)
        .then((page) => this.#arrived(wait, page))
        .catch((error: unknown) => this.#fail(wait, error));
    } catch (error) {
      this.#fail(wait, error);
    }
  }

  #shareRead(wait: ParkedWait, topics: readonly TopicFloor[], shared: Map<string, Promise<Page>>): Promise<Page> {
    const { limit, maxBytes } = wait.options;
    const query: ReadQuery = { topics, after: wait.upTo, limit, maxBytes };
    const key = topics.length === 1 ? JSON.stringify(query) : undefined;
    const known = key === undefined ? undefined : shared.get(key);
    if (known) return known;
    this.#reads++;
    const read = this.#log.read(query).finally(() => {
      this.#reads--;
      this.#schedule();
    });
    if (key !== undefined) shared.set(key, read);
    return read;
  }

  #arrived(wait: ParkedWait, page: Page): void {
    if (wait.stage !== 'reading') return;
    const accepted = wait.accepted(page, this.#hides);
    if (accepted.kind === 'gap' || accepted.events.length > 0) {
      this.#answer(wait, accepted);
      return;
    }
    // Nothing in this page was accepted, and it need not be the last one.
    const isMore = page.kind === 'page' && page.events.length > 0;
    wait.upTo = Math.max(wait.upTo, accepted.upTo);
    if (wait.isLate || monotonicMs() >= wait.deadlineMs) this.#answer(wait, emptyPage(wait.upTo));
    else if (isMore) this.#enqueue(wait);
    else if (wait.woken) this.#enqueue(wait);
    else wait.stage = 'parked';
  }

  #fail(wait: ParkedWait, error: unknown): void {
    if (wait.stage === 'answered') return;
    this.#leave(wait);
    wait.reject(error);
  }

  #answer(wait: ParkedWait, page: Page): void {
    if (wait.stage === 'answered') return;
    this.#leave(wait);
    wait.resolve(page);
  }

  #leave(wait: ParkedWait): void {
    const { interest, seat, options } = wait;
    wait.stage = 'answered';
    this.#wheel.take(wait);
    options.signal.removeEventListener('abort', wait);
    const last = interest.waits.pop();
    if (last && last !== wait) {
      interest.waits[seat] = last;
      last.seat = seat;
    }
    wait.seat = -1;
    this.#interests.deactivate(interest);
    this.#interests.release(interest);
  }
}

/** Deadlines do not move when somebody sets the clock. */
function monotonicMs(): number {
  return performance.now();
}

function emptyPage(upTo: number): Page {
  return { kind: 'page', events: [], upTo };
}
