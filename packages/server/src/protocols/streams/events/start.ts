import { formatToken, type Head, type Position, parseToken } from '@carillon/core';
import type { From } from './wire/subscribe.ts';

/** Why a reader cannot go on from the position it presented. */
export type GapReason = 'malformed' | 'epoch' | 'ahead' | 'removed';

/** Where a reader begins, and whether events are missing before that. */
export interface Start {
  readonly after: Position;
  readonly gap?: GapReason;
}

/**
 * Turns what a client presented into a place in this log. `lastRemoved` is the position of the last event of its
 * topics that is gone: everything after it is still here.
 */
export function findStart(from: From, head: Head, lastRemoved: Position): Start {
  if (from.kind === 'now') return { after: head.position };
  if (from.kind === 'earliest') return { after: lastRemoved };
  const token = parseToken(from.text);
  if (!token) return { after: lastRemoved, gap: 'malformed' };
  if (token.epoch !== head.epoch) return { after: lastRemoved, gap: 'epoch' };
  if (token.position > head.position) return { after: lastRemoved, gap: 'ahead' };
  if (token.position < lastRemoved) return { after: lastRemoved, gap: 'removed' };
  return { after: token.position };
}

/** How a subscription began, for the operator's counters. */
export function outcomeOf(from: From, { gap }: Start): 'resumed' | 'gap' | 'fresh' {
  if (gap !== undefined) return 'gap';
  return from.kind === 'now' ? 'fresh' : 'resumed';
}

export const GAP_WORDS: Readonly<Record<GapReason, string>> = {
  malformed: 'this is not a position that this server gave out',
  epoch: 'the history that this position belongs to is lost',
  ahead: 'this position is above the end of the log',
  removed: 'events after this position were removed by retention',
};

export function tokenAt(position: Position, head: Head): string {
  return formatToken({ position, epoch: head.epoch });
}
