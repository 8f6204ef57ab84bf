import type { Event } from '@carillon/core';
import { type PostSnapshot, readEvent } from '../state/index.ts';

/** What keyword filters look at. */
export interface EventText {
  /** Content warning, plain text and media descriptions, in lower case. */
  readonly folded: string;
  /** The post, and the one that it passes on. */
  readonly posts: readonly number[];
}

const NOTHING: EventText = { folded: '', posts: [] };
const known = new WeakMap<Event, EventText>();

/** Read once for each event object: an event that was erased meanwhile is another object. */
export function textOf(event: Event): EventText {
  let text = known.get(event);
  if (!text) known.set(event, (text = readText(event)));
  return text;
}

function readText(event: Event): EventText {
  const post = postOf(event);
  return post ? textOfPost(post) : NOTHING;
}

export function textOfPost(post: PostSnapshot): EventText {
  const { warning, text, media } = post.shared ?? post;
  const parts = [warning, text, ...media.map(({ description }) => description ?? '')];
  return {
    folded: parts
      .filter((part) => part !== '')
      .join('\n\n')
      .toLowerCase(),
    posts: post.shared ? [post.id, post.shared.id] : [post.id],
  };
}

function postOf(event: Event): PostSnapshot | undefined {
  switch (event.type) {
    case 'post.created':
      return readEvent(event, 'post.created')?.post;
    case 'post.edited':
      return readEvent(event, 'post.edited')?.post;
    case 'post.moved':
      return readEvent(event, 'post.moved')?.post;
    case 'share.created':
      return readEvent(event, 'share.created')?.post;
    case 'notification.created':
      return readEvent(event, 'notification.created')?.notification.post?.post;
    case 'conversation.updated':
      return readEvent(event, 'conversation.updated')?.conversation.lastPost?.post;
    default:
      return undefined;
  }
}
