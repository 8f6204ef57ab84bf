import type { Message, PageQuery, PostView } from '../../state/index.ts';
import type { Emoji } from './emoji.ts';

/** A topic of a channel as its newest post writes it; the empty one is that of posts without a topic. */
export interface TopicView {
  readonly name: string;
  /** Id of its newest post that the viewer may see. */
  readonly maxId: number;
}

/** Newest first, at most 5,000; `undefined` for a channel that is not there. Topics without a visible post are left out. */
export const listTopics: Message<
  { readonly viewer: number | null; readonly channel: number },
  readonly TopicView[] | undefined
> = { name: 'topics.of-channel' };

export interface ChannelPosts {
  readonly viewer: number | null;
  readonly channel: number;
  /** In any case; the empty one for posts without a topic, absent for all. */
  readonly topic?: string;
  readonly page: PageQuery;
}

/** What a channel holds, without shares, also by whom the viewer mutes; `undefined` for one that is not there. */
export const channelPosts: Message<ChannelPosts, readonly PostView[] | undefined> = { name: 'posts.of-channel' };

export interface ReactionView extends Emoji {
  readonly account: number;
}

/** By post, oldest first; posts that the viewer may not see, and those without reactions, are left out. */
export const reactionsOf: Message<
  { readonly viewer: number | null; readonly posts: readonly number[] },
  readonly { readonly post: number; readonly reactions: readonly ReactionView[] }[]
> = { name: 'posts.reactions' };

/** Posts that one command flags, and one event names, at most. */
export const FLAGGED_AT_ONCE = 1_000;

export interface FlagPosts {
  readonly actor: number;
  /** At most `FLAGGED_AT_ONCE` posts; or, to be read, a channel, one of its topics in any case, or everything. */
  readonly select:
    | { readonly posts: readonly number[] }
    | { readonly channel: number; readonly topic?: string }
    | { readonly all: true };
  /** `starred` is the bookmark. */
  readonly flag: 'read' | 'starred' | 'collapsed';
  readonly on: boolean;
}

export interface Flagged {
  /** Those that changed, ascending; none are named when everything is read. */
  readonly posts: readonly number[];
  /** False where a channel, a topic or everything was to be read and the same command has to be run again for the rest. */
  readonly isWhole: boolean;
}

/**
 * Announces `post.flagged` with what changed, if anything did. Posts that the actor may not see are passed over, and so
 * are, where they are to be read or unread, those from before the actor became a member of the channel: they are read.
 */
export const flagPosts: Message<FlagPosts, Flagged> = { name: 'posts.flag-many' };

export interface UnreadView {
  /** Ids ascending, by channel and topic as its newest unread post writes it. */
  readonly channels: readonly { readonly channel: number; readonly topic: string; readonly posts: readonly number[] }[];
  readonly directs: readonly {
    readonly channel: number;
    /** The viewer among them. */
    readonly participants: readonly number[];
    readonly posts: readonly number[];
  }[];
  /** Those of the posts in channels that name the viewer. */
  readonly mentions: readonly number[];
  readonly count: number;
  /** False when there are more, all of them older. */
  readonly isWhole: boolean;
}

/**
 * What the viewer has not read, the newest 50,000 at most: posted since the viewer became a member of the channel, and
 * neither out of sight nor hidden by blocks and mutes.
 */
export const unreadOf: Message<{ readonly viewer: number; readonly limit?: number }, UnreadView> = {
  name: 'posts.unread',
};

/** What the viewer has done with one post, as far as it may be seen. */
export interface ReadingFlags {
  readonly post: number;
  readonly read: boolean;
  readonly starred: boolean;
  readonly collapsed: boolean;
  readonly mentioned: boolean;
  /** It was posted before the viewer became a member of the channel, or where the viewer is none. */
  readonly historical: boolean;
}

export const readingFlagsOf: Message<
  { readonly viewer: number; readonly posts: readonly number[] },
  readonly ReadingFlags[]
> = { name: 'posts.reading-flags' };

/** Posts that one command moves at most. */
export const MOVED_AT_ONCE = 1_000;

export interface MovePost {
  readonly actor: number;
  /** The post that is moved, alone or with others of its topic. */
  readonly id: number;
  /** Absent to stay in it; the empty one for none. */
  readonly topic?: string;
  /** A group channel; absent to stay in it. */
  readonly channel?: number;
  /** Itself, itself and the later ones of its topic, or all of it. */
  readonly mode: 'one' | 'later' | 'all';
}

export interface Moved {
  /** Those that moved, ascending; none where they are there already. */
  readonly posts: readonly number[];
}

/**
 * Announces `post.moved`: once for a change of topic, once for each post for a change of channel. Throws `not-found` for
 * what the actor may not see, `unprocessable` for direct posts and for other than group channels, `too-large` for more
 * than `MOVED_AT_ONCE`, and `forbidden` with `reason`: `not-writable`, `not-allowed`, or `move-limit` with `total`,
 * `allowed` and `firstAllowed`.
 */
export const movePost: Message<MovePost, Moved> = { name: 'posts.move' };
