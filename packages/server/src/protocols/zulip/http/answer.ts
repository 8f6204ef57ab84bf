import type { Problem } from '../../../transport/index.ts';
import { type Refusal, toRefusal } from './failure.ts';

const HEADERS = {
  'Content-Type': 'application/json',
  'Cache-Control': 'max-age=0, no-cache, no-store, must-revalidate, private',
};

/** What a call answers with, beside what every answer has. */
export type Answer = Readonly<Record<string, unknown>>;

/** Success, naming what was sent and means nothing here. */
export function success(answer: Answer, ignored: readonly string[]): Response {
  const listed = ignored.length === 0 ? {} : { ignored_parameters_unsupported: ignored.toSorted() };
  return new Response(text({ result: 'success', msg: '', ...answer, ...listed }), { headers: HEADERS });
}

export function refused(error: unknown): Response {
  const { status, headers, body } = refusedProblem(error);
  return new Response(body, { status, headers });
}

/** The same as the transport sends it. */
export function refusedProblem(error: unknown): Problem {
  const { message, manner, origin }: Refusal = toRefusal(error);
  const { status, code, extra, headers } = manner;
  const body = text({ result: 'error', msg: message, code, ...extra });
  return { status, code: origin, headers: { ...HEADERS, ...headers }, body };
}

function text(value: Answer): string {
  return `${JSON.stringify(value)}\n`;
}
