import { RawClient } from '../../src/transport/testing/raw-client.ts';
import { DEADLINE_MS } from '../events/deadline.ts';
import { type HttpAnswer, parseAnswers } from './strict-answer.ts';

/** A request before it is bytes, so that each part can be wrong by itself. */
export interface RawRequest {
  readonly method: string;
  readonly target: string;
  /** `Host` and `Content-Length` are added where they are missing. */
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: string | Buffer;
}

export function requestBytes(request: RawRequest): Buffer {
  const { method, target, headers = [], body } = request;
  const has = (name: string) => headers.some(([known]) => known.toLowerCase() === name);
  const bytes = typeof body === 'string' ? Buffer.from(body) : (body ?? Buffer.alloc(0));
  const all = [
    ...(has('host') ? [] : ([['Host', '127.0.0.1']] as const)),
    ...headers,
    ...(body === undefined || has('content-length') || has('transfer-encoding')
      ? []
      : ([['Content-Length', String(bytes.length)]] as const)),
  ];
  const lines = all.map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1'), bytes]);
}

/** Sends one request over a connection of its own and reads its whole answer, strictly. */
export async function exchange(port: number, request: RawRequest): Promise<HttpAnswer> {
  await using client = new RawClient(port);
  client.send(requestBytes(request));
  const parse = (text: string) => parseAnswers(Buffer.from(text, 'latin1'), [request.method]).answers[0];
  const text = await client.until((heard, closed) => closed || parse(heard)?.complete === true, DEADLINE_MS);
  const answer = parse(text);
  if (!answer)
    throw new Error(`no answer to ${request.method} ${request.target.slice(0, 100)}: ${JSON.stringify(text)}`);
  return answer;
}
