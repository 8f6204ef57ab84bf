import type { Event } from '@carillon/core';

const JUDGED: ReadonlySet<string> = new Set(['post.created', 'post.edited', 'post.moved', 'share.created']);
const PERSONAL: ReadonlySet<string> = new Set(['notification.created', 'conversation.updated']);

/** Whether viewers may choose not to see such an event; everything else, deletes among it, reaches all who read it. */
export function isJudged({ type }: Event): boolean {
  return JUDGED.has(type);
}

/** Whether such an event is about another, from whom a block may part the viewer. */
export function isParted(event: Event): boolean {
  return isPersonal(event) || event.type === 'presence.changed';
}

/** Whether an account alone is told such an event, with others' words in it. */
export function isPersonal({ type }: Event): boolean {
  return PERSONAL.has(type);
}
