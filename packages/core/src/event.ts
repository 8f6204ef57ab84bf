import type { Position } from './position.ts';

/** What a delivery decision may look at without opening an event's data; decoded once per event. */
export interface Routing {
  readonly author?: number;
  readonly channel?: number;
  readonly object?: number;
  /** At most 100 accounts. */
  readonly mentions?: readonly number[];
  /** BCP 47 language tag. */
  readonly language?: string;
  readonly reply?: boolean;
  /** The account that a reply answers. */
  readonly replyTo?: number;
  /** Author of the post that a share passes on. */
  readonly sharedAuthor?: number;
  /** The author's domain when the author is of another server; of a share, that of the shared post's author. */
  readonly domain?: string;
  readonly media?: boolean;
  readonly local?: boolean;
  readonly visibility?: 'public' | 'unlisted' | 'followers' | 'direct';
}

/** An event as its maker hands it in: everything but what the log gives it. */
export interface NewEvent {
  /** Dotted name, `post.created`; printable ASCII, at most 200 bytes. */
  readonly type: string;
  /** 1 to 64 full topic names (`app:default/news`). */
  readonly topics: readonly string[];
  /** Who caused it, `/apps/default` or an account id; absent for the server itself. */
  readonly actor?: string;
  readonly routing?: Routing;
  /** Accounts and objects whose data the event holds; erasing one of them erases the data. */
  readonly subjects?: readonly string[];
  /** Media type of `data`; `application/json` when absent. */
  readonly contentType?: string;
  /** Small named facts beside the data (CloudEvents extension attributes among them). */
  readonly attributes?: Readonly<Record<string, string>>;
  readonly data: Uint8Array;
}

/** An immutable fact in the log. */
export interface Event extends NewEvent {
  readonly position: Position;
  /** Time-sortable integer below 2^53: milliseconds since 2020 shifted by 12 bits, plus a sequence. */
  readonly id: number;
  /** Milliseconds since 1970, never decreasing along the log. */
  readonly time: number;
  /** True once the data was replaced by a tombstone; `data` is then empty. */
  readonly erased: boolean;
}

export const MAX_TOPICS_PER_EVENT = 64;
export const MAX_MENTIONS_PER_EVENT = 100;
