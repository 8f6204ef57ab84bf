import { CarillonError, type ErrorCode, type ErrorMap, toErrorValue } from '@carillon/core';

/** What an error says beside its text and code, by name. */
export type Extra = Readonly<Record<string, string | number | boolean | readonly string[]>>;

interface Manner {
  readonly status?: number;
  readonly code?: string;
  readonly extra?: Extra;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error in the very words and with the code of this protocol. */
export class Refusal extends CarillonError {
  readonly manner: Required<Manner>;
  /** Of the error that it says, for the operator's counts. */
  readonly origin: ErrorCode;

  constructor(
    words: string,
    { status = 400, code = 'BAD_REQUEST', extra = {}, headers = {} }: Manner = {},
    origin: ErrorCode = 'bad-request',
  ) {
    super('bad-request', words);
    this.origin = origin;
    this.manner = { status, code, extra, headers };
  }
}

/** 401: whoever asks is not known. */
export function unauthorized(words: string, code = 'UNAUTHORIZED'): Refusal {
  return new Refusal(words, { status: 401, code, headers: { 'WWW-Authenticate': 'Basic realm="zulip"' } });
}

/** Somebody known, who may not do this: 400 in this protocol. */
export function notPermitted(words = 'Insufficient permission'): Refusal {
  return new Refusal(words, { code: 'UNAUTHORIZED_PRINCIPAL' });
}

export function tooMany(retryAfterSeconds: number): Refusal {
  return new Refusal('API usage exceeded rate limit', {
    status: 429,
    code: 'RATE_LIMIT_HIT',
    extra: { 'retry-after': retryAfterSeconds },
    headers: { 'Retry-After': String(retryAfterSeconds) },
  });
}

/** The same for a queue that never was, is no more, or is another's: nobody learns which. Clients register again. */
export function badQueue(queue: string): Refusal {
  return new Refusal(`Bad event queue ID: ${queue}`, { code: 'BAD_EVENT_QUEUE_ID', extra: { queue_id: queue } });
}

export function unknownAddress(): Refusal {
  return new Refusal('Not found', { status: 404 });
}

interface Words {
  readonly status: number;
  readonly code: string;
  /** Said in place of the message. */
  readonly said?: string;
  readonly retryAfterSeconds?: number;
}

const PLAIN: Words = { status: 400, code: 'BAD_REQUEST' };
const FAULT: Words = { status: 500, code: 'INTERNAL_SERVER_ERROR', said: 'Internal server error' };
const LATER: Words = {
  status: 503,
  code: 'SERVER_NOT_READY',
  said: 'The server is not available now',
  retryAfterSeconds: 5,
};

/** How errors of the domain sound where a call has no words of its own. */
const WORDS: ErrorMap<Words> = {
  'bad-request': PLAIN,
  unauthorized: { status: 401, code: 'UNAUTHORIZED' },
  forbidden: { status: 400, code: 'UNAUTHORIZED_PRINCIPAL' },
  'not-found': PLAIN,
  'method-not-allowed': { status: 405, code: 'BAD_REQUEST' },
  timeout: { status: 408, code: 'REQUEST_TIMEOUT' },
  conflict: PLAIN,
  gap: PLAIN,
  gone: PLAIN,
  'too-large': { status: 413, code: 'BAD_REQUEST' },
  'uri-too-long': { status: 414, code: 'BAD_REQUEST' },
  'unsupported-media-type': PLAIN,
  misdirected: { status: 404, code: 'NONEXISTENT_SUBDOMAIN' },
  unprocessable: PLAIN,
  'rate-limited': { status: 429, code: 'RATE_LIMIT_HIT', retryAfterSeconds: 1 },
  'headers-too-large': { status: 431, code: 'BAD_REQUEST' },
  internal: FAULT,
  corrupt: FAULT,
  draining: LATER,
  unavailable: LATER,
  'storage-full': LATER,
};

/** Any error in this protocol's form; what is not a `CarillonError` shows nothing of itself. */
export function toRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const { code, message, facts } = toErrorValue(error);
  const { status, code: wire, said, retryAfterSeconds } = WORDS[code];
  const seconds = typeof facts.retryAfter === 'number' ? Math.ceil(facts.retryAfter) : retryAfterSeconds;
  const manner = status === 401 ? unauthorized('').manner : status === 429 ? tooMany(seconds ?? 1).manner : undefined;
  const headers: Record<string, string> = seconds === undefined ? {} : { 'Retry-After': String(seconds) };
  if (typeof facts.allow === 'string') headers['Allow'] = facts.allow;
  return new Refusal(said ?? message, manner ?? { status, code: wire, headers }, code);
}
