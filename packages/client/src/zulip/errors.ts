import { CarillonClientError } from '../errors.ts';

/** The server refused, in Zulip's words: `code` of its list, the whole `answer`. */
export class ZulipError extends CarillonClientError {
  override readonly name = 'ZulipError';
  readonly status: number;
  readonly answer: Readonly<Record<string, unknown>>;
  /** How long the server asks to wait before the next call, if it said so. */
  readonly retryAfterMs: number | undefined;

  constructor(status: number, answer: Readonly<Record<string, unknown>>, retryAfterMs: number | undefined) {
    const { code, msg } = answer;
    super({
      code: typeof code === 'string' ? code : 'BAD_REQUEST',
      detail: typeof msg === 'string' && msg !== '' ? msg : `HTTP ${status}`,
      retryable: status === 408 || status === 429 || status >= 500,
    });
    this.status = status;
    this.answer = answer;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The server could not be reached, or what came was not the whole answer of one. Trying again may help. */
export function unreachable(detail: string, cause?: unknown): CarillonClientError {
  return new CarillonClientError({ code: 'unreachable', detail, retryable: true }, { cause });
}
