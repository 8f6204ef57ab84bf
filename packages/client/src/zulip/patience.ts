import { type Backoff, backoffMs, pause } from '../backoff.ts';

/** The same in every binding: `clients/vectors/`. */
const BACKOFF: Backoff = { firstMs: 500, mostMs: 30_000 };
/** A server that asks for more than an hour is asked again all the same. */
const MOST_ASKED_MS = 3_600_000;

export interface Waiting {
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly random: () => number;
}

export const WAITING: Waiting = { pause, random: Math.random };

/** How often in a row something failed, and so how long to wait before the next try. */
export interface Patience {
  /** Waits longer each time, and never less than the server asked for. */
  wait(askedMs?: number): Promise<void>;
  reset(): void;
}

export function createPatience(waiting: Waiting, signal: AbortSignal): Patience {
  let failures = 0;
  return {
    async wait(askedMs = 0) {
      const ownMs = backoffMs(BACKOFF, failures++, waiting.random);
      await waiting.pause(Math.max(ownMs, Math.min(askedMs, MOST_ASKED_MS)), signal);
    },
    reset() {
      failures = 0;
    },
  };
}
