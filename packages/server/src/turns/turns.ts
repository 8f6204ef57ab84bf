import { CarillonError } from '@carillon/core';

export interface TurnsSettings {
  /** Owners whose work goes on at the same time. */
  readonly atOnce: number;
  /** Of everybody. */
  readonly waiting: number;
  readonly waitingPerOwner: number;
  /** What waits, for the words of a refusal: `images`. */
  readonly what: string;
}

export interface Turns {
  /**
   * Does the work when its owner's turn comes: one piece at a time for each owner, and owners one after the other
   * however much each has brought. Throws `rate-limited` when too much waits.
   */
  take<Result>(owner: string, work: () => Promise<Result>): Promise<Result>;
}

const RETRY_AFTER_SECONDS = 10;

interface Waiter {
  readonly begin: () => void;
  readonly refuse: (error: CarillonError) => void;
}

export function createTurns({ atOnce, waiting, waitingPerOwner, what }: TurnsSettings): Turns {
  /** In the order of their turns. */
  const queues = new Map<string, Waiter[]>();
  const busy = new Set<string>();
  let waits = 0;

  function place(owner: string): Promise<void> | undefined {
    if (busy.size < atOnce && !busy.has(owner)) {
      busy.add(owner);
      return undefined;
    }
    const own = queues.get(owner) ?? [];
    if (own.length >= waitingPerOwner) throw refusal();
    if (waits >= waiting) makeRoom(own.length);
    queues.set(owner, own);
    waits += 1;
    return new Promise((begin, refuse) => own.push({ begin, refuse }));
  }

  /** Whoever has brought most gives up its last place, to one who would have less. */
  function makeRoom(ownLength: number): void {
    const [longest = []] = [...queues.values()].toSorted((one, other) => other.length - one.length);
    if (longest.length <= ownLength + 1) throw refusal();
    waits -= 1;
    longest.pop()?.refuse(refusal());
  }

  /** Whoever had a turn goes behind all others. */
  function done(owner: string): void {
    busy.delete(owner);
    const rest = queues.get(owner);
    queues.delete(owner);
    if (rest) queues.set(owner, rest);
    go();
  }

  function go(): void {
    for (const [owner, queue] of queues) {
      if (busy.size >= atOnce) return;
      if (busy.has(owner)) continue;
      const next = queue.shift();
      if (queue.length === 0) queues.delete(owner);
      if (!next) continue;
      waits -= 1;
      busy.add(owner);
      next.begin();
    }
  }

  function refusal(): CarillonError {
    const facts = { retryAfter: RETRY_AFTER_SECONDS };
    return new CarillonError('rate-limited', `too many ${what} wait; send it again later`, { facts });
  }

  return {
    async take(owner, work) {
      await place(owner);
      try {
        return await work();
      } finally {
        done(owner);
      }
    },
  };
}
