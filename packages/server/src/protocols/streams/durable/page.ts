import type { Event, LogStore, Page, Position } from '@carillon/core';
import { type StoredStream, streamEventKind } from '../../../domain/index.ts';

/** What one read found of a stream, from one offset to another. */
export interface StreamPage {
  /** Events that have data, in order. */
  readonly events: readonly Event[];
  /** Where to read on. */
  readonly next: Position;
  /** Everything of the stream's own events up to here is in this page or before it. */
  readonly upTo: Position;
  /** Everything that the stream held when it was read is in this page or before it. */
  readonly upToDate: boolean;
  /** Nothing follows, now or later. */
  readonly closed: boolean;
  /** The stream was deleted meanwhile. */
  readonly ended: boolean;
}

export interface PageLimits {
  readonly limit: number;
  readonly maxBytes: number;
}

/** Reads a stream after an offset: first what it inherits from others, then its own events. */
export async function readStream(
  log: LogStore,
  stream: StoredStream,
  after: Position,
  { limit, maxBytes }: PageLimits,
): Promise<StreamPage> {
  const inherited: Event[] = [];
  let bytes = 0;
  for (const { topic, since, until } of stream.inherited) {
    if (after >= until) continue;
    const from = Math.max(after, since);
    const left = { limit: limit - inherited.length, maxBytes: maxBytes - bytes };
    const page = await log.read({ topics: [{ topic, since }], after: from, until, ...left });
    if (page.kind === 'gap') return ENDED;
    inherited.push(...page.events.filter((event) => streamEventKind(event).hasData));
    bytes += bytesOf(page.events);
    const isFull = inherited.length >= limit || bytes >= maxBytes;
    if (isFull || !isWhole(page, left)) {
      return { events: inherited, next: inherited.at(-1)?.position ?? page.upTo, ...MORE };
    }
  }
  const left = { limit: limit - inherited.length, maxBytes: maxBytes - bytes };
  const topics = [{ topic: stream.topic, since: stream.id }];
  const page = await log.read({ topics, after: Math.max(after, stream.id), ...left });
  return toStreamPage(stream, after, inherited, page, left);
}

const ENDED: StreamPage = { events: [], next: 0, upTo: 0, upToDate: true, closed: false, ended: true };
const MORE = { upTo: 0, upToDate: false, closed: false, ended: false } as const;

/** Makes sense of a page of a stream's own events, read or waited for with these limits. */
export function toStreamPage(
  stream: StoredStream,
  after: Position,
  inherited: readonly Event[],
  page: Page,
  limits: PageLimits,
): StreamPage {
  if (page.kind === 'gap') return ENDED;
  const kinds = page.events.map(streamEventKind);
  if (kinds.some((kind) => kind.ends)) return ENDED;
  const events = [...inherited, ...page.events.filter((_, index) => kinds[index]?.hasData)];
  // The row may be newer than what readers of the log were woken for.
  const upToDate = isWhole(page, limits) && page.upTo >= stream.tail;
  const isClosed = kinds.some((kind) => kind.closes) || (stream.closedAt !== undefined && page.upTo >= stream.closedAt);
  const next = events.at(-1)?.position ?? (upToDate ? Math.max(after, stream.tail) : Math.max(after, page.upTo));
  return { events, next, upTo: page.upTo, upToDate, closed: upToDate && isClosed, ended: false };
}

/** Whether a page ended because there was no more, not because of its limits. */
function isWhole(page: Extract<Page, { kind: 'page' }>, { limit, maxBytes }: PageLimits): boolean {
  return page.events.length < limit && bytesOf(page.events) < maxBytes;
}

function bytesOf(events: readonly Event[]): number {
  return events.reduce((sum, event) => sum + event.data.length, 0);
}
