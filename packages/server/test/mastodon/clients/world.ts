import { expect } from 'vitest';
import type { StreamName } from './heard.ts';

/** What the test's actions have made of the community: what every entity must say follows from here. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
  readonly bot: boolean;
  readonly role: string | undefined;
  followers: number;
  following: number;
  posts: number;
  locked: boolean;
}

export interface Post {
  readonly id: string;
  readonly author: Person;
  text: string;
  readonly visibility: 'public' | 'unlisted' | 'private' | 'direct';
  readonly replyTo: Post | null;
  readonly mentions: readonly Person[];
  readonly tags: readonly string[];
  readonly images: number;
  readonly favouritedBy: Set<Person>;
  readonly sharedBy: Set<Person>;
  replies: number;
  edited: boolean;
  readonly warning: string;
  readonly language: string;
  readonly bookmarkedBy: Set<Person>;
  /** What the reader's filters find in it. */
  readonly filtered: readonly string[];
}

export interface Expected {
  readonly event: string;
  /** An object that the payload must contain, or the bare id that it must be. */
  readonly payload: unknown;
}

/** Events that each stream of the reader must give, in order. */
export class World {
  readonly reader: Person;
  readonly #expected = new Map<StreamName, Expected[]>();

  constructor(reader: Person) {
    this.reader = reader;
  }

  expectedOn(stream: StreamName): readonly Expected[] {
    return this.#expected.get(stream) ?? [];
  }

  hears(streams: readonly StreamName[], event: string, payload: (stream: StreamName) => unknown): void {
    for (const stream of streams) {
      const list = this.#expected.get(stream) ?? [];
      list.push({ event, payload: payload(stream) });
      this.#expected.set(stream, list);
    }
  }

  hearsPost(streams: readonly StreamName[], event: 'update' | 'status.update', post: Post): void {
    this.hears(streams, event, (stream) => this.status(post, { seen: stream !== 'public' && stream !== 'hashtag' }));
  }

  hearsShare(streams: readonly StreamName[], id: string, by: Person, post: Post): void {
    this.hears(streams, 'update', () => ({
      id,
      account: this.account(by),
      visibility: 'public',
      reblog: this.status(post, { seen: true }),
    }));
  }

  hearsDelete(streams: readonly StreamName[], id: string): void {
    this.hears(streams, 'delete', () => id);
  }

  hearsNotice(type: string, from: Person, post?: Post): void {
    this.hears(['user', 'user:notification'], 'notification', () => ({
      type,
      account: this.account(from),
      ...(post ? { status: this.status(post, { seen: true }) } : {}),
    }));
  }

  hearsConversation(post: Post): void {
    this.hears(['direct'], 'conversation', () => ({
      unread: true,
      accounts: [this.account(post.author)],
      last_status: this.status(post, { seen: true }),
    }));
  }

  account({ id, name, displayName, bot, role, followers, following, posts, locked }: Person): object {
    return {
      id,
      username: name,
      acct: name,
      display_name: displayName,
      locked,
      bot,
      roles: role === undefined ? [] : [{ name: role }],
      group: false,
      followers_count: followers,
      following_count: following,
      statuses_count: posts,
      last_status_at: posts > 0 ? expect.stringMatching(/^\d{4}-\d\d-\d\d$/) : null,
    };
  }

  status(post: Post, { seen }: { readonly seen: boolean }): object {
    const { reader } = this;
    const own = {
      favourited: post.favouritedBy.has(reader),
      reblogged: post.sharedBy.has(reader),
      muted: false,
      bookmarked: post.bookmarkedBy.has(reader),
    };
    return {
      id: post.id,
      account: this.account(post.author),
      content: expect.stringContaining(post.text),
      visibility: post.visibility,
      sensitive: post.warning !== '',
      spoiler_text: post.warning,
      language: post.language,
      edited_at: post.edited ? expect.any(String) : null,
      in_reply_to_id: post.replyTo?.id ?? null,
      in_reply_to_account_id: post.replyTo?.author.id ?? null,
      replies_count: post.replies,
      reblogs_count: post.sharedBy.size,
      favourites_count: post.favouritedBy.size,
      mentions: post.mentions.map(({ id, name }) => ({ id, username: name, acct: name })),
      tags: post.tags.map((name) => ({ name })),
      media_attachments: Array.from({ length: post.images }, () => ({ type: 'image' })),
      reblog: null,
      filtered: post.filtered.map((word) => ({ keyword_matches: [word] })),
      ...(seen ? own : {}),
    };
  }
}
