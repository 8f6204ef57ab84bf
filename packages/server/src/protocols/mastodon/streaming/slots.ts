import type { PostFlags } from '../../../domain/index.ts';
import type { FilterMatch, View } from '../../../view/index.ts';
import { NO_FLAGS, toFilterResult } from '../entities/index.ts';
import type { PostFacts, PostNews } from './post-news.ts';

/**
 * The keys that a viewer's copy of a status has beyond everybody's (kernel K5), as JSON that closes an open status;
 * of the status itself and of the one that it shares.
 */
export interface Slots {
  readonly own: string;
  readonly shared: string;
}

/** On streams of posts of strangers: nothing of the viewer but its filters. */
export const NOBODYS_SLOTS = slotsOf(({ filtered }) => `,"filtered":${filtered}}`, '[]');

/** On one's own streams: for everybody who did nothing, filters nothing, and is not the author. */
export const PLAIN_SLOTS = slotsOf(({ filtered }) => closing({ flags: NO_FLAGS, pinnable: false, filtered }), '[]');

/** `PLAIN_SLOTS` itself when the shared frame says it all. */
export function viewerSlots(news: PostNews, view: View, matches: readonly FilterMatch[]): Slots {
  const { facts, sharedFacts } = news;
  const subject = sharedFacts ?? facts;
  const flags = flagsOf(news, view, subject);
  const outerFlags = sharedFacts ? { ...NO_FLAGS, muted: view.mutesThread(facts.thread) } : flags;
  const isOwn = isPinnableBy(view, facts) || isPinnableBy(view, subject);
  if (matches.length === 0 && !isOwn && isNothing(flags) && isNothing(outerFlags)) return PLAIN_SLOTS;
  const filtered = matches.length === 0 ? '[]' : filterJson(matches);
  return {
    own: closing({ flags: outerFlags, pinnable: isPinnableBy(view, facts), filtered }),
    shared: closing({ flags, pinnable: isPinnableBy(view, subject), filtered }),
  };
}

/** The whole status of a viewer, from pieces that are quoted alike. */
export function closeStatus(status: PostNews['status'], slots: Slots, quote: (text: string) => string): string {
  const inside = status.shared === undefined ? 'null' : status.shared + quote(slots.shared);
  return `${status.outer}${quote(',"reblog":')}${inside}${quote(slots.own)}`;
}

function slotsOf(slot: (parts: { readonly filtered: string }) => string, filtered: string): Slots {
  const text = slot({ filtered });
  return { own: text, shared: text };
}

interface Closing {
  readonly flags: PostFlags;
  /** Only its author is told whether it is pinned. */
  readonly pinnable: boolean;
  readonly filtered: string;
}

function closing({ flags, pinnable, filtered }: Closing): string {
  const { favourited, shared, muted, bookmarked, pinned } = flags;
  const pin = pinnable ? `,"pinned":${pinned}` : '';
  const done = `,"favourited":${favourited},"reblogged":${shared},"muted":${muted},"bookmarked":${bookmarked}`;
  return `${done}${pin},"filtered":${filtered}}`;
}

function flagsOf({ doers }: PostNews, view: View, { thread }: PostFacts): PostFlags {
  const muted = view.mutesThread(thread);
  if (!doers) return muted ? { ...NO_FLAGS, muted } : NO_FLAGS;
  const { account } = view;
  return {
    favourited: doers.favourited.has(account),
    shared: doers.shared.has(account),
    bookmarked: doers.bookmarked.has(account),
    muted,
    pinned: doers.pinned.has(account),
  };
}

function isPinnableBy({ account }: View, { author, isPinnable }: PostFacts): boolean {
  return isPinnable && author === account;
}

function isNothing({ favourited, shared, bookmarked, muted, pinned }: PostFlags): boolean {
  return !(favourited || shared || bookmarked || muted || pinned);
}

function filterJson(matches: readonly FilterMatch[]): string {
  return JSON.stringify(matches.map(toFilterResult));
}
