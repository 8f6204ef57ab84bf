import type { Message, PageQuery, PostView } from '../../state/index.ts';
import type { Emoji } from './emoji.ts';

/** A topic of a channel as its newest post writes it; the empty one is that of posts without a topic. */
export interface TopicView {
  readonly name: string;
  /** Id of its newest post that the viewer may see. */
  readonly maxId: number;
}

/** Newest first, at most 5,000; `undefined` for a channel that is not there. Topics without a visible post are left out. */
export const listTopics: Message<
  { readonly viewer: number | null; readonly channel: number },
  readonly TopicView[] | undefined
> = { name: 'topics.of-channel' };

export interface ChannelPosts {
  readonly viewer: number | null;
  readonly channel: number;
  /** In any case; the empty one for posts without a topic, absent for all. */
  readonly topic?: string;
  readonly page: PageQuery;
}

/** What a channel holds, without shares, also by whom the viewer mutes; `undefined` for one that is not there. */
export const channelPosts: Message<ChannelPosts, readonly PostView[] | undefined> = { name: 'posts.of-channel' };

export interface ReactionView extends Emoji {
  readonly account: number;
}

/** By post, oldest first; posts that the viewer may not see, and those without reactions, are left out. */
export const reactionsOf: Message<
  { readonly viewer: number | null; readonly posts: readonly number[] },
  readonly { readonly post: number; readonly reactions: readonly ReactionView[] }[]
> = { name: 'posts.reactions' };
