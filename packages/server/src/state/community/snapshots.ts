import type { AccountKind, Role } from './rows/accounts.ts';
import type { ChannelRow } from './rows/channels.ts';
import type { PostRow, Visibility } from './rows/posts.ts';
import type { OrganizationSettings } from './workspace-snapshots.ts';

/**
 * What events carry and queries answer with: whole facts about one thing, from which every protocol encodes without a
 * look at the database. Plain JSON; times are milliseconds since 1970.
 */
export interface AccountSnapshot {
  readonly id: number;
  /** `juliet`, without a domain. */
  readonly name: string;
  /** Null for this community's own. */
  readonly domain: string | null;
  /** `group` stands for a group channel, whose id is then this one's. */
  readonly kind: AccountKind | 'group';
  readonly role: Role;
  readonly displayName: string;
  readonly noteHtml: string;
  readonly fields: readonly ProfileField[];
  readonly avatar: MediaSnapshot | null;
  readonly header: MediaSnapshot | null;
  /** Follows must be approved. */
  readonly locked: boolean;
  readonly discoverable: boolean;
  readonly indexable: boolean;
  /** Its own channel. */
  readonly channel: number;
  readonly followersCount: number;
  readonly followingCount: number;
  readonly postsCount: number;
  readonly lastPostAt: number | null;
  readonly url: string | null;
  readonly suspended: boolean;
  readonly createdAt: number;
}

export interface ProfileField {
  readonly name: string;
  /** As written. */
  readonly value: string;
  readonly html: string;
}

export interface ChannelSnapshot {
  readonly id: number;
  readonly kind: ChannelRow['kind'];
  readonly slug: string | null;
  readonly title: string;
  readonly access: ChannelRow['access'];
}

export interface MediaSnapshot {
  readonly id: number;
  readonly type: 'image' | 'gifv' | 'video' | 'audio' | 'unknown';
  /** Names under `/media/`. */
  readonly file: string;
  readonly preview: string | null;
  readonly meta: Readonly<Record<string, unknown>> | null;
  readonly description: string | null;
  readonly blurhash: string | null;
}

/** Who is named in a post. */
export interface MentionSnapshot {
  readonly id: number;
  readonly name: string;
  readonly domain: string | null;
  readonly kind: AccountKind | 'group';
  readonly displayName: string;
  readonly url: string | null;
}

export interface PostSnapshot {
  readonly id: number;
  readonly kind: PostRow['kind'];
  readonly author: AccountSnapshot;
  readonly channel: ChannelSnapshot;
  readonly node: string;
  readonly topic: string;
  readonly visibility: Visibility;
  readonly replyTo: { readonly id: number; readonly account: number } | null;
  readonly thread: number;
  readonly language: string | null;
  readonly sensitive: boolean;
  /** Content warning, empty when there is none. */
  readonly warning: string;
  readonly source: Source;
  readonly html: string;
  readonly text: string;
  /** As written, without `#`. */
  readonly tags: readonly string[];
  readonly mentions: readonly MentionSnapshot[];
  readonly media: readonly MediaSnapshot[];
  readonly repliesCount: number;
  readonly sharesCount: number;
  readonly favouritesCount: number;
  readonly application: { readonly name: string; readonly website: string | null } | null;
  /** Its address on its own server; null for local posts. */
  readonly origin: string | null;
  /** The post that a share passes on, never itself a share. */
  readonly shared: PostSnapshot | null;
  readonly createdAt: number;
  readonly editedAt: number | null;
}

export interface Source {
  readonly format: PostRow['source_format'];
  readonly text: string;
}

/** What one viewer has done with a post. */
export interface PostFlags {
  readonly favourited: boolean;
  readonly shared: boolean;
  readonly bookmarked: boolean;
  /** The thread is muted. */
  readonly muted: boolean;
  readonly pinned: boolean;
}

/** A post as one viewer may see it. */
export interface PostView {
  readonly post: PostSnapshot;
  /** Absent for anonymous viewers. */
  readonly flags?: PostFlags;
  /** The shared post's own. */
  readonly sharedFlags?: PostFlags;
}

/** Accounts that did something with a post: facts for the viewer's slot of a frame (kernel K5), at most 1,000 each. */
export interface PostDoers {
  readonly favourited: readonly number[];
  readonly shared: readonly number[];
  readonly bookmarked: readonly number[];
  readonly pinned: readonly number[];
}

export interface NotificationSnapshot {
  readonly id: number;
  readonly type: string;
  /** Whose it is. */
  readonly account: number;
  readonly from: AccountSnapshot;
  readonly post: PostView | null;
  readonly createdAt: number;
  /** Held back by the account's policy: on no stream, and only listed for who asks for such. */
  readonly filtered?: true;
}

export interface ConversationSnapshot {
  readonly id: number;
  readonly account: number;
  readonly unread: boolean;
  readonly others: readonly AccountSnapshot[];
  readonly lastPost: PostView | null;
}

export interface AnnouncementSnapshot {
  readonly id: number;
  readonly html: string;
  readonly text: string;
  readonly startsAt: number | null;
  readonly endsAt: number | null;
  readonly allDay: boolean;
  readonly publishedAt: number;
  readonly updatedAt: number;
  readonly reactions: readonly { readonly name: string; readonly count: number; readonly mine?: boolean }[];
  /** Absent for nobody in particular. */
  readonly read?: boolean;
}

/** What the community says of itself. */
export interface OrganizationSnapshot {
  readonly title: string;
  readonly description: string;
  /** Whether anybody may sign up. */
  readonly registrations: boolean;
  readonly rules: readonly { readonly id: number; readonly text: string; readonly hint: string }[];
  /** The account to write to. */
  readonly contact: number | null;
  readonly language: string;
  /** What is spoken here, `language` first. */
  readonly languages: readonly string[];
  readonly settings: OrganizationSettings;
}

/** A page of a list that is sorted by id, newest first. */
export interface PageQuery {
  readonly maxId?: number;
  readonly sinceId?: number;
  /** The page just above this id, where `sinceId` gives the newest above it. */
  readonly minId?: number;
  readonly limit: number;
}

/** Something that is listed by another id than its own: an account among followers, a bookmark. */
export interface Listed<Item> {
  readonly cursor: number;
  readonly item: Item;
}
