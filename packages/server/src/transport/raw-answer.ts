import { STATUS_CODES } from 'node:http';

export type AnswerHeaders = Readonly<Record<string, string>>;

/** On every answer: nothing is sniffed, and tokens in addresses do not travel on as Referer. */
export const SECURITY_HEADERS: AnswerHeaders = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};

const BREAKS_LINES = /[\r\n\0]/;

/**
 * The head of an answer on a bare socket. Later headers replace earlier ones of the same name, whatever its case, but
 * what answers vary by is added up.
 * A value that would break its line is a bug of the caller and throws.
 */
export function answerHead(status: number, ...sets: readonly AnswerHeaders[]): string {
  const lines = new Map<string, string>();
  for (const set of sets) {
    for (const [name, value] of Object.entries(set)) {
      if (BREAKS_LINES.test(name) || BREAKS_LINES.test(value))
        throw new Error(`the answer header ${JSON.stringify(name)} contains a line break`);
      const key = name.toLowerCase();
      const before = key === 'vary' ? lines.get(key) : undefined;
      lines.set(key, before === undefined ? `${name}: ${value}\r\n` : `${before.trimEnd()}, ${value}\r\n`);
    }
  }
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${[...lines.values()].join('')}Date: ${utcDate()}\r\n\r\n`;
}

/** A whole answer in one piece, with its length; 1xx, 204 and 304 have no body (RFC 9110 §§15.3.5, 15.4.5). */
export function wholeAnswer(status: number, body: string | Uint8Array, ...sets: readonly AnswerHeaders[]): Buffer {
  if (status === 204 || status === 304) return Buffer.from(answerHead(status, ...sets), 'latin1');
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const head = answerHead(status, ...sets, { 'Content-Length': String(bytes.length) });
  return Buffer.concat([Buffer.from(head, 'latin1'), bytes]);
}

let dateAtSecond = 0;
let date = '';

/** RFC 9110 §6.6.1, made once a second. */
function utcDate(): string {
  const second = Math.floor(Date.now() / 1_000);
  if (second !== dateAtSecond) {
    dateAtSecond = second;
    date = new Date(second * 1_000).toUTCString();
  }
  return date;
}
