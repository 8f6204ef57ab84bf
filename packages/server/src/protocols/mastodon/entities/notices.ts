import type {
  AnnouncementSnapshot,
  ConversationSnapshot,
  MarkerView,
  NotificationSnapshot,
} from '../../../domain/index.ts';
import { toAccount } from './account.ts';
import { iso, isoOrNull, type Site } from './site.ts';
import { toStatusFor } from './status.ts';
import type { Announcement, Conversation, FilterResult, Marker, Notification } from './types.ts';

/** A notification as its account sees it. */
export function toNotification(
  { id, type, account, from, post, createdAt, filtered }: NotificationSnapshot,
  site: Site,
  found?: readonly FilterResult[],
): Notification {
  return {
    id: String(id),
    type,
    created_at: iso(createdAt),
    group_key: `ungrouped-${id}`,
    account: toAccount(from, site),
    ...(filtered === undefined ? {} : { filtered }),
    ...(post === null ? {} : { status: toStatusFor(post, site, account, found) }),
  };
}

/** A conversation as its account sees it. */
export function toConversation(
  { id, account, unread, others, lastPost }: ConversationSnapshot,
  site: Site,
  filtered?: readonly FilterResult[],
): Conversation {
  return {
    id: String(id),
    unread,
    accounts: others.map((other) => toAccount(other, site)),
    last_status: lastPost === null ? null : toStatusFor(lastPost, site, account, filtered),
  };
}

export function toAnnouncement(announcement: AnnouncementSnapshot): Announcement {
  const { id, html, read, reactions } = announcement;
  return {
    id: String(id),
    content: html,
    starts_at: isoOrNull(announcement.startsAt),
    ends_at: isoOrNull(announcement.endsAt),
    all_day: announcement.allDay,
    published_at: iso(announcement.publishedAt),
    updated_at: iso(announcement.updatedAt),
    ...(read === undefined ? {} : { read }),
    mentions: [],
    statuses: [],
    tags: [],
    emojis: [],
    reactions: reactions.map(({ name, count, mine }) => ({ name, count, ...(mine === undefined ? {} : { me: mine }) })),
  };
}

export function toMarker({ lastReadId, version, updatedAt }: MarkerView): Marker {
  return { last_read_id: lastReadId, version, updated_at: iso(updatedAt) };
}
