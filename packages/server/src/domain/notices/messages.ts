import {
  type AnnouncementSnapshot,
  type ConversationSnapshot,
  type Listed,
  type MediaSnapshot,
  type Message,
  type NotificationSnapshot,
  type NotificationType,
  type PageQuery,
} from '../../state/index.ts';
import type { Audited } from '../audit.ts';

/** One of the actor's own things; throws `not-found` for others'. */
export interface Own {
  readonly actor: number;
  readonly id: number;
}

export interface NotificationQuery {
  readonly viewer: number;
  readonly page: PageQuery;
  readonly types?: readonly NotificationType[];
  readonly excludeTypes?: readonly NotificationType[];
  readonly from?: number;
  readonly includeFiltered?: boolean;
  /** Nothing but what the policy keeps apart. */
  readonly onlyFiltered?: boolean;
}

export const notificationsOf: Message<NotificationQuery, readonly NotificationSnapshot[]> = {
  name: 'notifications.of',
};
export const notificationById: Message<{ viewer: number; id: number }, NotificationSnapshot | undefined> = {
  name: 'notifications.by-id',
};
export const unreadNotifications: Message<{ viewer: number; limit: number }, number> = {
  name: 'notifications.unread',
};
/** All of them without an id. */
export const dismissNotifications: Message<{ actor: number; id?: number }, undefined> = {
  name: 'notifications.dismiss',
};

/**
 * Shows what the policy holds back of somebody among the others, or forgets it; answers with how many. Whose was shown
 * is let in from then on, whatever the policy says; what comes later of others is judged anew.
 */
export const settleHeldNotifications: Message<{ actor: number; from: number; accept: boolean }, number> = {
  name: 'notifications.settle-held',
};

export type PolicyAnswer = 'accept' | 'filter' | 'drop';
export interface NotificationPolicy {
  readonly notFollowing: PolicyAnswer;
  readonly notFollowers: PolicyAnswer;
  readonly newAccounts: PolicyAnswer;
  readonly privateMentions: PolicyAnswer;
  readonly limitedAccounts: PolicyAnswer;
}
export const notificationPolicy: Message<{ viewer: number }, NotificationPolicy> = { name: 'notifications.policy' };
export const setNotificationPolicy: Message<
  { actor: number; policy: Partial<NotificationPolicy> },
  NotificationPolicy
> = { name: 'notifications.set-policy' };

/** Paged by the ids of their last posts. */
export const conversationsOf: Message<{ viewer: number; page: PageQuery }, readonly Listed<ConversationSnapshot>[]> = {
  name: 'conversations.of',
};
export interface Reading extends Own {
  /** To be read once more. */
  readonly unread?: boolean;
}
export const readConversation: Message<Reading, ConversationSnapshot> = { name: 'conversations.read' };
export const deleteConversation: Message<{ actor: number; id: number }, undefined> = { name: 'conversations.delete' };

export type FilterContext = 'home' | 'notifications' | 'public' | 'thread' | 'account';
export interface FilterView {
  readonly id: number;
  readonly title: string;
  readonly contexts: readonly FilterContext[];
  readonly action: 'warn' | 'hide' | 'blur';
  readonly expiresAt: number | null;
  readonly keywords: readonly { readonly id: number; readonly keyword: string; readonly wholeWord: boolean }[];
  readonly posts: readonly { readonly id: number; readonly post: number }[];
}
export interface FilterChange {
  readonly title?: string;
  readonly contexts?: readonly FilterContext[];
  readonly action?: FilterView['action'];
  readonly expiresAt?: number | null;
  /** With an id: that one changes, or goes with `remove`; without: a new one. */
  readonly keywords?: readonly {
    readonly id?: number;
    readonly keyword?: string;
    readonly wholeWord?: boolean;
    readonly remove?: boolean;
  }[];
  readonly addPosts?: readonly number[];
  readonly removePosts?: readonly number[];
}
/** Each change announces `filters.changed`; throws `not-found` for others' filters. */
export const createFilter: Message<{ actor: number; filter: FilterChange & { title: string } }, FilterView> = {
  name: 'filters.create',
};
export const updateFilter: Message<{ actor: number; id: number; filter: FilterChange }, FilterView> = {
  name: 'filters.update',
};
export const deleteFilter: Message<{ actor: number; id: number }, undefined> = { name: 'filters.delete' };
export const filtersOf: Message<{ viewer: number }, readonly FilterView[]> = { name: 'filters.of' };

export interface MarkerView {
  readonly timeline: string;
  readonly lastReadId: string;
  readonly version: number;
  readonly updatedAt: number;
}
export const markersOf: Message<{ viewer: number; timelines: readonly string[] }, readonly MarkerView[]> = {
  name: 'markers.of',
};
export const setMarkers: Message<
  { actor: number; markers: readonly { timeline: string; lastReadId: string }[] },
  readonly MarkerView[]
> = { name: 'markers.set' };

export interface NewAnnouncement {
  readonly text: string;
  readonly html: string;
  readonly startsAt?: number | null;
  readonly endsAt?: number | null;
  readonly allDay?: boolean;
}
export const publishAnnouncement: Message<Audited<NewAnnouncement>, AnnouncementSnapshot> = {
  name: 'announcements.publish',
};
export const deleteAnnouncement: Message<Audited<{ id: number }>, undefined> = { name: 'announcements.delete' };
/** Forgets those that have ended by then as if deleted: each is told once, whenever that is. */
export const endAnnouncements: Message<{ now: number }, undefined> = { name: 'announcements.end' };
/** When the next of them ends: milliseconds since 1970, `undefined` while none will. */
export const nextAnnouncementEnd: Message<Record<never, never>, number | undefined> = {
  name: 'announcements.next-end',
};
export const announcementsFor: Message<{ viewer: number; withDismissed?: boolean }, readonly AnnouncementSnapshot[]> = {
  name: 'announcements.for',
};
export const dismissAnnouncement: Message<{ actor: number; id: number }, undefined> = {
  name: 'announcements.dismiss',
};
export const reactToAnnouncement: Message<{ actor: number; id: number; name: string; on: boolean }, undefined> = {
  name: 'announcements.react',
};

export interface NewMedia {
  readonly actor: number;
  readonly type: MediaSnapshot['type'];
  readonly contentType: string;
  readonly file: string;
  readonly preview: string | null;
  readonly meta: Readonly<Record<string, unknown>>;
  readonly description: string | null;
  readonly blurhash: string | null;
  readonly bytes: number;
}
export const createMedia: Message<NewMedia, MediaSnapshot> = { name: 'media.create' };
/** `post` is the post that shows it, which is being edited; without it only media that no post shows. */
export const describeMedia: Message<
  { actor: number; id: number; post?: number; description?: string | null; focus?: readonly [number, number] },
  MediaSnapshot
> = { name: 'media.describe' };
/** Only the owner's, while no post shows it. */
export const mediaById: Message<{ viewer: number; id: number }, MediaSnapshot | undefined> = { name: 'media.by-id' };
export const deleteMedia: Message<{ actor: number; id: number }, MediaSnapshot> = { name: 'media.delete' };
