export type NotificationType =
  | 'mention'
  | 'status'
  | 'reblog'
  | 'follow'
  | 'follow_request'
  | 'favourite'
  | 'update'
  | 'admin.sign_up';

export interface NotificationRow {
  id: number;
  account: number;
  type: NotificationType;
  /** Who caused it. */
  origin: number;
  post: number | null;
  /** Held back by the account's policy: listed apart, not streamed. */
  filtered: number;
  created_at: number;
}

/** One account's side of a direct conversation; it follows the thread. */
export interface ConversationRow {
  id: number;
  account: number;
  thread: number;
  channel: number;
  /** JSON list of the other participants. */
  others: string;
  last_post: number | null;
  unread: number;
}

/** Whose notices an account lets in whatever its policy says: it accepted what was held back of them. */
export interface NotificationPermissionRow {
  account: number;
  origin: number;
}

export interface MarkerRow {
  account: number;
  timeline: string;
  last_read: string;
  version: number;
  updated_at: number;
}

export interface AnnouncementRow {
  id: number;
  text: string;
  html: string;
  starts_at: number | null;
  ends_at: number | null;
  all_day: number;
  published_at: number;
  updated_at: number;
}

export interface AnnouncementReactionRow {
  announcement: number;
  account: number;
  name: string;
}

export interface AnnouncementReadRow {
  announcement: number;
  account: number;
}
