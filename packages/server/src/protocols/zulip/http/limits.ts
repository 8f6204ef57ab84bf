import type { Allowance, RateLimiter, Taken } from '../../../auth/index.ts';
import type { ZulipSettings } from '../dependencies.ts';
import { type Refusal, tooMany } from './failure.ts';

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
export function countCall(
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

export function refusalOf({ resetAt }: Taken, now: number): Refusal {
  return tooMany(Math.max(1, Math.ceil((resetAt - now) / 1_000)));
}

/** What every counted answer says of the limit. */
export function withLimit(answer: Response, { limit, remaining, resetAt }: Taken): Response {
  answer.headers.set('X-RateLimit-Limit', String(limit));
  answer.headers.set('X-RateLimit-Remaining', String(remaining));
  answer.headers.set('X-RateLimit-Reset', String(Math.ceil(resetAt / 1_000)));
  return answer;
}
