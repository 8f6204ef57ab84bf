/** How many calls somebody has within a window of time. */
export interface Allowance {
  readonly calls: number;
  readonly windowMs: number;
}

export interface Taken {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Milliseconds since 1970. */
  readonly resetAt: number;
}

export const FIVE_MINUTES = 300_000;
export const HALF_AN_HOUR = 1_800_000;

interface Window {
  readonly number: number;
  used: number;
}

/**
 * Counts calls by whoever they are counted for, in fixed windows. Knows at most `maxKeys` at once: whoever called
 * first is forgotten first, which only ever gives calls back.
 */
export class RateLimiter {
  readonly #windows = new Map<string, Window>();
  readonly #now: () => number;
  readonly #maxKeys: number;

  constructor(now: () => number, maxKeys = 100_000) {
    this.#now = now;
    this.#maxKeys = maxKeys;
  }

  /** Takes one call; what is refused is counted as well. */
  take(key: string, { calls, windowMs }: Allowance): Taken {
    const number = Math.floor(this.#now() / windowMs);
    const window = this.#window(key, number);
    window.used += 1;
    const remaining = Math.max(0, calls - window.used);
    return { allowed: window.used <= calls, limit: calls, remaining, resetAt: (number + 1) * windowMs };
  }

  /** Gives a call back that turned out not to count. */
  giveBack(key: string, { windowMs }: Allowance): void {
    const window = this.#windows.get(key);
    if (window?.number === Math.floor(this.#now() / windowMs)) window.used -= 1;
  }

  get size(): number {
    return this.#windows.size;
  }

  #window(key: string, number: number): Window {
    const known = this.#windows.get(key);
    if (known?.number === number) return known;
    const fresh = { number, used: 0 };
    // Set anew at the end, so that the first is always the one that has begun longest ago.
    this.#windows.delete(key);
    const oldest = this.#windows.size >= this.#maxKeys ? this.#windows.keys().next().value : undefined;
    if (oldest !== undefined) this.#windows.delete(oldest);
    this.#windows.set(key, fresh);
    return fresh;
  }
}
