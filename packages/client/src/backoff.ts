export interface Backoff {
  /** Upper bound of the first wait, in milliseconds; doubles with every failure in a row. */
  readonly firstMs: number;
  readonly mostMs: number;
}

export const DEFAULT_BACKOFF: Backoff = { firstMs: 500, mostMs: 20_000 };

/** Exponential with full jitter, so that clients of a restarted server do not come back in one wave. */
export function backoffMs(backoff: Backoff, failures: number, random: () => number = Math.random): number {
  return Math.round(random() * Math.min(backoff.mostMs, backoff.firstMs * 2 ** Math.min(failures, 16)));
}

/** Resolves after the time, or at once when the signal fires. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
