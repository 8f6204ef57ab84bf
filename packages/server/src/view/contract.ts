import type { Event, Position, TopicFloor } from '@carillon/core';

/**
 * Why a viewer is told, live, that what it may read has changed. A view that ended loses all topics of its home; its
 * connections close then.
 */
export interface ViewChange {
  /** Memberships that began, each with the position that it began at (kernel K4). */
  readonly added: readonly TopicFloor[];
  /** Topics of memberships that ended. */
  readonly removed: readonly string[];
  /** A list whose members changed; absent for what concerns the home. */
  readonly list?: number;
}

export interface ListFacts {
  readonly id: number;
  /** By the member's own id. */
  readonly members: ReadonlyMap<number, { readonly channel: number; readonly since: Position }>;
  readonly replies: 'followed' | 'list' | 'none';
  readonly exclusive: boolean;
}

export interface FollowFacts {
  readonly since: Position;
  readonly affiliation: string;
  readonly shares: boolean;
  readonly languages: readonly string[] | null;
  /** The account whose own channel it is; null for group channels. */
  readonly followed: number | null;
}

export interface FilterMatch {
  readonly filter: {
    readonly id: number;
    readonly title: string;
    readonly contexts: readonly string[];
    readonly action: 'warn' | 'hide' | 'blur';
    readonly expiresAt: number | null;
  };
  readonly keywords: readonly string[];
  /** Posts that the filter names. */
  readonly posts: readonly number[];
}

/**
 * What one connected account may see and skips, folded from the log up to the durable end and shared by all its
 * connections. Every answer is synchronous and from memory.
 */
export interface View {
  readonly account: number;
  /** Suspended or deactivated: nothing is delivered any more. */
  readonly ended: boolean;
  /** By channel; subscribed ones only. */
  readonly follows: ReadonlyMap<number, FollowFacts>;
  readonly followedTags: ReadonlyMap<string, Position>;
  readonly lists: ReadonlyMap<number, ListFacts>;
  /** Topics of its home: its own account, the channels it follows, the tags it follows. */
  homeTopics(): readonly TopicFloor[];
  /** `undefined` for a list that is not its own. */
  listTopics(list: number): readonly TopicFloor[] | undefined;
  /**
   * Whether one of its memberships, or everybody's right, lets it read this topic now. Throws `unavailable` while it is
   * loaded anew because events were missed: nothing is delivered by rights that are older than the event, and whoever
   * asks again later loses nothing.
   */
  mayRead(topic: string): boolean;
  /** Where that right began: events up to there are not delivered by it (kernel K4). `undefined` when it has none. */
  sinceOf(topic: string): Position | undefined;
  /** Home rule (protocol page §7): follows, languages, replies, shares, exclusions, exclusive lists. */
  acceptsHome(event: Event): boolean;
  acceptsList(list: number, event: Event): boolean;
  /** Rule of channels that it reads by name, and of its own topic: exclusions. */
  acceptsChannel(event: Event): boolean;
  /** Rule of public and hashtag streams: exclusions and chosen languages. */
  acceptsPublic(event: Event): boolean;
  /** Whether it or the account that it would hear of has blocked or muted the other. */
  excludes(author: number, mentions: readonly number[], domain?: string): boolean;
  /** Matches of its keyword filters that stand now, in no order; empty for most. */
  filterMatches(event: Event): readonly FilterMatch[];
  /** Its alert words that stand in the post of this event, as it wrote them. */
  alertMatches(event: Event): readonly string[];
  /** Whether it muted the thread. */
  mutesThread(thread: number): boolean;
}

export interface OpenView extends Disposable {
  /** The same object for all who have it open, as long as one has. */
  readonly view: View;
  /** Calls back before the hub delivers anything of the events that caused the change. */
  onChange(listener: (change: ViewChange) => void): void;
}

/** The views of connected accounts. */
export interface Views {
  /**
   * Loads the account's view unless another connection has it already. Throws `unauthorized` for an account that is
   * gone, suspended or deactivated, and `unavailable` when the state cannot be read.
   */
  open(account: number): Promise<OpenView>;
  /** The account's view, if it is loaded. */
  find(account: number): View | undefined;
  /** Views that do not see this event on public streams as it is, found by author and mentions, not one by one. */
  excluding(event: Event): ReadonlySet<View>;
  /** Views with keyword matches in this event. */
  matching(event: Event): ReadonlyMap<View, readonly FilterMatch[]>;
  /** Views with alert words in the post of this event. */
  alerting(event: Event): ReadonlyMap<View, readonly string[]>;
  readonly counts: { readonly views: number };
  close(): void;
}
