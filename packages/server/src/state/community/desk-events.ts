import type { Visibility } from './rows/posts.ts';
import type { MediaSnapshot, Source } from './snapshots.ts';

/** What an account is told of its own things, on its own topic alone, but for its status and submessages. */
export interface DeskEvents {
  readonly 'scheduled.added': { readonly scheduled: ScheduledSnapshot };
  readonly 'scheduled.updated': { readonly scheduled: ScheduledSnapshot };
  /** `post` is what was made of it; null when it was taken back. */
  readonly 'scheduled.removed': {
    readonly account: number;
    readonly scheduled: number;
    readonly post: number | null;
  };
  readonly 'draft.added': { readonly draft: DraftSnapshot };
  readonly 'draft.updated': { readonly draft: DraftSnapshot };
  readonly 'draft.removed': { readonly account: number; readonly draft: number };
  readonly 'snippet.added': { readonly snippet: SnippetSnapshot };
  readonly 'snippet.updated': { readonly snippet: SnippetSnapshot };
  readonly 'snippet.removed': { readonly account: number; readonly snippet: number };
  /** All that there are now. */
  readonly 'alert-words.changed': { readonly account: number; readonly words: readonly string[] };
  readonly 'attachment.added': AttachmentNews;
  /** A post began or ended to show it. */
  readonly 'attachment.updated': AttachmentNews;
  readonly 'attachment.removed': {
    readonly account: number;
    readonly attachment: number;
    readonly usedBytes: number;
  };
  /** Where reactions to the post are told. */
  readonly 'submessage.added': { readonly submessage: SubmessageSnapshot };
  /** On `community`. */
  readonly 'status.changed': { readonly status: UserStatusSnapshot };
}

export interface ScheduledSnapshot {
  readonly id: number;
  readonly account: number;
  /** Milliseconds since 1970. */
  readonly dueAt: number;
  readonly post: PlannedPost;
  /** In the order of `post.body.media`, as far as they are still there. */
  readonly media: readonly MediaSnapshot[];
  /** Why it could not be posted when it was due; null while it waits. */
  readonly failed: string | null;
  readonly createdAt: number;
}

/** What is known of a post before it is one. */
export interface PlannedPost {
  readonly visibility: Visibility;
  readonly channel?: number;
  readonly topic?: string;
  readonly replyTo?: number;
  readonly application?: { readonly name: string; readonly website: string | null };
  /** The OAuth application's id. */
  readonly client?: number;
  readonly body: {
    readonly source: Source;
    readonly html: string;
    readonly text: string;
    readonly mentions: readonly number[];
    readonly tags: readonly string[];
    readonly language: string | null;
    readonly sensitive: boolean;
    readonly warning: string;
    readonly media: readonly number[];
  };
}

export interface DraftSnapshot {
  readonly id: number;
  readonly account: number;
  readonly to: DraftPlace;
  readonly topic: string;
  readonly text: string;
  /** Milliseconds since 1970, as its writer's device says. */
  readonly editedAt: number;
}

/** Where a draft may go; nobody has checked that it can. */
export type DraftPlace =
  | { readonly kind: 'none' }
  | { readonly kind: 'direct'; readonly accounts: readonly number[] }
  | { readonly kind: 'channel'; readonly channel: number };

/** A text to be used again and again. */
export interface SnippetSnapshot {
  readonly id: number;
  readonly account: number;
  readonly title: string;
  readonly text: string;
  readonly createdAt: number;
}

/** What an account says that it is doing. */
export interface UserStatusSnapshot {
  readonly account: number;
  /** At most 60 letters; empty for none. */
  readonly text: string;
  readonly emoji: string | null;
  /** Wants to be shown as away, whatever it is seen to do. */
  readonly away: boolean;
  readonly updatedAt: number;
}

/** A file of an account. */
export interface AttachmentSnapshot {
  readonly id: number;
  readonly account: number;
  /** Name under `/media/`. */
  readonly file: string;
  readonly contentType: string;
  readonly bytes: number;
  /** The post that shows it. */
  readonly post: number | null;
  readonly createdAt: number;
}

export interface AttachmentNews {
  readonly attachment: AttachmentSnapshot;
  /** Of all files of the account. */
  readonly usedBytes: number;
}

export interface SubmessageSnapshot {
  readonly id: number;
  readonly post: number;
  readonly account: number;
  readonly type: string;
  readonly content: string;
}
