import {
  type AccountSnapshot,
  type Listed,
  type Message,
  type PageQuery,
  type PostView,
  type Source,
  type Visibility,
} from '../../state/index.ts';
import type { FilterView } from '../notices/messages.ts';
import type { AccountSettings } from '../people/messages.ts';
import type { WrittenEmoji } from './emoji.ts';

/** A post as its author wrote it, rendered (`body/`) before it comes here. */
export interface NewPost {
  readonly actor: number;
  readonly visibility: Visibility;
  readonly body: PostBody;
  readonly replyTo?: number;
  /** A group channel; the author's own when absent, that of the participants for direct posts. */
  readonly channel?: number;
  /** On one line; a reply takes that of what it answers, a direct post has none. */
  readonly topic?: string;
  /** Whether its author has read it; else it counts as unread for its author too. */
  readonly readBySender?: boolean;
  readonly application?: { readonly name: string; readonly website: string | null };
  /** Of posts that an ingest brings from another server: their address there. */
  readonly origin?: string;
  /** Milliseconds since 1970 of such a post. */
  readonly createdAt?: number;
}

export interface PostBody {
  readonly source: Source;
  readonly html: string;
  readonly text: string;
  /** Accounts and group channels that the text names; who may not be told (blocks) is left to the command. */
  readonly mentions: readonly number[];
  /** As written, without `#`. */
  readonly tags: readonly string[];
  readonly language: string | null;
  readonly sensitive: boolean;
  readonly warning: string;
  /** Media of the author that no other post shows, at most 4. */
  readonly media: readonly number[];
}

/**
 * Answers with the post as its author sees it. Throws `not-found` for a post that is answered but cannot be seen,
 * `forbidden` where the author may not post in the channel, `unprocessable` for media that are not the author's or
 * used, and for a body with neither text nor media. Repeats of an idempotency key are answered with `{post: {id}}` alone,
 * here and in every command that answers with a post: its text may be erased meanwhile.
 */
export const createPost: Message<NewPost, PostView> = { name: 'posts.create' };
/** Throws `not-found` for others' posts, `forbidden` when the organisation's settings end editing. */
export const editPost: Message<{ actor: number; id: number; body: PostBody }, PostView> = { name: 'posts.edit' };
/**
 * Answers with the post as it was. Its text is erased from the log in the same commit. With `keepMedia` its media are
 * the author's to post again, as long as others that no post shows yet. A share goes too when what it passes on may no
 * longer be seen, and is then answered with nothing.
 */
export const deletePost: Message<{ actor: number; id: number; keepMedia?: boolean }, PostView | undefined> = {
  name: 'posts.delete',
};
/** Sharing twice answers with the first share; only public and unlisted posts, and one's own followers' posts. */
export const sharePost: Message<{ actor: number; id: number; visibility: Visibility }, PostView> = {
  name: 'posts.share',
};
/** Answers with the post that was shared, or with nothing when it may no longer be seen. */
export const unsharePost: Message<{ actor: number; id: number }, PostView | undefined> = { name: 'posts.unshare' };
export interface Reacting extends WrittenEmoji {
  readonly actor: number;
  readonly id: number;
  readonly on: boolean;
  /** What changes nothing is then a `conflict`, with `reason: reaction-exists` or `reaction-missing`. */
  readonly strict?: boolean;
}
/**
 * Adding twice changes nothing, and so does removing what is not there, unless `strict`. Throws `unprocessable` with
 * `reason: no-emoji` for what is none, and `reason: emoji-retired` for adding one that the community has withdrawn.
 */
export const react: Message<Reacting, PostView> = { name: 'posts.react' };
/** Of one account at once, as in Mastodon. */
export const MAX_PINS = 5;
/**
 * `pinned` only one's own posts, `MAX_PINS` of them and no direct ones, or `unprocessable`; `muted` the whole thread.
 */
export const flagPost: Message<
  { actor: number; id: number; flag: 'bookmarked' | 'pinned' | 'muted' | 'collapsed'; on: boolean },
  PostView
> = { name: 'posts.flag' };

/** What a new post takes from its author's settings, and through which filters it is shown: one question a post. */
export const postingFacts: Message<
  { author: number },
  { readonly settings: AccountSettings; readonly filters: readonly FilterView[] }
> = { name: 'posts.facts' };

/** Who asks; null for nobody in particular. */
type Viewer = number | null;

/** `undefined` for what does not exist and for what the viewer may not see. */
export const postById: Message<{ viewer: Viewer; id: number }, PostView | undefined> = { name: 'posts.by-id' };
/** In the order that was asked for, without those that the viewer may not see. */
export const postsByIds: Message<{ viewer: Viewer; ids: readonly number[] }, readonly PostView[]> = {
  name: 'posts.by-ids',
};
export const postContext: Message<
  { viewer: Viewer; id: number },
  { readonly ancestors: readonly PostView[]; readonly descendants: readonly PostView[] } | undefined
> = { name: 'posts.context' };

export interface PostVersion {
  readonly html: string;
  readonly warning: string;
  readonly sensitive: boolean;
  readonly createdAt: number;
  readonly media: PostView['post']['media'];
}

export interface MoveView {
  readonly actor: number;
  /** The topic is null where it is not for the viewer. */
  readonly from: { readonly channel: number; readonly topic: string | null };
  readonly to: { readonly channel: number; readonly topic: string | null };
  readonly createdAt: number;
}

/** Oldest first, the current version last. */
export const postHistory: Message<
  { viewer: Viewer; id: number },
  | { readonly post: PostView; readonly versions: readonly PostVersion[]; readonly moves: readonly MoveView[] }
  | undefined
> = { name: 'posts.history' };
export const favouritedBy: Message<
  { viewer: Viewer; id: number; page: PageQuery },
  readonly Listed<AccountSnapshot>[] | undefined
> = { name: 'posts.favourited-by' };
export const sharedBy: Message<
  { viewer: Viewer; id: number; page: PageQuery },
  readonly Listed<AccountSnapshot>[] | undefined
> = { name: 'posts.shared-by' };

export interface TagQuery {
  readonly tag: string;
  readonly any?: readonly string[];
  readonly all?: readonly string[];
  readonly none?: readonly string[];
}
export interface Sieve {
  readonly local?: boolean;
  readonly remote?: boolean;
  readonly media?: boolean;
}

/** Timelines leave out what the viewer's blocks, mutes and languages leave out, as the streams do. */
export const homeTimeline: Message<{ viewer: number; page: PageQuery }, readonly PostView[]> = {
  name: 'timelines.home',
};
export const publicTimeline: Message<{ viewer: Viewer; page: PageQuery } & Sieve, readonly PostView[]> = {
  name: 'timelines.public',
};
export const tagTimeline: Message<{ viewer: Viewer; page: PageQuery } & Sieve & TagQuery, readonly PostView[]> = {
  name: 'timelines.tag',
};
/** `undefined` for a list that is not the viewer's. */
export const listTimeline: Message<{ viewer: number; list: number; page: PageQuery }, readonly PostView[] | undefined> =
  { name: 'timelines.list' };
/** Posts of an account, or of a group channel. */
export const accountPosts: Message<
  {
    viewer: Viewer;
    account: number;
    page: PageQuery;
    excludeReplies?: boolean;
    excludeShares?: boolean;
    onlyMedia?: boolean;
    pinned?: boolean;
    tagged?: string;
  },
  readonly PostView[] | undefined
> = { name: 'timelines.account' };
export const favourites: Message<{ viewer: number; page: PageQuery }, readonly Listed<PostView>[]> = {
  name: 'timelines.favourites',
};
export const bookmarks: Message<{ viewer: number; page: PageQuery }, readonly Listed<PostView>[]> = {
  name: 'timelines.bookmarks',
};

export interface SearchQuery {
  readonly viewer: Viewer;
  readonly text: string;
  readonly limit: number;
  readonly offset: number;
}

/** Ranked; access is decided inside the query. */
export const searchPosts: Message<SearchQuery & { account?: number; page?: PageQuery }, readonly PostView[]> = {
  name: 'search.posts',
};
export const searchAccounts: Message<SearchQuery & { following?: boolean }, readonly AccountSnapshot[]> = {
  name: 'search.accounts',
};

export interface TagView {
  readonly name: string;
  readonly following: boolean;
  /** By day, newest first, seven of them: day is Unix seconds of its beginning. */
  readonly history: readonly { readonly day: number; readonly uses: number; readonly accounts: number }[];
}

export const searchTags: Message<SearchQuery, readonly TagView[]> = { name: 'search.tags' };
export const tagByName: Message<{ viewer: Viewer; tag: string }, TagView> = { name: 'tags.by-name' };
/** In the order of the names, each by its normal one. */
export const tagsByNames: Message<{ viewer: Viewer; tags: readonly string[] }, readonly TagView[]> = {
  name: 'tags.by-names',
};
