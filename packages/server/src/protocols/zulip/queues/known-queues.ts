import { type Commands, queueOf, type StoredQueue, useQueues } from '../../../domain/index.ts';

const MOST_KNOWN = 4_096;
/** Questions do not each write that a queue is in use, only once in this part of its time, and together. */
const USES_PER_LIFE = 8;
const GATHER_MS = 1_000;

export interface KnownQueuesDeps {
  readonly commands: Commands;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly failed: (error: unknown) => void;
}

/** Queues that were asked at lately, so that a poll costs no query, and notes of their use. */
export class KnownQueues {
  readonly #deps: KnownQueuesDeps;
  /** Oldest question first. */
  readonly #queues = new Map<number, StoredQueue>();
  readonly #used = new Set<number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: KnownQueuesDeps) {
    this.#deps = deps;
  }

  add(queue: StoredQueue): void {
    this.#queues.delete(queue.id);
    this.#queues.set(queue.id, queue);
    const [oldest] = this.#queues.keys();
    if (this.#queues.size > MOST_KNOWN && oldest !== undefined) this.#queues.delete(oldest);
  }

  /** The account's queue, which is in use now; `undefined` when there is none. */
  async use(account: number, id: number): Promise<StoredQueue | undefined> {
    const queue = this.#queues.get(id) ?? (await this.#deps.commands.query(queueOf, { account, id })).rows;
    if (queue?.account !== account) return undefined;
    const nowS = Math.floor(this.#deps.now() / 1_000);
    const isNoted = nowS < queue.usedAtS + queue.idleAfterS / USES_PER_LIFE;
    this.add(isNoted ? queue : { ...queue, usedAtS: nowS });
    if (!isNoted) this.#note(id);
    return queue;
  }

  forget(id: number): void {
    this.#queues.delete(id);
    this.#used.delete(id);
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #note(id: number): void {
    this.#used.add(id);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const ids = [...this.#used];
      this.#used.clear();
      this.#deps.commands.run(useQueues, { ids }).catch(this.#deps.failed);
    }, GATHER_MS).unref();
  }
}
