import type { AccountSnapshot, PostSnapshot } from '../../../domain/index.ts';
import { type Site, seconds } from './site.ts';
import { avatarUrl, emailOf, fullNameOf } from './user.ts';

/** How one client wants messages. */
export interface MessageLook {
  /** HTML instead of source. */
  readonly markdown: boolean;
  /** It finds avatars by e-mail address where there is none of the account's own. */
  readonly gravatar: boolean;
  /** It knows that a topic may have no name. */
  readonly emptyTopics: boolean;
}

/** What clients that know no nameless topics are shown in place of nothing (`realm_empty_topic_display_name`). */
export const EMPTY_TOPIC = 'general chat';

type Recipient = Pick<AccountSnapshot, 'id' | 'name' | 'domain' | 'displayName'>;

/** Zulip's message (reference §12); `type` is `private` for direct ones, `subject` the topic, times are in seconds. */
export function toMessage(post: PostSnapshot, site: Site, look: MessageLook): Readonly<Record<string, unknown>> {
  const { author, channel, source } = post;
  const isDirect = post.visibility === 'direct';
  return {
    id: post.id,
    sender_id: author.id,
    sender_email: emailOf(author, site),
    sender_full_name: fullNameOf(author),
    sender_realm_str: '',
    client: post.application?.name ?? 'Carillon',
    timestamp: seconds(post.createdAt),
    type: isDirect ? 'private' : 'stream',
    ...(isDirect ? {} : { stream_id: channel.id }),
    display_recipient: isDirect ? participantsOf(post, site) : channelNameOf(post),
    recipient_id: channel.id,
    subject: isDirect ? '' : topicName(post.topic, look),
    topic_links: [],
    content: look.markdown ? post.html : sourceOf(post),
    content_type: look.markdown ? 'text/html' : 'text/x-markdown',
    is_me_message: isMe(source.text),
    reactions: [],
    submessages: [],
    avatar_url: avatarOf(author, site, look),
    ...(post.editedAt === null ? {} : { last_edit_timestamp: seconds(post.editedAt) }),
  };
}

/** A group channel by its title, an account's own by its name. */
function channelNameOf({ channel, author }: Pick<PostSnapshot, 'channel' | 'author'>): string {
  if (channel.kind === 'group') return channel.title || (channel.slug ?? String(channel.id));
  return `@${channel.slug ?? author.name}`;
}

function topicName(topic: string, { emptyTopics }: Pick<MessageLook, 'emptyTopics'>): string {
  return topic === '' && !emptyTopics ? EMPTY_TOPIC : topic;
}

/** What its author wrote, where that is text. */
export function sourceOf({ source, text }: Pick<PostSnapshot, 'source' | 'text'>): string {
  return source.format === 'xhtml' ? text : source.text;
}

export function isMe(source: string): boolean {
  return source.startsWith('/me ');
}

/** Null where the client finds one by the address itself. */
function avatarOf(author: AccountSnapshot, site: Site, { gravatar }: MessageLook): string | null {
  return gravatar && author.avatar === null && author.domain === null ? null : avatarUrl(author, site);
}

/** All who take part in a direct message, its sender too, by their addresses. */
function participantsOf({ author, mentions }: PostSnapshot, site: Site): readonly object[] {
  const people: Recipient[] = [author, ...mentions.filter(({ kind, id }) => kind !== 'group' && id !== author.id)];
  return people
    .map((person) => ({
      id: person.id,
      email: emailOf(person, site),
      full_name: fullNameOf(person),
      is_mirror_dummy: false,
    }))
    .toSorted((a, b) => (a.email < b.email ? -1 : 1));
}
