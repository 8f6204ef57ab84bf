import { CarillonError, type ErrorCode, type ErrorMap, toErrorValue } from '@carillon/core';
import type { Problem } from '../../../transport/index.ts';

/** How an error sounds to Mastodon's clients (protocol page §11). */
interface Words {
  readonly status: number;
  /** Said in place of the message, which is for people who read this server's own words. */
  readonly said?: string;
  /** Set before the message. */
  readonly before?: string;
  /** When to come back, where the error says nothing of it. */
  readonly retryAfterSeconds?: number;
}

const VALIDATION: Words = { status: 422, before: 'Validation failed: ' };
const LATER: Words = { status: 503, said: 'The server is not available now, please try again', retryAfterSeconds: 5 };
const FAULT: Words = { status: 500, said: 'An unexpected error occurred' };

const WORDS: ErrorMap<Words> = {
  'bad-request': { status: 400 },
  unauthorized: { status: 401, said: 'The access token is invalid' },
  forbidden: { status: 403, said: 'This action is not allowed' },
  'not-found': { status: 404, said: 'Record not found' },
  'method-not-allowed': { status: 405 },
  timeout: { status: 408 },
  conflict: VALIDATION,
  gap: { status: 410 },
  gone: { status: 410, said: 'Gone' },
  'too-large': { status: 413 },
  'uri-too-long': { status: 414 },
  'unsupported-media-type': { status: 415 },
  misdirected: { status: 421 },
  unprocessable: VALIDATION,
  'rate-limited': { status: 429, said: 'Too many requests' },
  'headers-too-large': { status: 431 },
  internal: FAULT,
  corrupt: FAULT,
  draining: LATER,
  unavailable: LATER,
  'storage-full': LATER,
};

/** An error with the very words of this protocol. */
export function refuse(code: ErrorCode, words: string): CarillonError {
  return new CarillonError(code, words, { facts: { words } });
}

/** An error of OAuth (RFC 6749 §5.2), with its code and what it means. */
export function refuseOauth(error: string, description: string, code: ErrorCode = 'bad-request'): CarillonError {
  return new CarillonError(code, description, { facts: { oauth: error } });
}

/** Words that clients know by heart. */
export const invalidToken = (): CarillonError => refuse('unauthorized', 'The access token is invalid');
export const outsideScopes = (): CarillonError => refuse('forbidden', 'This action is outside the authorized scopes');
export const needsUser = (): CarillonError => refuse('unprocessable', 'This method requires an authenticated user');
export const notFound = (): CarillonError => refuse('not-found', 'Record not found');
export const invalid = (what: string): CarillonError => refuse('unprocessable', `Validation failed: ${what}`);

/** Any error as a whole answer; what is not a `CarillonError` shows nothing of itself. */
export function failure(error: unknown): Response {
  const { status, headers, body } = failureProblem(error);
  return new Response(body, { status, headers });
}

/** The same for the transport, which knows no `Response`. */
export function failureProblem(error: unknown): Problem {
  const { code, message, facts } = toErrorValue(error);
  const { status, said, before = '', retryAfterSeconds } = WORDS[code];
  const { oauth } = facts;
  const words = typeof facts.words === 'string' ? facts.words : (said ?? before + message);
  const headers: Record<string, string> = {
    'Content-Type': 'application/json; charset=utf-8',
    'Cache-Control': 'no-store',
  };
  if (status === 401) headers['WWW-Authenticate'] = `Bearer realm="carillon", error="invalid_token"`;
  if (oauth === 'invalid_client') headers['WWW-Authenticate'] = 'Basic realm="carillon"';
  const retryAfter = facts.retryAfter ?? retryAfterSeconds;
  if (retryAfter !== undefined) headers['Retry-After'] = String(retryAfter);
  if (facts.allow !== undefined) headers['Allow'] = String(facts.allow);
  const told = oauth === undefined ? { error: words } : { error: oauth, error_description: message };
  return { status, code, headers, body: JSON.stringify(told) };
}
