import type { Event, TopicFloor } from '@carillon/core';
import type { View } from '../../../view/index.ts';
import type { QueueOptions } from './queue-options.ts';

/** Where a queue's events are: what its account is told, the channels it follows, the community, and all public ones. */
export function topicsOf(view: View, { allPublic }: QueueOptions): readonly TopicFloor[] {
  const home = view.homeTopics().filter(({ topic }) => !topic.startsWith('hashtag:'));
  const metas = home.flatMap(({ topic, since }) =>
    topic.startsWith('channel:') ? [{ topic: topic.replace('channel:', 'channel-meta:'), since }] : [],
  );
  const open = allPublic ? [{ topic: 'public', since: 0 }] : [];
  return [...home, ...metas, { topic: 'community', since: 0 }, ...open];
}

/** What reaches it by a way of its own, above where that began, and is not kept away by blocks. */
export function isForQueue(event: Event, view: View, options: QueueOptions): boolean {
  if (event.erased) return false;
  const isOwn = event.routing?.author === view.account;
  return (
    isOwn || (reaches(event, view) ? view.acceptsChannel(event) : !!options.allPublic && view.acceptsPublic(event))
  );
}

function reaches({ topics, position }: Event, view: View): boolean {
  return topics.some((topic) => isHome(topic) && (view.sinceOf(topic) ?? Infinity) < position);
}

function isHome(topic: string): boolean {
  return topic === 'community' || topic.startsWith('channel') || topic.startsWith('account:');
}
