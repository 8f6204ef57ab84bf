import type { Visibility } from './rows/posts.ts';
import type { MediaSnapshot, Source } from './snapshots.ts';

/** What an account is told of its own things, on its own topic alone. */
export interface DeskEvents {
  readonly 'scheduled.added': { readonly scheduled: ScheduledSnapshot };
  readonly 'scheduled.updated': { readonly scheduled: ScheduledSnapshot };
  /** `post` is what was made of it; null when it was taken back. */
  readonly 'scheduled.removed': {
    readonly account: number;
    readonly scheduled: number;
    readonly post: number | null;
  };
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
