import type { Event } from '@carillon/core';
import { type CommunityEvents, type PostSnapshot, readEvent } from '../../../domain/index.ts';
import { isMe, type MessageLook, sourceOf, toMessage } from '../entities/message.ts';
import { toReaction } from '../entities/reaction.ts';
import { type Site, seconds } from '../entities/site.ts';
import type { QueueOptions } from '../queues/queue-options.ts';
import type { Encoders, Recipient, WireEvent } from './wire-event.ts';

export const messageEncoders: Encoders = {
  'post.created': (event, to) => {
    const post = readEvent(event, 'post.created')?.post;
    if (!post) return [];
    return [{ type: 'message', flags: flagsOf(event, to), message: messageOf(post, to) }];
  },
  'post.edited': (event, to) => {
    const post = readEvent(event, 'post.edited')?.post;
    return post ? [edited(event, post, to)] : [];
  },
  'post.deleted': (event, { options }) => {
    const told = readEvent(event, 'post.deleted');
    if (!told) return [];
    const { visibility, channel } = event.routing ?? {};
    const place =
      visibility === 'direct'
        ? { message_type: 'private' }
        : { message_type: 'stream', stream_id: channel, topic: told.topic ?? '' };
    // Clients that know nothing of lists hear of each by itself.
    const named = can(options, 'bulk_message_deletion') ? { message_ids: [told.post] } : { message_id: told.post };
    return [{ type: 'delete_message', ...named, ...place }];
  },
  'reaction.added': (event, { site }) => reaction(readEvent(event, 'reaction.added'), 'add', site),
  'reaction.removed': (event, { site }) => reaction(readEvent(event, 'reaction.removed'), 'remove', site),
};

function lookOf(options: QueueOptions): MessageLook {
  return {
    markdown: options.markdown === true,
    gravatar: options.gravatar === true,
    emptyTopics: can(options, 'empty_topic_name'),
  };
}

/** Each rendering of a message once, for all who want it so. */
const rendered = new WeakMap<PostSnapshot, Map<string, WireEvent['message']>>();

function messageOf(post: PostSnapshot, { options, site }: Recipient): unknown {
  const look = lookOf(options);
  const key = `${look.markdown} ${look.gravatar} ${look.emptyTopics}`;
  let looks = rendered.get(post);
  if (!looks) rendered.set(post, (looks = new Map()));
  let message = looks.get(key);
  if (!message) looks.set(key, (message = toMessage(post, site, look)));
  return message;
}

/** What the viewer's own relation to the message is. */
function flagsOf({ routing }: Event, { view }: Recipient): readonly string[] {
  return routing?.mentions?.includes(view.account) && routing.visibility !== 'direct' ? ['mentioned'] : [];
}

function edited(event: Event, post: PostSnapshot, to: Recipient): WireEvent {
  const isDirect = post.visibility === 'direct';
  return {
    type: 'update_message',
    user_id: post.author.id,
    rendering_only: false,
    message_id: post.id,
    message_ids: [post.id],
    flags: flagsOf(event, to),
    edit_timestamp: seconds(post.editedAt ?? event.time),
    ...(isDirect ? {} : { stream_id: post.channel.id }),
    content: sourceOf(post),
    rendered_content: post.html,
    is_me_message: isMe(post.source.text),
  };
}

type ReactionTold = CommunityEvents['reaction.added'];

function reaction(told: ReactionTold | undefined, op: 'add' | 'remove', site: Site): readonly WireEvent[] {
  if (!told) return [];
  const { post, account, emoji, name = emoji, code = '' } = told;
  return [{ type: 'reaction', op, message_id: post, ...toReaction({ emoji, name, code, account }, undefined, site) }];
}

function can({ capabilities = [] }: QueueOptions, capability: string): boolean {
  return capabilities.includes(capability);
}
