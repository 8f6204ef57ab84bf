import type { PostSnapshot } from '../../index.ts';

/** A post as the model knows it. */
export interface ModelPost {
  readonly id: number;
  readonly author: number;
  readonly channel: number;
  readonly visibility: PostSnapshot['visibility'];
  /** The answered post while it is there. */
  replyTo: number | null;
  readonly answered: number | null;
  readonly mentions: readonly number[];
  readonly tags: readonly string[];
  readonly language: string | null;
  readonly shared: number | null;
}

export interface ModelFollow {
  readonly shares: boolean;
  readonly languages: readonly string[] | null;
}

export interface ModelList {
  readonly owner: number;
  readonly replies: 'followed' | 'list' | 'none';
  readonly exclusive: boolean;
  /** Accounts and group channels. */
  readonly members: Set<number>;
}

/** Everything that timelines depend on, in plain sets: what the queries say is compared with what this says. */
export class Model {
  readonly posts = new Map<number, ModelPost>();
  /** By account, then by what is followed: an account or a group channel. */
  readonly follows = new Map<number, Map<number, ModelFollow>>();
  readonly blocks = new Map<number, Set<number>>();
  readonly mutes = new Map<number, Set<number>>();
  readonly walls = new Map<number, Set<string>>();
  readonly tags = new Map<number, Set<string>>();
  readonly lists = new Map<number, ModelList>();
  readonly languages = new Map<number, readonly string[]>();
  /** Accounts by their own channels, groups by themselves. */
  readonly channels = new Map<number, number>();
  /** Domains of accounts of other servers. */
  readonly domains = new Map<number, string>();

  add(post: PostSnapshot): void {
    this.posts.set(post.id, {
      id: post.id,
      author: post.author.id,
      channel: post.channel.id,
      visibility: post.visibility,
      replyTo: post.replyTo?.id ?? null,
      answered: post.replyTo?.account ?? null,
      mentions: post.mentions.map(({ id }) => id),
      tags: post.tags,
      language: post.language,
      shared: post.shared?.id ?? null,
    });
  }

  delete(id: number): void {
    this.posts.delete(id);
    for (const post of this.posts.values()) {
      if (post.shared === id) this.posts.delete(post.id);
      if (post.replyTo === id) post.replyTo = null;
    }
  }

  unfollow(account: number, target: number): void {
    this.follows.get(account)?.delete(target);
    for (const list of this.lists.values()) if (list.owner === account) list.members.delete(target);
  }

  /** Newest first. */
  select(belongs: (post: ModelPost) => boolean): readonly number[] {
    return [...this.posts.values()]
      .filter(belongs)
      .map(({ id }) => id)
      .toSorted((a, b) => b - a);
  }

  sees(viewer: number, post: ModelPost): boolean {
    const shared = post.shared === null ? undefined : this.posts.get(post.shared);
    return this.#seesItself(viewer, post) && (shared === undefined || this.#seesItself(viewer, shared));
  }

  #seesItself(viewer: number, post: ModelPost): boolean {
    if (post.author === viewer) return true;
    if (this.blocks.get(post.author)?.has(viewer)) return false;
    switch (post.visibility) {
      case 'public':
      case 'unlisted':
        return true;
      case 'followers':
        return this.#follows(viewer, this.channels.get(post.channel)) !== undefined || post.mentions.includes(viewer);
      case 'direct':
        return post.mentions.includes(viewer);
    }
  }

  inHome(viewer: number, post: ModelPost): boolean {
    if (!this.sees(viewer, post)) return false;
    if (post.author === viewer) return true;
    const watched = post.tags.some((tag) => this.tags.get(viewer)?.has(tag));
    if (watched && post.visibility === 'public' && !this.#excludes(viewer, post) && !this.#isWalled(viewer, post)) {
      return true;
    }
    const taken = [...this.lists.values()].some(
      ({ owner, exclusive, members }) =>
        owner === viewer && exclusive && (members.has(post.author) || members.has(post.channel)),
    );
    return !taken && this.#isFollowed(viewer, post);
  }

  inList(list: ModelList, post: ModelPost): boolean {
    const place = this.channels.get(post.channel);
    if (place === undefined || !list.members.has(place)) return false;
    if (!this.sees(list.owner, post) || !this.#isFollowed(list.owner, post)) return false;
    if (post.answered === null || post.answered === post.author || post.answered === list.owner) return true;
    if (list.replies === 'list') return list.members.has(post.answered);
    return list.replies === 'followed' && this.#follows(list.owner, post.answered) !== undefined;
  }

  inPublic(viewer: number, post: ModelPost): boolean {
    const isReply = post.answered !== null && post.answered !== post.author;
    return post.visibility === 'public' && post.shared === null && !isReply && this.#isForPublic(viewer, post);
  }

  inTag(viewer: number, tag: string, post: ModelPost): boolean {
    const isTagged = post.tags.includes(tag) && post.shared === null;
    return isTagged && post.visibility === 'public' && this.#isForPublic(viewer, post);
  }

  #isForPublic(viewer: number, post: ModelPost): boolean {
    const chosen = this.languages.get(viewer);
    const isChosen = chosen === undefined || (post.language !== null && chosen.includes(post.language));
    return isChosen && this.sees(viewer, post) && !this.#excludes(viewer, post) && !this.#isWalled(viewer, post);
  }

  #isFollowed(viewer: number, post: ModelPost): boolean {
    const place = post.visibility === 'direct' ? post.author : this.channels.get(post.channel);
    const bond = this.#follows(viewer, place);
    if (!bond || this.#excludes(viewer, post)) return false;
    if (post.language !== null && bond.languages && !bond.languages.includes(post.language)) return false;
    if (post.answered !== null) {
      const isNear = post.answered === post.author || post.answered === viewer;
      if (post.replyTo === null || !(isNear || this.#follows(viewer, post.answered))) return false;
    }
    const shared = post.shared === null ? undefined : this.posts.get(post.shared);
    return !shared || (bond.shares && !this.#excludes(viewer, shared) && !this.#isWalled(viewer, shared));
  }

  #follows(viewer: number, target: number | undefined): ModelFollow | undefined {
    if (target === viewer) return ALL;
    return target === undefined ? undefined : this.follows.get(viewer)?.get(target);
  }

  #excludes(viewer: number, { author, mentions }: ModelPost): boolean {
    return [author, ...mentions].some((id) => this.blocks.get(viewer)?.has(id) || this.mutes.get(viewer)?.has(id));
  }

  #isWalled(viewer: number, { author }: ModelPost): boolean {
    const domain = this.domains.get(author);
    return domain !== undefined && (this.walls.get(viewer)?.has(domain) ?? false);
  }
}

const ALL: ModelFollow = { shares: true, languages: null };
