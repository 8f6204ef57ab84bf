import { ERRORS, type ErrorCode, toErrorValue } from '@carillon/core';

/** An error as a whole HTTP answer, RFC 9457. */
export interface Problem {
  readonly status: number;
  readonly code: ErrorCode;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An error in the form of whoever answers at a path; `undefined` where that is a problem. */
export type ProblemAt = (path: string, error: unknown) => Problem | undefined;

const TYPE_BASE = 'https://carillon.dev/errors/';

/** Facts that HTTP also says in a header of its own. */
const FACT_HEADERS: Readonly<Record<string, string>> = {
  retryAfter: 'Retry-After',
  allow: 'Allow',
  webSocketVersion: 'Sec-WebSocket-Version',
};

/** The one place where errors take their HTTP form; what is not a `CarillonError` shows nothing of itself. */
export function problem(error: unknown): Problem {
  const { code, message, facts } = toErrorValue(error);
  const { status, meaning, retryable } = ERRORS[code];
  const said = { type: TYPE_BASE + code, title: meaning, status, detail: message, code, retryable };
  const headers: Record<string, string> = { 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store' };
  if (status === 401) headers['WWW-Authenticate'] = 'Bearer realm="carillon"';
  for (const [fact, header] of Object.entries(FACT_HEADERS)) {
    const value = facts[fact];
    if (value !== undefined) headers[header] = String(value);
  }
  return { status, code, headers, body: JSON.stringify({ ...said, ...facts, ...said }) };
}

/** The same for a fetch-shaped handler. */
export function problemResponse(error: unknown): Response {
  const { status, headers, body } = problem(error);
  return new Response(body, { status, headers });
}
