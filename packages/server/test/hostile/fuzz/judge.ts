import { ERRORS, type ErrorCode } from '@carillon/core';
import { parseStrictly } from '../../events/sse-client.ts';
import { expectNothingInside, expectProblem, type Secrets } from '../problem.ts';
import { type HttpAnswer, parseAnswers } from '../strict-answer.ts';
import { CLOSE, parseFrames, TEXT } from './frames.ts';

/** What one case was answered; an empty list of statuses means a connection closed without a word. */
export interface Verdict {
  readonly statuses: readonly number[];
  /** Codes of problems and of error messages. */
  readonly codes: readonly ErrorCode[];
  /** Whether more than the listener looked at it: a route answered, or a WebSocket session. */
  readonly reached: boolean;
  /** Positions that publishes were acknowledged with, duplicates left out. */
  readonly positions: readonly string[];
}

/** What the listener says before any route is asked, and what a route says as well. */
const BEFORE_ROUTES =
  /^(?:this is not HTTP|the request target|the header |the Host header|HTTP\/1\.1 needs|only HTTP|Content-Length|the only Transfer-Encoding|Expect asks|Sec-WebSocket|a WebSocket is|an opening handshake|this request may not have a body|the request cannot be read)/;
/** Not found and not allowed may be the listener's or a route's; the credential is looked at before the rest. */
const UNDECIDED: readonly ErrorCode[] = ['unauthorized', 'not-found', 'method-not-allowed', 'misdirected', 'timeout'];
const LISTENERS: readonly ErrorCode[] = ['headers-too-large', 'uri-too-long'];
/** RFC 6455 §7.4.1 and the README's own; 1011 would be a fault of the server. */
const CLOSE_CODES: readonly number[] = [1000, 1002, 1003, 1007, 1008, 1009];
/** Refusals of Node's parser, which does not say what it had understood: even `HEAD` gets them with a body. */
const UNREAD = /this is not HTTP\/1\.1|"code":"(?:headers-too-large|uri-too-long|timeout)"/;
const ALLOWED_5XX: readonly number[] = [503, 507];

/** Everything that was heard, held to the rules of every answer. Throws at the first that is broken. */
export function judge(sent: Buffer, heard: Buffer, secrets: Secrets): Verdict {
  const method = /^(?:\r\n)*(\S+)/.exec(sent.toString('latin1', 0, 64))?.[1] ?? '';
  const { answers, rest } = parseAnswers(heard, UNREAD.test(heard.toString('latin1')) ? [] : [method]);
  const codes: ErrorCode[] = [];
  const positions: string[] = [];
  let reached = false;
  for (const answer of answers) {
    if (answer.status >= 500 && !ALLOWED_5XX.includes(answer.status)) throw new Error(`${answer.status} was answered`);
    if (answer.status >= 400 && !(method === 'HEAD' && answer.body.length === 0)) {
      const code = expectProblem(answer, secrets);
      codes.push(code);
      reached ||= isOfRoute(code, JSON.parse(answer.body.toString()).detail);
    } else if (answer.status !== 101) {
      reached ||= answer.status < 400;
      positions.push(...checkSuccess(answer, secrets));
    }
  }
  const upgraded = answers.at(-1)?.status === 101;
  if (!upgraded && rest.length > 0 && answers.at(-1)?.complete !== false) {
    throw new Error(`bytes behind the answer: ${JSON.stringify(rest.toString('latin1', 0, 200))}`);
  }
  if (upgraded) {
    const messages = checkFrames(rest, secrets);
    reached ||= messages.length > 0;
    for (const { type, code, positions: given, duplicate } of messages) {
      if (type === 'error') codes.push(code as ErrorCode);
      if (type === 'published' && duplicate === false) positions.push(...(given as string[]));
    }
  }
  return { statuses: answers.map(({ status }) => status), codes, reached, positions };
}

function isOfRoute(code: ErrorCode, detail: string): boolean {
  return !UNDECIDED.includes(code) && !LISTENERS.includes(code) && !BEFORE_ROUTES.test(detail);
}

/** The positions of a publish; bodies of what is whole must be what they say they are. */
function checkSuccess({ status, headers, body, complete }: HttpAnswer, secrets: Secrets): readonly string[] {
  const type = headers.get('content-type') ?? '';
  const text = body.toString();
  if (type === 'text/event-stream' && text.startsWith('retry: ')) {
    parseStrictly(text.slice(0, text.lastIndexOf('\n\n') + 2));
  }
  // The credentials' own address gives them out, minted tokens are given once.
  const givesSecrets = text.includes('"adminToken"') || text.includes('"credentialId"');
  if (!givesSecrets && type.includes('json')) expectNothingInside(text, { secrets: secrets.secrets });
  if (!complete || status !== 200 || !type.includes('json') || text === '') return [];
  const value = JSON.parse(text);
  return Array.isArray(value.positions) && value.duplicate === false ? value.positions : [];
}

type Message = Readonly<Record<string, unknown>>;

const TYPES = [
  'subscribed',
  'unsubscribed',
  'published',
  'presence',
  'pong',
  'event',
  'live',
  'gap',
  'position',
  'goodbye',
  'error',
];

function checkFrames(bytes: Buffer, secrets: Secrets): readonly Message[] {
  const messages: Message[] = [];
  for (const { opcode, payload } of parseFrames(bytes)) {
    if (opcode === CLOSE) {
      const code = payload.length === 0 ? 1000 : payload.readUInt16BE();
      if (!CLOSE_CODES.includes(code) && !(code >= 3000 && code < 5000)) throw new Error(`closed with ${code}`);
    } else if (opcode === TEXT) {
      const text = new TextDecoder('utf-8', { fatal: true }).decode(payload);
      const message: Message = JSON.parse(text);
      if (!TYPES.includes(String(message.type))) throw new Error(`an unknown message: ${text}`);
      if (message.type === 'goodbye' && message.reason === 'failed') throw new Error('goodbye: failed');
      if (message.type === 'error') checkError(message, text, secrets);
      messages.push(message);
    }
  }
  return messages;
}

function checkError({ code, message, retryable }: Message, text: string, secrets: Secrets): void {
  const kind = Object.entries(ERRORS).find(([name]) => name === code)?.[1];
  if (!kind || (kind.status >= 500 && !ALLOWED_5XX.includes(kind.status)))
    throw new Error(`an error of the server: ${text}`);
  if (kind.retryable !== retryable || typeof message !== 'string') throw new Error(`an incomplete error: ${text}`);
  expectNothingInside(text, secrets);
}
