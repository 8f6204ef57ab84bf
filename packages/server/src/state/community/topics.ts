import type { Visibility } from './rows/posts.ts';

/** Who is here, for every member. A topic of its own, because its events live shorter than those of others. */
export const PRESENCE_TOPIC = 'presence';

export function accountTopic(account: number): string {
  return `account:${account}`;
}

export function channelTopic(channel: number): string {
  return `channel:${channel}`;
}

export function channelMetaTopic(channel: number): string {
  return `channel-meta:${channel}`;
}

/** Of a normalised tag; letters outside ASCII are percent-encoded (kernel K10). */
export function hashtagTopic(tag: string): string {
  return `hashtag:${encodeURIComponent(tag)}`;
}

/** The tag of such a topic. */
export function tagOfTopic(topic: string): string | undefined {
  if (!topic.startsWith('hashtag:') || topic.endsWith(':local')) return undefined;
  return decodeURIComponent(topic.slice('hashtag:'.length));
}

/** Posts with this tag by this community's own accounts. */
export function localHashtagTopic(tag: string): string {
  return `${hashtagTopic(tag)}:local`;
}

export interface Audience {
  readonly visibility: Visibility;
  readonly channel: number;
  /** Participants of a direct channel. */
  readonly participants: readonly number[];
  /** Normalised. */
  readonly tags: readonly string[];
  readonly local: boolean;
  readonly media: boolean;
  /** A reply to somebody else: it is on no public topic but those of its tags. */
  readonly replyToOther: boolean;
}

/** Tags of one post beyond this are listed and found, but not streamed. */
const MAX_TAGS = 20;

/** Where a post is published, and everything that happens to it later. */
export function postTopics(audience: Audience): string[] {
  const { visibility, channel, participants, local, media, replyToOther } = audience;
  if (visibility === 'direct') return participants.map(accountTopic);
  const topics = [channelTopic(channel)];
  if (visibility !== 'public') return topics;
  if (!replyToOther) {
    const origin = local ? 'public:local' : 'public:remote';
    topics.push('public', origin);
    if (media) topics.push('public:media', `${origin}:media`);
  }
  for (const tag of audience.tags.slice(0, MAX_TAGS)) {
    topics.push(hashtagTopic(tag));
    if (local) topics.push(localHashtagTopic(tag));
  }
  return topics;
}
