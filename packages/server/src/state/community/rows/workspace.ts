/** What one account says of one channel that it follows; it outlasts the follow. */
export interface FollowSettingsRow {
  account: number;
  channel: number;
  /** `#c2726a`; null where clients choose one. */
  color: string | null;
  pinned: number;
  muted: number;
  /** 0 or 1 instead of what the account's own settings say; null where they hold. */
  desktop: number | null;
  audible: number | null;
  push: number | null;
  email: number | null;
  all_mentions: number | null;
}

export interface TopicPolicyRow {
  account: number;
  channel: number;
  /** The topic without regard to case. */
  topic_key: string;
  /** As it was written. */
  topic: string;
  policy: 'muted' | 'unmuted' | 'followed';
  updated_at: number;
}

export interface UserGroupRow {
  id: number;
  name: string;
  /** The name without regard to case. */
  name_key: string;
  description: string;
  /** Null once that account is gone. */
  creator: number | null;
  deactivated_at: number | null;
  created_at: number;
}

export interface UserGroupMemberRow {
  user_group: number;
  account: number;
}

export interface UserGroupSubgroupRow {
  user_group: number;
  /** Another group, or one of a role. */
  subgroup: number;
}

/** A channel that new accounts follow. */
export interface DefaultChannelRow {
  channel: number;
  /** Time-sortable. */
  id: number;
}

export interface CustomEmojiRow {
  id: number;
  name: string;
  /** The picture, which is the community's from then on. */
  media: number;
  /** Its names under `/media/`. */
  file: string;
  preview: string | null;
  /** Null once that account is gone. */
  author: number | null;
  deactivated_at: number | null;
  created_at: number;
}

export interface LinkifierRow {
  id: number;
  pattern: string;
  /** RFC 6570. */
  template: string;
  /** From 0, without holes: the first that matches wins. */
  place: number;
}
