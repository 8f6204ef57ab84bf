import type { Allowance, RateLimiter, Taken } from '../../../auth/index.ts';
import type { ZulipDependencies, ZulipSettings } from '../dependencies.ts';
import { tooMany } from './failure.ts';

const MINUTE = 60_000;

/** Whom a call counts for. */
export type Counted =
  | { readonly kind: 'user'; readonly account: number }
  /** Calls that need nobody, and wrong credentials, apart: one that asks with an old key for ever takes nobody's calls. */
  | { readonly kind: 'anonymous' | 'refused'; readonly address: string };

/**
 * Counts one call. Windows are a minute long and what is refused counts for nothing afterwards, so that a client that
 * asks once a second and never waits is heard again soon.
 */
function take(
  limiter: RateLimiter,
  { callsPerUser, callsPerAddress }: Pick<ZulipSettings, 'callsPerUser' | 'callsPerAddress'>,
  counted: Counted,
): Taken {
  switch (counted.kind) {
    case 'user':
      return limiter.take(`zulip:user:${counted.account}`, perMinute(callsPerUser));
    case 'anonymous':
    case 'refused':
      return limiter.take(`zulip:${counted.kind}:${counted.address}`, perMinute(callsPerAddress));
  }
}

/** Of calls within five minutes. */
function perMinute(calls: number): Allowance {
  return { calls: Math.max(1, Math.ceil(calls / 5)), windowMs: MINUTE };
}

/** Counts one request, and says on its answer what is left. */
export interface Counter {
  /** Throws for what is beyond the limit. */
  count(counted: Counted): void;
  /** An answer with the limit on it, once the request was counted. */
  said(answer: Response): Response;
}

export function createCounter({ limiter, settings, now }: CounterDependencies): Counter {
  let taken: Taken | undefined;
  return {
    count(counted) {
      taken = take(limiter, settings, counted);
      if (!taken.allowed) throw tooMany(Math.max(1, Math.ceil((taken.resetAt - now()) / 1_000)));
    },
    said(answer) {
      if (!taken) return answer;
      answer.headers.set('X-RateLimit-Limit', String(taken.limit));
      answer.headers.set('X-RateLimit-Remaining', String(taken.remaining));
      answer.headers.set('X-RateLimit-Reset', String(Math.ceil(taken.resetAt / 1_000)));
      return answer;
    },
  };
}

type CounterDependencies = Pick<ZulipDependencies, 'limiter' | 'settings' | 'now'>;
