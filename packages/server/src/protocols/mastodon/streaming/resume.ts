import { type Head, type LogStore, type Position, parseToken, type TopicFloor } from '@carillon/core';

/** Why a reader cannot go on from the position that it presented. */
export type GapReason = 'malformed' | 'epoch' | 'ahead' | 'removed';

/** Where a reader begins, and whether events are missing before that. */
export interface Start {
  readonly after: Position;
  readonly gap?: GapReason;
  readonly outcome: 'resumed' | 'gap' | 'fresh';
}

/** What a client presents to begin with the present, knowingly. */
export const NOW = 'now';

/** The place in this log of what a client presented; one that presents nothing begins with the present. */
export function findStart(
  presented: string | undefined,
  topics: readonly TopicFloor[],
  log: Pick<LogStore, 'head' | 'lastRemoved'>,
): Start {
  const { head } = log;
  if (presented === undefined || presented === NOW) return { after: head.position, outcome: 'fresh' };
  const removed = lastMissed(topics, log);
  const gap = gapOf(presented, head, removed);
  if (gap !== undefined) return { after: removed, gap, outcome: 'gap' };
  return { after: parseToken(presented)?.position ?? removed, outcome: 'resumed' };
}

function gapOf(presented: string, head: Head, removed: Position): GapReason | undefined {
  const token = parseToken(presented);
  if (!token) return 'malformed';
  if (token.epoch !== head.epoch) return 'epoch';
  if (token.position > head.position) return 'ahead';
  return token.position < removed ? 'removed' : undefined;
}

/** The last event that is gone and was the reader's: what came before a membership began never was. */
function lastMissed(topics: readonly TopicFloor[], log: Pick<LogStore, 'lastRemoved'>): Position {
  let last = 0;
  for (const { topic, since } of topics) {
    const removed = log.lastRemoved([topic]);
    if (removed > since && removed > last) last = removed;
  }
  return last;
}
