import type { Event, Page, Position, TopicFloor } from '@carillon/core';

interface Wanted {
  readonly topics: readonly TopicFloor[];
  readonly after: Position;
  readonly limit: number;
  readonly maxBytes: number;
}

/**
 * What the log would answer, from all events after a position up to `end`: the events of the topics, each above its
 * floor, as many as the bounds allow and at least one.
 */
export function recentPage(recent: readonly Event[], { topics, after, limit, maxBytes }: Wanted, end: Position): Page {
  const floors = new Map<string, Position>();
  for (const { topic, since } of topics) floors.set(topic, Math.min(floors.get(topic) ?? since, since));
  const events: Event[] = [];
  let bytes = 0;
  for (const event of recent) {
    const { position, data } = event;
    if (position <= after || !event.topics.some((topic) => (floors.get(topic) ?? Infinity) < position)) continue;
    const isFull = events.length >= limit || bytes + data.length > maxBytes;
    if (isFull && events.length > 0) return { kind: 'page', events, upTo: events.at(-1)?.position ?? after };
    events.push(event);
    bytes += data.length;
  }
  return { kind: 'page', events, upTo: Math.max(after, end) };
}
