import { parseStrictly } from '../../../events/sse-client.ts';
import { expectNothingInside, expectProblem, type Secrets } from '../../problem.ts';
import { type HttpAnswer, parseAnswers } from '../../strict-answer.ts';
import { CLOSE, parseFrames, TEXT } from '../frames.ts';

export interface MastodonVerdict {
  readonly statuses: readonly number[];
  /** Whether this protocol answered, and not the listener before it. */
  readonly reached: boolean;
}

/**
 * Refusals of Node's parser as the first answer, which does not say what it had understood: even `HEAD` gets them with a
 * body.
 */
const UNREAD =
  /^HTTP\/1\.1 4(?:00|08|14|31) [^]*?(?:this is not HTTP\/1\.1|"code":"(?:headers-too-large|uri-too-long|timeout)")/;
/** RFC 6455 §7.4.1; none at all when the token does not count any more. 1011 would be a fault of the server. */
const CLOSE_CODES: readonly number[] = [1000, 1002, 1003, 1005, 1007, 1008, 1009];

/** The protocol's greeting and its heartbeats, which stand alone. */
const COMMENTS = /^:(?:\)|thump)\n/gm;

/** Everything that was heard, held to the protocol's own form. Throws at the first answer that is broken. */
export function judgeMastodon(sent: Buffer, heard: Buffer, secrets: Secrets): MastodonVerdict {
  const text = sent.toString('latin1', 0, 2_000);
  const method = /^(?:\r\n)*(\S+)/.exec(text)?.[1] ?? '';
  const { answers, rest } = parseAnswers(heard, UNREAD.test(heard.toString('latin1')) ? [] : [method]);
  let reached = false;
  for (const answer of answers) {
    if (answer.status >= 500) throw new Error(`${answer.status} was answered: ${answer.body.toString()}`);
    const isOurs = checkAnswer(answer, method, secrets);
    reached ||= isOurs;
  }
  const upgraded = answers.at(-1)?.status === 101;
  if (!upgraded && rest.length > 0 && answers.at(-1)?.complete !== false) {
    throw new Error(`bytes behind the answer: ${JSON.stringify(rest.toString('latin1', 0, 200))}`);
  }
  if (upgraded) checkFrames(rest, secrets);
  return { statuses: answers.map(({ status }) => status), reached: reached || upgraded };
}

function checkAnswer(answer: HttpAnswer, method: string, secrets: Secrets): boolean {
  const { status, headers, body } = answer;
  const type = headers.get('content-type') ?? '';
  const text = body.toString();
  if (type === 'application/problem+json') {
    if (!(method === 'HEAD' && body.length === 0)) expectProblem(answer, secrets);
    return false;
  }
  for (const [name, value] of headers) {
    // The protocol wants the token back that came as a subprotocol.
    if (name !== 'sec-websocket-protocol') expectNothingInside(`${name}: ${value}`, secrets);
  }
  if (type.startsWith('text/html')) checkPage(answer, secrets);
  if (type.startsWith('text/event-stream')) parseStrictly(wholeBlocks(text.replace(COMMENTS, '')));
  if (status === 101 || status < 400 || body.length === 0 || type.startsWith('text/html')) return true;
  if (!type.startsWith('application/json')) throw new Error(`${status} as ${type}: ${text}`);
  const { error, ...others } = JSON.parse(text);
  if (typeof error !== 'string' || error.length < 3) throw new Error(`${status} does not say what is wrong: ${text}`);
  const more = Object.keys(others).filter((name) => name !== 'error_description');
  if (more.length > 0) throw new Error(`${status} says more than an error: ${text}`);
  if (!/no-store/.test(headers.get('cache-control') ?? 'no-store')) throw new Error('an error may be kept');
  expectNothingInside(text, secrets);
  return true;
}

function wholeBlocks(text: string): string {
  const end = text.lastIndexOf('\n\n');
  return end < 0 ? '' : text.slice(0, end + 2);
}

/** No page runs anything, is framed, or carries what was sent as HTML. */
function checkPage({ headers, body }: HttpAnswer, secrets: Secrets): void {
  const policy = headers.get('content-security-policy') ?? '';
  if (policy === '' && body.toString().startsWith('Missing or invalid Sec-WebSocket')) return;
  if (!policy.startsWith("default-src 'none'") || !policy.includes("frame-ancestors 'none'")) {
    throw new Error(`a page under the policy ${policy}`);
  }
  if (/<script|\bon[a-z]+=/i.test(body.toString())) throw new Error(`a page with a script: ${body.toString()}`);
  expectNothingInside(body.toString(), secrets);
}

function checkFrames(bytes: Buffer, secrets: Secrets): void {
  for (const { opcode, payload } of parseFrames(bytes)) {
    if (opcode === CLOSE) {
      const code = payload.length === 0 ? 1005 : payload.readUInt16BE();
      if (!CLOSE_CODES.includes(code) && !(code >= 3000 && code < 5000)) throw new Error(`closed with ${code}`);
    } else if (opcode === TEXT) {
      const text = new TextDecoder('utf-8', { fatal: true }).decode(payload);
      const message = JSON.parse(text);
      const isEvent = Array.isArray(message.stream) && typeof message.payload === 'string' && message.event;
      if (!isEvent && typeof message.error !== 'string') throw new Error(`an unknown message: ${text}`);
      if (isEvent) JSON.parse(message.payload);
      expectNothingInside(text, secrets);
    }
  }
}
