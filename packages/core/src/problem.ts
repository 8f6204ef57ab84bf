import { ERRORS, type ErrorValue, toErrorValue } from './errors.ts';

/** An error as an HTTP answer: a problem in JSON (RFC 9457) with the headers that its status asks for. */
export interface Problem {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Anything thrown, as an HTTP answer; what is not ours tells nothing of itself. */
export function toProblem(error: unknown): Problem {
  const value = toErrorValue(error);
  const { status } = ERRORS[value.code];
  return { status, headers: headersOf(value, status), body: JSON.stringify(problemBody(value)) };
}

/** The JSON of a problem; facts stand beside the members that RFC 9457 names and never replace them. */
export function problemBody(value: ErrorValue): Readonly<Record<string, string | number | boolean>> {
  const { status, retryable, meaning } = ERRORS[value.code];
  return {
    ...value.facts,
    type: `https://carillon.dev/errors/${value.code}`,
    title: meaning,
    status,
    detail: value.message,
    code: value.code,
    retryable,
  };
}

function headersOf(value: ErrorValue, status: number): Record<string, string> {
  const headers: Record<string, string> = {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  };
  // RFC 9110 §11.6.1: a 401 names the scheme that would be taken.
  if (status === 401) headers['www-authenticate'] = 'Bearer';
  const wait = value.facts['retryAfterSeconds'];
  if (wait !== undefined) headers['retry-after'] = String(wait);
  return headers;
}
