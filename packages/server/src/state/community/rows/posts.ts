export type Visibility = 'public' | 'unlisted' | 'followers' | 'direct';

export interface PostRow {
  id: number;
  channel: number;
  author: number;
  kind: 'note' | 'bookmark' | 'file' | 'share';
  /** Buddycloud's node of the channel: `posts`, `status`, … */
  node: string;
  visibility: Visibility;
  /** The post that this one passes on; null unless `kind` is share. */
  shared: number | null;
  reply_to: number | null;
  reply_to_account: number | null;
  /** The first post of its thread; its own id for that one. */
  thread: number;
  topic: string;
  language: string | null;
  sensitive: number;
  warning: string;
  source_format: 'plain' | 'markdown' | 'xhtml';
  source: string;
  html: string;
  text: string;
  /** JSON list of tags as written. */
  tags: string;
  /** JSON list of media ids, in order. */
  media: string;
  application: string | null;
  application_website: string | null;
  /** Where the post is from: null for this server's own. */
  origin: string | null;
  replies_count: number;
  shares_count: number;
  favourites_count: number;
  created_at: number;
  edited_at: number | null;
}

/** What a post was before an edit; the current version is in its own row. */
export interface PostEditRow {
  post: number;
  /** 0 for the first version. */
  number: number;
  source_format: PostRow['source_format'];
  source: string;
  html: string;
  text: string;
  warning: string;
  sensitive: number;
  /** As written; whoever reads one of them hears of the post until it is deleted. */
  tags: string;
  media: string;
  created_at: number;
}

export interface PostTagRow {
  /** Normalised. */
  tag: string;
  post: number;
}

export interface PostMentionRow {
  post: number;
  account: number;
}

export interface PostFlagsRow {
  account: number;
  post: number;
  /** Id of the bookmark, for paging; null when it is none. */
  bookmarked: number | null;
  /** Id of the pin. */
  pinned: number | null;
  /** The whole thread is muted; stands at its first post. */
  muted: number;
  read: number;
  collapsed: number;
}

export interface ReactionRow {
  /** Time-sortable, for paging. */
  id: number;
  post: number;
  account: number;
  /** What it was called by whoever reacted. */
  name: string;
  /** `⭐` is the favourite; `custom:` and an id, one of the community's own. */
  emoji: string;
  created_at: number;
}

/** A file whose row is gone, until it is gone too. */
export interface DroppedFileRow {
  file: string;
}

export interface MediaRow {
  id: number;
  account: number;
  type: 'image' | 'gifv' | 'video' | 'audio' | 'unknown';
  content_type: string;
  /** Name of the file under the data directory's `media`. */
  file: string;
  preview: string | null;
  /** `{original: {width, height, …}, small: …, focus}` */
  meta: string;
  description: string | null;
  blurhash: string | null;
  bytes: number;
  /** Null until a post shows it. */
  post: number | null;
  created_at: number;
}
