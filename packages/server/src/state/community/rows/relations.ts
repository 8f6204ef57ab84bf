export interface RelationRow {
  account: number;
  target: number;
  kind: 'block' | 'mute';
  /** Time-sortable, for paging. */
  id: number;
  /** A mute's: whether notifications are hidden too. */
  notifications: number;
  expires_at: number | null;
  created_at: number;
}

export interface DomainBlockRow {
  account: number;
  domain: string;
  id: number;
}

export interface AccountNoteRow {
  account: number;
  target: number;
  text: string;
}

export interface ListRow {
  id: number;
  account: number;
  title: string;
  replies: 'followed' | 'list' | 'none';
  exclusive: number;
}

export interface ListMemberRow {
  list: number;
  /** The account (or group channel) whose channel the list selects. */
  member: number;
  channel: number;
  since_position: number;
  id: number;
}

export interface FollowedTagRow {
  account: number;
  /** Normalised. */
  tag: string;
  since_position: number;
  id: number;
}

export interface FilterRow {
  id: number;
  account: number;
  title: string;
  /** JSON list of home, notifications, public, thread, account. */
  contexts: string;
  action: 'warn' | 'hide' | 'blur';
  expires_at: number | null;
}

export interface FilterKeywordRow {
  id: number;
  filter: number;
  keyword: string;
  whole_word: number;
}

export interface FilterPostRow {
  id: number;
  filter: number;
  post: number;
}
