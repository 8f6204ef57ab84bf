import { CarillonError, type Principal } from '@carillon/core';
import type { Farewell, Goodbye } from '../../../transport/index.ts';

/** How a WebSocket of this protocol ends; the numbers are RFC 6455 §7.4's and, from 4000 on, our own. */
const CLOSE_CODES: Readonly<Record<Goodbye, number>> = {
  drain: 1012,
  expired: 4001,
  revoked: 4003,
  stalled: 4008,
  limit: 1008,
  failed: 1011,
};

export function closeOf(reason: Goodbye): Farewell {
  return { code: CLOSE_CODES[reason], reason };
}

/** When to come back: spread, so that everybody who was sent away does not return at once. */
export function retryMs(): number {
  return 500 + Math.floor(Math.random() * 4_500);
}

/** Which goodbye a reader's failure is. */
export function endOf(error: unknown, principal: Principal): Goodbye {
  if (principal.expiresAtMs !== undefined && principal.expiresAtMs <= Date.now()) return 'expired';
  if (error instanceof CarillonError && (error.code === 'unauthorized' || error.code === 'forbidden')) return 'revoked';
  return 'failed';
}
