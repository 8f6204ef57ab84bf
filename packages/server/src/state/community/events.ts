import type { Event, NewEvent, Position } from '@carillon/core';
import type { CommandContext } from '../../storage/index.ts';
import type { DeskEvents } from './desk-events.ts';
import type { PresenceEvents } from './presence-events.ts';
import type {
  AccountSnapshot,
  AnnouncementSnapshot,
  ChannelSnapshot,
  ConversationSnapshot,
  NotificationSnapshot,
  OrganizationSnapshot,
  PostDoers,
  PostSnapshot,
} from './snapshots.ts';
import type { WorkspaceEvents } from './workspace-events.ts';
import type { AccountSettingsSnapshot, OrganizationSettings } from './workspace-snapshots.ts';

/** What each event of the community says, by its type. Topics are given by whoever announces it. */
export interface CommunityEvents extends DeskEvents, WorkspaceEvents {
  readonly 'account.created': { readonly account: AccountSnapshot };
  readonly 'account.updated': { readonly account: AccountSnapshot };
  readonly 'account.deactivated': { readonly account: number };
  /** Also on `system`. */
  readonly 'account.suspended': { readonly account: number };
  readonly 'account.restored': { readonly account: number };
  readonly 'settings.updated': {
    readonly account: number;
    readonly chosenLanguages: readonly string[] | null;
    readonly settings: AccountSettingsSnapshot;
    readonly changed: readonly (keyof AccountSettingsSnapshot)[];
  };
  readonly 'channel.created': { readonly channel: ChannelSnapshot };
  readonly 'channel.updated': { readonly channel: ChannelSnapshot };
  readonly 'post.created': { readonly post: PostSnapshot };
  readonly 'post.edited': { readonly post: PostSnapshot; readonly doers: PostDoers };
  /** `topic` is that of a channel's post that had one. */
  /** `movedTo` is the closed channel where it lives on: its members have not lost it. */
  readonly 'post.deleted': { readonly post: number; readonly topic?: string; readonly movedTo?: number };
  /** `post` is the share, with the shared one inside; `doers` are the shared one's. */
  readonly 'share.created': { readonly post: PostSnapshot; readonly doers: PostDoers };
  readonly 'share.deleted': { readonly post: number; readonly shared: number };
  readonly 'post.flagged': PostsFlagged;
  readonly 'post.moved': PostMoved;
  readonly 'reaction.added': Reaction;
  readonly 'reaction.removed': Reaction;
  readonly 'follow.requested': Follow;
  readonly 'follow.started': FollowStart;
  readonly 'follow.denied': Follow;
  readonly 'follow.ended': Follow;
  readonly 'affiliation.changed': Follow & { readonly affiliation: string };
  readonly 'tag.followed': { readonly account: number; readonly tag: string };
  readonly 'tag.unfollowed': { readonly account: number; readonly tag: string };
  /** Also on `system`, because the other side's view changes too; only the account itself is told. */
  readonly 'relationship.changed': RelationshipChange;
  readonly 'filters.changed': { readonly account: number };
  readonly 'list.changed': ListChange;
  readonly 'notification.created': { readonly notification: NotificationSnapshot };
  readonly 'notification.dismissed': { readonly account: number; readonly notifications: readonly number[] };
  readonly 'conversation.updated': { readonly conversation: ConversationSnapshot };
  /** The whole, and the names of what changed in it. */
  readonly 'organization.updated': {
    readonly organization: OrganizationSnapshot;
    readonly changed: readonly (keyof OrganizationSnapshot | keyof OrganizationSettings)[];
  };
  readonly 'announcement.published': { readonly announcement: AnnouncementSnapshot };
  readonly 'announcement.reacted': { readonly announcement: number; readonly name: string; readonly count: number };
  readonly 'announcement.deleted': { readonly announcement: number };
  readonly 'presence.changed': PresenceEvents['presence.changed'];
}

export interface PostMoved {
  readonly actor: number;
  /** Ascending, at most 1,000. */
  readonly posts: readonly number[];
  /** The post that was asked to be moved; the others went with it. */
  readonly anchor: number;
  readonly mode: 'one' | 'later' | 'all';
  /** The topic is null where some who hear of the move may not know it. */
  readonly from: { readonly channel: number; readonly topic: string | null };
  readonly to: { readonly channel: number; readonly topic: string };
  /** Of the one post of a change of channel. */
  readonly post?: PostSnapshot;
  readonly doers?: PostDoers;
  /** One of the channels is closed: some who hear of the post have not been able to see it before. */
  readonly isNews?: boolean;
}

export interface PostsFlagged {
  readonly account: number;
  /** `starred` is the bookmark. */
  readonly flag: 'read' | 'starred' | 'collapsed' | 'pinned' | 'muted';
  readonly on: boolean;
  /** Those that changed, ascending, at most 1,000. */
  readonly posts: readonly number[];
  /** Everything is read; `posts` names none. */
  readonly all?: true;
  /** Of posts that are unread again, one for each. */
  readonly details?: readonly UnreadDetails[];
}

/** What one needs to know of a post to count it as unread. */
export interface UnreadDetails {
  readonly post: number;
  readonly channel: number;
  readonly author: number;
  /** Absent for a direct post. */
  readonly topic?: string;
  /** Of a direct post, the account among them. */
  readonly participants?: readonly number[];
  readonly mentioned: boolean;
}

export interface Reaction {
  readonly post: number;
  readonly account: number;
  /** Its characters, or `custom:` and the id of one of the community's own. */
  readonly emoji: string;
  /** `octopus`, as whoever reacted called it; absent in events of older versions, as `code` is. */
  readonly name?: string;
  /** Code points in hexadecimal, joined by hyphens; the id of an own one. */
  readonly code?: string;
}

export interface Follow {
  readonly account: number;
  readonly channel: number;
}

export interface FollowStart extends Follow {
  readonly affiliation: string;
  readonly shares: boolean;
  readonly notify: boolean;
  readonly languages: readonly string[] | null;
  /** Where the follow began, when this only changes its options; absent for one that begins here. */
  readonly since?: Position;
  /** The account whose own channel it is; absent for group channels. */
  readonly followed?: number;
}

export interface RelationshipChange {
  readonly account: number;
  /** An account, or a domain for domain blocks. */
  readonly target: number | string;
  readonly kind: 'block' | 'mute' | 'domain-block' | 'thread-mute';
  readonly on: boolean;
  /** A mute's end. */
  readonly expiresAt?: number;
  /** A mute's: notifications are hidden too. */
  readonly notifications?: boolean;
  /** Posts that the account no longer sees in its home and lists, newest first, at most 1,000. */
  readonly hidden?: readonly number[];
}

export interface ListChange {
  readonly account: number;
  readonly list: number;
  /** Absent once the list is deleted. */
  readonly settings?: { readonly replies: string; readonly exclusive: boolean };
  readonly added?: readonly { readonly account: number; readonly channel: number }[];
  readonly removed?: readonly { readonly account: number; readonly channel: number }[];
}

export type CommunityEventType = keyof CommunityEvents;

export interface Announcement<Type extends CommunityEventType> extends Omit<NewEvent, 'data' | 'contentType' | 'type'> {
  readonly type: Type;
  readonly data: CommunityEvents[Type];
}

/** Adds a community event to the commit and tells its position. */
export function announce<Type extends CommunityEventType>(
  context: CommandContext,
  { data, ...event }: Announcement<Type>,
): Position {
  return context.append({ ...event, data: Buffer.from(JSON.stringify(data)) });
}

/** What an event says; `undefined` when it is of another type, or its data was erased. */
export function readEvent<Type extends CommunityEventType>(
  event: Event,
  type: Type,
): CommunityEvents[Type] | undefined {
  if (event.type !== type || event.erased) return undefined;
  // Only `announce` writes these types, and the row's sum was checked.
  return JSON.parse(Buffer.from(event.data.buffer, event.data.byteOffset, event.data.byteLength).toString('utf8'));
}
