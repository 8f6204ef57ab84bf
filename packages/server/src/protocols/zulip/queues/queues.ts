import type { Event, LogStore, Position } from '@carillon/core';
import { type Commands, createQueue, dropForgottenQueues, endQueue, type StoredQueue } from '../../../domain/index.ts';
import type { Hub } from '../../../hub/index.ts';
import type { OpenView, Views } from '../../../view/index.ts';
import type { Site } from '../entities/site.ts';
import { encodeEvent } from '../events/encode.ts';
import type { WireEvent } from '../events/wire-event.ts';
import { badQueue } from '../http/failure.ts';
import { KnownQueues } from './known-queues.ts';
import { formatQueueId, parseQueueId } from './queue-id.ts';
import { type QueueOptions, readOptions, storeOptions } from './queue-options.ts';
import { isForQueue, topicsOf } from './reach.ts';

/** Events that one answer holds at most; whoever polls again gets the others. */
const MAX_EVENTS = 500;
const MAX_BYTES = 1_048_576;
const SWEEP_MS = 3_600_000;
const DROPPED_AT_ONCE = 500;
const KEEP_S = 8 * 86_400;
/** Queues of one account. */
const MOST_PER_ACCOUNT = 1_000;

export interface QueuesDeps {
  readonly hub: Pick<Hub, 'wait'>;
  readonly log: Pick<LogStore, 'head' | 'lastRemoved'>;
  readonly views: Pick<Views, 'open'>;
  readonly commands: Commands;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly failed: (error: unknown) => void;
  readonly site: () => Site;
}

/** With the position in the log as its id. */
export type Numbered = WireEvent & { readonly id: Position };

/** A question at a queue. */
export interface Poll {
  readonly account: number;
  readonly queue: string;
  /** The client has everything up to here; -1 is the beginning of the queue. */
  readonly after: number;
  /** 0: does not wait. */
  readonly waitMs: number;
  /** The client is gone, or must be answered now. */
  readonly signal: AbortSignal;
  /** Still allowed to ask: by its credential. */
  readonly isValid: () => boolean;
}

export interface Wish {
  readonly account: number;
  readonly options: QueueOptions;
  /** Seconds without a question after which it is idle. */
  readonly idleAfterS: number;
  /** That of the state that the client is given. */
  readonly position: Position;
  /** The client has everything up to here from a queue that is gone. */
  readonly resumeAfter?: number;
}

export interface NewQueue {
  readonly id: string;
  /** Its first events come after this. */
  readonly since: Position;
}

export interface Answer {
  /** Several of one event of the log share its position and are never apart. */
  readonly events: readonly Numbered[];
  /** The queue's client has heard of everything up to here once it has these. */
  readonly upTo: Position;
  /** Another poll has taken over, or the queue was ended. */
  readonly isSuperseded: boolean;
}

/**
 * Zulip's event queues, which hold nothing: a queue is a row that says whose it is and what it wants, its events are
 * read from the log after the position that its client names (docs/decisions/010). It survives restarts, costs nothing
 * while nobody asks, and goes on after having been idle as long as the log reaches back.
 */
export class Queues {
  readonly #deps: QueuesDeps;
  readonly #known: KnownQueues;
  /** Polls that wait, by their queue: there is one at a time. */
  readonly #waiting = new Map<number, AbortController>();
  readonly #sweep: NodeJS.Timeout;

  constructor(deps: QueuesDeps) {
    this.#deps = deps;
    this.#known = new KnownQueues(deps);
    this.#sweep = setInterval(() => void this.dropForgotten().catch(deps.failed), SWEEP_MS).unref();
  }

  /** Forgets queues that have been idle for longer than the log usually reaches back. */
  async dropForgotten(): Promise<void> {
    for (let dropped = DROPPED_AT_ONCE; dropped === DROPPED_AT_ONCE; ) {
      const wish = { keepS: KEEP_S, limit: DROPPED_AT_ONCE };
      dropped = (await this.#deps.commands.run(dropForgottenQueues, wish)).result;
    }
  }

  async create({ account, options, idleAfterS, position, resumeAfter }: Wish): Promise<NewQueue> {
    const { log, commands } = this.#deps;
    const isResumed = resumeAfter !== undefined && (await this.#reachesBack(account, options, resumeAfter));
    const since = isResumed ? resumeAfter : position;
    const wish = { account, since, options: storeOptions(options), idleAfterS, most: MOST_PER_ACCOUNT };
    const { result } = await commands.run(createQueue, wish);
    this.#known.add(result);
    return { id: formatQueueId(log.head.epoch, result.id), since };
  }

  async #reachesBack(account: number, options: QueueOptions, after: number): Promise<boolean> {
    const { log, views } = this.#deps;
    if (after < 0 || after > log.head.position) return false;
    using open = await views.open(account);
    return after >= log.lastRemoved(topicsOf(open.view, options).map(({ topic }) => topic));
  }

  /** Throws `BAD_EVENT_QUEUE_ID` for every queue that its client must replace. */
  async ask(poll: Poll): Promise<Answer> {
    const queue = await this.#find(poll.account, poll.queue);
    const { head } = this.#deps.log;
    if (poll.after > head.position) throw badQueue(poll.queue);
    using open = await this.#deps.views.open(poll.account);
    return await this.#wait(queue, poll, open, Math.max(poll.after, queue.since));
  }

  async end(account: number, name: string): Promise<void> {
    const { id } = await this.#find(account, name);
    const { result } = await this.#deps.commands.run(endQueue, { account, id });
    this.#known.forget(id);
    this.#waiting.get(id)?.abort();
    if (!result) throw badQueue(name);
  }

  close(): void {
    clearInterval(this.#sweep);
    this.#known.close();
    for (const waiting of this.#waiting.values()) waiting.abort();
  }

  async #find(account: number, name: string): Promise<StoredQueue> {
    const id = parseQueueId(name, this.#deps.log.head.epoch);
    const queue = id === undefined ? undefined : await this.#known.use(account, id);
    if (!queue) throw badQueue(name);
    return queue;
  }

  async #wait(queue: StoredQueue, poll: Poll, open: OpenView, from: Position): Promise<Answer> {
    const options = readOptions(queue.options);
    const { view } = open;
    const to = { view, options, site: this.#deps.site() };
    const told = new Map<Event, readonly Numbered[]>();
    const isTold = (event: Event): boolean => {
      if (!isForQueue(event, view, options)) return false;
      const wire = encodeEvent(event, to).map((one) => ({ ...one, id: event.position }));
      if (wire.length > 0) told.set(event, wire);
      return wire.length > 0;
    };
    this.#waiting.get(queue.id)?.abort();
    const takenOver = new AbortController();
    this.#waiting.set(queue.id, takenOver);
    // What it may read changes with an event of its own topics; it then goes on with the new ones.
    let changed = new AbortController();
    open.onChange(() => changed.abort());
    const deadline = performance.now() + poll.waitMs;
    try {
      for (let after = from; ; ) {
        changed = new AbortController();
        const page = await this.#deps.hub.wait({
          topics: topicsOf(view, options),
          after,
          limit: MAX_EVENTS,
          maxBytes: MAX_BYTES,
          timeoutMs: Math.max(0, deadline - performance.now()),
          mayRead: (topic) => poll.isValid() && !view.ended && view.mayRead(topic),
          accepts: isTold,
          signal: AbortSignal.any([poll.signal, takenOver.signal, changed.signal]),
        });
        if (page.kind === 'gap') throw badQueue(poll.queue);
        after = page.upTo;
        const isSuperseded = takenOver.signal.aborted;
        const isOver = isSuperseded || poll.signal.aborted || performance.now() >= deadline;
        const events = page.events.flatMap((event) => told.get(event) ?? []);
        if (events.length > 0 || isOver) return { events, upTo: after, isSuperseded };
      }
    } finally {
      if (this.#waiting.get(queue.id) === takenOver) this.#waiting.delete(queue.id);
    }
  }
}
