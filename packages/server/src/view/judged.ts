import type { Event } from '@carillon/core';

const JUDGED: ReadonlySet<string> = new Set(['post.created', 'post.edited', 'share.created']);

/** Whether viewers may choose not to see such an event; everything else, deletes among it, reaches all who read it. */
export function isJudged({ type }: Event): boolean {
  return JUDGED.has(type);
}
