interface ErrorKind {
  /** HTTP status where a wire has no words of its own. */
  readonly status: number;
  /** Whether the same request may succeed later, unchanged. */
  readonly retryable: boolean;
  /** One sentence for the reference page: what happened and what to do. */
  readonly meaning: string;
}

/** The closed list of what can go wrong. Each wire maps all of it in one total table. */
export const ERRORS = {
  'bad-request': { status: 400, retryable: false, meaning: 'The request is malformed; the detail names the field.' },
  unauthorized: { status: 401, retryable: false, meaning: 'No valid credential; obtain one and try again.' },
  forbidden: { status: 403, retryable: false, meaning: 'The credential does not grant this.' },
  'not-found': { status: 404, retryable: false, meaning: 'There is nothing here, or not for this credential.' },
  'method-not-allowed': { status: 405, retryable: false, meaning: 'This address does not take this method.' },
  timeout: { status: 408, retryable: true, meaning: 'The request took longer to arrive than the limit allows.' },
  conflict: { status: 409, retryable: false, meaning: 'The current state does not allow this; read it and decide.' },
  gap: { status: 410, retryable: false, meaning: 'Events after this position are gone; go on from the one named.' },
  gone: { status: 410, retryable: false, meaning: 'This was deleted and will not come back.' },
  'too-large': { status: 413, retryable: false, meaning: 'A limit on size or count is exceeded; the detail names it.' },
  'uri-too-long': { status: 414, retryable: false, meaning: 'The address is longer than the limit.' },
  'unsupported-media-type': {
    status: 415,
    retryable: false,
    meaning: 'Send one of the media types that the detail names.',
  },
  misdirected: { status: 421, retryable: false, meaning: 'This server does not answer for the Host that was asked.' },
  unprocessable: { status: 422, retryable: false, meaning: 'The idempotency key was used with another body.' },
  'rate-limited': {
    status: 429,
    retryable: true,
    meaning: 'Too many requests or connections; wait as Retry-After says.',
  },
  'headers-too-large': { status: 431, retryable: false, meaning: 'The request head is longer than the limit.' },
  internal: { status: 500, retryable: true, meaning: 'A fault of the server; its log has the cause.' },
  corrupt: { status: 500, retryable: false, meaning: 'Stored data fails its checksum; the operator must restore it.' },
  draining: { status: 503, retryable: true, meaning: 'The server is shutting down; connect again.' },
  unavailable: {
    status: 503,
    retryable: true,
    meaning: 'The outcome is unknown; repeat with the same idempotency key.',
  },
  'storage-full': {
    status: 507,
    retryable: true,
    meaning: 'The disk is full or read-only; reads go on, nothing was stored.',
  },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERRORS;

/** Total on purpose: a new code does not compile until every wire says how it sounds. */
export type ErrorMap<Out> = Readonly<Record<ErrorCode, Out>>;

/** Extra facts of an error that a wire may show: limits, earliest positions, seconds to wait. */
export type ErrorFacts = Readonly<Record<string, string | number | boolean>>;

/** The one error that crosses borders. The message is for people: what happened, to what, what to do; no secrets. */
export class CarillonError extends Error {
  override readonly name = 'CarillonError';
  readonly code: ErrorCode;
  readonly facts: ErrorFacts;

  constructor(
    code: ErrorCode,
    message: string,
    options: { readonly facts?: ErrorFacts; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.facts = options.facts ?? {};
  }

  get retryable(): boolean {
    return ERRORS[this.code].retryable;
  }
}

/** What an error looks like after crossing a thread or a process. */
export interface ErrorValue {
  readonly code: ErrorCode;
  readonly message: string;
  readonly facts: ErrorFacts;
}

/** Anything thrown, as a value; what is not ours becomes `internal` without its text. */
export function toErrorValue(error: unknown): ErrorValue {
  if (error instanceof CarillonError) return { code: error.code, message: error.message, facts: error.facts };
  return { code: 'internal', message: 'the server failed to handle this; its log has the cause', facts: {} };
}

export function fromErrorValue(value: ErrorValue): CarillonError {
  return new CarillonError(value.code, value.message, { facts: value.facts });
}
