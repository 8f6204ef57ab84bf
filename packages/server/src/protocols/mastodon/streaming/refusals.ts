import { type ErrorCode, type ErrorMap, MAX_TOPIC_BYTES, toErrorValue } from '@carillon/core';
import { localHashtagTopic, normalizeTag } from '../../../domain/index.ts';
import { isStreamName, listOf, type WantedStream } from './streams.ts';

/** Why a stream is not opened, in the words that clients know. */
export interface Refusal {
  readonly status: number;
  readonly error: string;
  readonly retryAfterSeconds?: number;
}

export const REFUSALS = {
  unknownChannel: { status: 400, error: 'Unknown channel requested' },
  missingToken: { status: 401, error: 'Missing access token' },
  invalidToken: { status: 401, error: 'Invalid access token' },
  scopes: { status: 401, error: 'Access token does not have the required scopes' },
  unknownStream: { status: 400, error: 'Unknown stream type' },
  missingTag: { status: 400, error: 'Missing tag name parameter' },
  missingList: { status: 400, error: 'Missing list name parameter' },
  foreignList: { status: 401, error: 'Not authorized to stream this list' },
  unexpected: { status: 500, error: 'An unexpected error occurred' },
  tooMany: { status: 429, error: 'Too many subscriptions' },
  rateLimited: { status: 429, error: 'Too many requests' },
  method: { status: 405, error: 'Method not allowed' },
  draining: { status: 503, error: 'The server is shutting down', retryAfterSeconds: 5 },
  unavailable: { status: 503, error: 'The server is not available now, please try again', retryAfterSeconds: 5 },
} as const satisfies Record<string, Refusal>;

const { unexpected, invalidToken, rateLimited, draining, unavailable } = REFUSALS;

/** Every error of ours; these clients know few of them. */
const WORDS: ErrorMap<Refusal> = {
  'bad-request': unexpected,
  unauthorized: invalidToken,
  forbidden: invalidToken,
  'not-found': unexpected,
  'method-not-allowed': REFUSALS.method,
  timeout: unexpected,
  conflict: unexpected,
  gap: unexpected,
  gone: unexpected,
  'too-large': unexpected,
  'uri-too-long': unexpected,
  'unsupported-media-type': unexpected,
  misdirected: unexpected,
  unprocessable: unexpected,
  'rate-limited': rateLimited,
  'headers-too-large': unexpected,
  internal: unexpected,
  corrupt: unexpected,
  draining,
  unavailable,
  'storage-full': unavailable,
};

export function refusalOf(error: unknown): Refusal {
  const { code, facts } = toErrorValue(error) satisfies { code: ErrorCode };
  const retryAfter = Number(facts.retryAfter ?? 0);
  return retryAfter > 0 ? { ...WORDS[code], retryAfterSeconds: retryAfter } : WORDS[code];
}

/** What a client asked for, as it was read: any JSON, or texts of a query. */
export interface Wish {
  readonly name: unknown;
  readonly tag: unknown;
  readonly list: unknown;
}

/** A spelling longer than this is no tag that anybody follows. */
const MAX_SPELLING = 1_000;

/**
 * Turns a wish into a stream, or says why not, in the order of Mastodon: scopes, the name, its parameter. Whether a
 * list is the asker's is left to whoever knows the view.
 */
export function readWish(wish: Wish, scopes: readonly string[]): WantedStream | Refusal {
  const { name, tag, list } = wish;
  if (!hasScope(scopes, name === 'user:notification' ? 'read:notifications' : 'read:statuses')) return REFUSALS.scopes;
  if (!isStreamName(name)) return REFUSALS.unknownStream;
  if (name === 'hashtag' || name === 'hashtag:local') return readTag(name, tag);
  if (name !== 'list') return { name };
  if (isAbsent(list)) return REFUSALS.missingList;
  if (typeof list !== 'string' && typeof list !== 'number') return REFUSALS.foreignList;
  const stream = { name, parameter: list };
  return listOf(stream) === undefined ? REFUSALS.foreignList : stream;
}

export function hasScope(scopes: readonly string[], scope: 'read:statuses' | 'read:notifications'): boolean {
  return scopes.includes('read') || scopes.includes(scope);
}

function readTag(name: 'hashtag' | 'hashtag:local', tag: unknown): WantedStream | Refusal {
  if (isAbsent(tag)) return REFUSALS.missingTag;
  if (typeof tag !== 'string') return REFUSALS.unexpected;
  const normal = tag.length > MAX_SPELLING ? '' : normalizeTag(tag);
  if (normal === '' || localHashtagTopic(normal).length > MAX_TOPIC_BYTES) return REFUSALS.missingTag;
  return { name, parameter: tag };
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === '' || value === 0 || value === false;
}
