import type { Event, LogStore, NewEvent, Position, ReadQuery, TopicFloor } from '@carillon/core';
import { until } from '../until.ts';
import type { OpenLog } from './contract.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export const DEADLINE_MS = 10_000;

/** An event whose data is this text, on these full topic names. */
export function textEvent(text: string, topics: readonly string[], extra: Partial<NewEvent> = {}): NewEvent {
  return { type: 'suite.said', topics, contentType: 'text/plain', data: encoder.encode(text), ...extra };
}

export function textOf(event: Event): string {
  return decoder.decode(event.data);
}

/** Topics whose whole history the reader may see. */
export function sinceStart(...topics: string[]): TopicFloor[] {
  return topics.map((topic) => ({ topic, since: 0 }));
}

/** Waits until the reader's copy holds this position. */
export async function arrived(log: OpenLog, position: Position): Promise<void> {
  await until(() => log.store.head.position >= position, `the reader's copy reaches ${position}`, DEADLINE_MS);
}

/** Appends and waits until readers can see it. */
export async function appendSeen(log: OpenLog, events: readonly NewEvent[]): Promise<readonly Position[]> {
  const { positions } = await log.sequencer.append(events);
  await arrived(log, positions.at(-1) ?? 0);
  return positions;
}

/** Follows pages from `after` to the end; throws on a gap and on a page that does not move on. */
export async function readAll(
  store: LogStore,
  topics: readonly TopicFloor[],
  options: Partial<Omit<ReadQuery, 'topics'>> = {},
): Promise<readonly Event[]> {
  const all: Event[] = [];
  const end = options.until ?? store.head.position;
  let after = options.after ?? 0;
  while (after < end) {
    const page = await store.read({ topics, limit: 500, ...options, after, until: end });
    if (page.kind === 'gap') throw new Error(`a gap up to ${page.earliest} where nothing was removed`);
    if (page.upTo <= after) throw new Error(`a page after ${after} that reaches only ${page.upTo} of ${end}`);
    all.push(...page.events);
    after = page.upTo;
  }
  return all;
}

export function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
