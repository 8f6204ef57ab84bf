import { ERRORS, type ErrorCode } from '@carillon/core';
import { expect } from 'vitest';
import type { HttpAnswer } from './strict-answer.ts';

/** Traces of the inside: a stack, a path of this machine, a module, a statement of SQL. */
const INSIDE =
  /\bat [\w.<>]+ \(|\bat (?:async )?(?:file|node):|node_modules|file:\/\/|\/(?:home|root|tmp|usr|work|var)\/|\.[jt]s:\d|\bSELECT\b|SQLITE_|ERR_[A-Z]|\[object /;

export interface Secrets {
  /** Texts that no answer may hold: tokens, keys, the data directory. */
  readonly secrets: readonly string[];
}

/** Fails when an answer shows anything that is not for its reader. */
export function expectNothingInside(text: string, { secrets }: Secrets): void {
  expect(text).not.toMatch(INSIDE);
  for (const secret of secrets) expect(text.includes(secret), 'the answer holds a secret').toBe(false);
}

/** Fails unless the answer is a complete problem (RFC 9457) of a known code whose parts agree with each other. */
export function expectProblem(answer: HttpAnswer, secrets: Secrets): ErrorCode {
  const text = answer.body.toString();
  expect(answer.headers.get('content-type'), text).toBe('application/problem+json');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  const problem = JSON.parse(text);
  const code = problem.code as ErrorCode;
  expect(Object.keys(ERRORS)).toContain(code);
  const { status, meaning, retryable } = ERRORS[code];
  expect(problem).toMatchObject({ type: `https://carillon.dev/errors/${code}`, title: meaning, status, retryable });
  expect(answer.status).toBe(status);
  expect(problem.detail).toMatch(/^.{8,600}$/s);
  expectNothingInside([text, ...[...answer.headers].map((header) => header.join(': '))].join('\n'), secrets);
  return code;
}
