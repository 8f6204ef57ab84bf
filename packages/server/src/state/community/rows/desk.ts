/** A post that is to be made later. */
export interface ScheduledPostRow {
  id: number;
  account: number;
  due_at: number;
  /** JSON of everything but its author. */
  post: string;
  /** JSON list of media ids, which nobody may tidy away meanwhile. */
  media: string;
  /** Why it could not be made when it was due; null while it waits. */
  failed: string | null;
  created_at: number;
}

export interface DraftRow {
  id: number;
  account: number;
  kind: 'none' | 'direct' | 'channel';
  /** JSON list of account ids, or of one channel's. */
  recipients: string;
  topic: string;
  text: string;
  edited_at: number;
}

export interface SnippetRow {
  id: number;
  account: number;
  title: string;
  text: string;
  created_at: number;
}

/** What an account says that it is doing; no row when it says nothing. */
export interface UserStatusRow {
  account: number;
  text: string;
  emoji: string | null;
  away: number;
  updated_at: number;
}

/** A word by which an account wants posts to be marked for it. */
export interface AlertWordRow {
  account: number;
  /** In lower case: the same word in other letters is no other. */
  folded: string;
  /** As it was given first. */
  word: string;
}

/** What a bot remembers: each account its own. */
export interface BotStorageRow {
  account: number;
  key: string;
  value: string;
}

/** A part of a post that its readers add to: a vote, an item of a list. */
export interface SubmessageRow {
  id: number;
  post: number;
  account: number;
  type: string;
  content: string;
  created_at: number;
}
