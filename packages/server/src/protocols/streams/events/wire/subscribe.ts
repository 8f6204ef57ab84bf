import { CarillonError, resolveTopic } from '@carillon/core';

/** From where a reader wants to go on; a token is not looked into yet. */
export type From =
  | { readonly kind: 'now' }
  | { readonly kind: 'earliest' }
  | { readonly kind: 'token'; readonly text: string };

export interface Subscription {
  /** Full names, each once. */
  readonly topics: readonly string[];
  readonly from: From;
}

export interface Poll extends Subscription {
  readonly waitMs: number;
  readonly limit: number;
}

const EARLIEST = 'earliest';
const DEFAULT_WAIT_S = 30;
const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;

/** What a GET of `/v1/events` asks for. The header of a reconnecting browser goes before anything in its address. */
export function decodeSubscription(
  search: URLSearchParams,
  lastEventId: string | undefined,
  app: string,
  maxTopics: number,
): Subscription {
  const last = lastEventId || single(search, 'last_event_id');
  return {
    topics: decodeTopicList(search.getAll('topic'), app, maxTopics),
    from: decodeFrom(last || single(search, 'since')),
  };
}

export function decodePoll(search: URLSearchParams, app: string, maxTopics: number, maxWaitMs: number): Poll {
  return {
    ...decodeSubscription(search, undefined, app, maxTopics),
    waitMs: integer(search, 'wait', DEFAULT_WAIT_S, 0, Math.floor(maxWaitMs / 1_000)) * 1_000,
    limit: integer(search, 'limit', DEFAULT_LIMIT, 1, MAX_LIMIT),
  };
}

/** Full names in the order asked, each once. */
export function decodeTopicList(names: readonly unknown[], app: string, maxTopics: number): readonly string[] {
  if (names.length === 0) throw new CarillonError('bad-request', 'name at least one topic');
  if (names.length > maxTopics) {
    throw new CarillonError('too-large', `at most ${maxTopics} topics, not ${names.length}`, {
      facts: { limit: maxTopics },
    });
  }
  const topics = new Set<string>();
  for (const name of names) {
    if (typeof name !== 'string') throw new CarillonError('bad-request', 'a topic must be a string');
    topics.add(resolveTopic(name, app));
  }
  return [...topics];
}

export function decodeFrom(text: string | undefined): From {
  if (text === undefined || text === '') return { kind: 'now' };
  return text === EARLIEST ? { kind: 'earliest' } : { kind: 'token', text };
}

function single(search: URLSearchParams, name: string): string | undefined {
  const values = search.getAll(name);
  if (values.length > 1) throw new CarillonError('bad-request', `"${name}" stands ${values.length} times`);
  return values[0];
}

function integer(search: URLSearchParams, name: string, fallback: number, least: number, most: number): number {
  const text = single(search, name);
  if (text === undefined) return fallback;
  const value = /^\d{1,6}$/.test(text) ? Number(text) : -1;
  if (value < least || value > most) {
    throw new CarillonError('bad-request', `"${name}" must be a whole number from ${least} to ${most}`);
  }
  return value;
}
