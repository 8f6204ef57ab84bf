import { CarillonError, type Head, type Page } from '@carillon/core';
import type { StreamRequest } from '../../../../transport/index.ts';
import type { EventsDependencies } from '../dependencies.ts';
import { cloudEventJson } from '../encode.ts';
import { findStart, GAP_WORDS, type GapReason, outcomeOf, tokenAt } from '../start.ts';
import type { Viewer } from '../viewer.ts';
import { decodePoll } from '../wire/subscribe.ts';

/** Bytes of data that one answer gathers before it leaves. */
const MAX_PAGE_BYTES = 1_048_576;

/** Answers `GET /v1/events` with what is there, or waits for the next event. */
export async function answerPoll(
  request: StreamRequest,
  viewer: Viewer,
  mediaType: string,
  dependencies: EventsDependencies,
): Promise<void> {
  const { gate, hub, log, settings, resumed } = dependencies;
  const { principal } = viewer;
  const { app } = principal;
  const { topics, from, waitMs, limit } = decodePoll(request.search, app, settings.maxTopics, settings.maxPollWaitMs);
  viewer.require(topics);
  const start = findStart(from, log.head, log.lastRemoved(topics));
  resumed?.(outcomeOf(from, start));
  if (start.gap) throw gapError(start.gap, tokenAt(start.after, log.head));
  request.park(principal);
  const mayRead = (topic: string) => viewer.mayRead(topic);
  const wait = hub.wait({
    topics: viewer.floorsOf(topics, 0),
    after: start.after,
    limit,
    maxBytes: MAX_PAGE_BYTES,
    timeoutMs: waitMs,
    mayRead,
    ...viewer.choice((topic) => topics.includes(topic)),
    signal: request.signal,
  });
  // Whatever ended the wait, a credential that fell meanwhile hears of that and nothing else.
  const page = await wait.finally(() => gate.require(principal, 'subscribe', []));
  if (page.kind === 'gap') throw gapError('removed', tokenAt(page.earliest, log.head));
  const headers = { 'Content-Type': mediaType, 'Carillon-Position': tokenAt(page.upTo, log.head) };
  request.respond(200, headers, batchJson(page.events, new Set(topics.filter(mayRead)), log.head, app));
}

function batchJson(
  events: Extract<Page, { kind: 'page' }>['events'],
  asked: ReadonlySet<string>,
  head: Head,
  app: string,
): string {
  const items: string[] = [];
  for (const event of events) {
    const shown = event.topics.filter((topic) => asked.has(topic));
    const json = cloudEventJson(event, shown, head, app);
    if (json !== undefined) items.push(json);
  }
  return `[${items.join(',')}]`;
}

function gapError(reason: GapReason, earliest: string): CarillonError {
  const code = reason === 'malformed' ? 'bad-request' : 'gap';
  return new CarillonError(code, GAP_WORDS[reason], { facts: { reason, earliest } });
}
