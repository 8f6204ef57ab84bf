import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { CarillonError } from '@carillon/core';
import { ALLOW } from './head.ts';
import { pathOf, type ReadMessage } from './message.ts';
import { SECURITY_HEADERS, wholeAnswer } from './raw-answer.ts';
import { lingerClose } from './socket-end.ts';
import type { TakenContext } from './taken-request.ts';
import { HANDED_BACK_AT, LAST_ANSWER, REFUSED, USER } from './taken-socket.ts';

export const CLOSE = { Connection: 'close' };

/**
 * Answers a refused request on its bare socket and closes it; what follows on the connection is never parsed. Its
 * method, where it could be read, tells whether the answer has a body (RFC 9110 §9.3.2), its path in whose words.
 */
export function refuseOnSocket(context: TakenContext, socket: Socket, error: unknown, message?: ReadMessage): void {
  if (socket[REFUSED]) return;
  socket[REFUSED] = true;
  const path = message && pathOf(message);
  const { status, code, headers, body } = context.problemOf(error ?? new Error('refused without a reason'), path);
  if (!(error instanceof CarillonError)) context.events.failed?.(error, 'deciding about a request');
  context.events.refused?.(code);
  const answer = wholeAnswer(status, body, SECURITY_HEADERS, headers, CLOSE);
  const said = message?.method === 'HEAD' ? answer.subarray(0, answer.length - Buffer.byteLength(body)) : answer;
  lingerClose(socket, said, context.settings.timeouts.lingerMs);
}

/** The `clientError` listener: what Node's parser or its clocks refuse becomes a problem and a closed connection. */
export function createParseErrorAnswer(context: TakenContext): (error: ParseError, duplex: Duplex) => void {
  return (error, socket) => {
    if (!(socket instanceof Socket)) return void socket.destroy();
    // What still comes is dropped; it is being closed.
    if (socket[REFUSED]) return;
    if (!socket.writable || socket[USER] || error.code === 'ECONNRESET') return void socket.destroy();
    const last = socket[LAST_ANSWER];
    // A request before the broken one that is not over, or the broken one itself, which may have its answer already.
    const isUnderWay = last !== undefined && !(last.req.complete && last.writableFinished);
    if (isUnderWay) {
      // Only the answer to the very request that is broken may still be replaced.
      if (last.req.complete || last.headersSent) return void socket.destroy();
    }
    const timedOut = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
    const silent = socket.bytesRead === (socket[HANDED_BACK_AT] ?? 0);
    if (timedOut && silent) return void socket.destroy();
    refuseOnSocket(context, socket, asRefusal(error), isUnderWay ? last.req : undefined);
  };
}

export interface ParseError extends Error {
  readonly code?: string;
  readonly reason?: string;
  readonly bytesParsed?: number;
  readonly rawPacket?: Buffer;
}

/** What Node's parser found, as the error that clients are told. */
export function asRefusal(error: ParseError): CarillonError {
  const { code, rawPacket } = error;
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new CarillonError('timeout', 'the request did not arrive in time');
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') {
    return new CarillonError('too-large', 'the chunk extensions are too long');
  }
  if (code === 'HPE_HEADER_OVERFLOW') {
    return startsLikeRequest(error) && !rawPacket?.includes('\n')
      ? new CarillonError('uri-too-long', 'the request target is too long')
      : new CarillonError('headers-too-large', 'the request head, its target included, is too long');
  }
  if (code === 'HPE_INVALID_METHOD' && startsLikeRequest(error)) {
    return new CarillonError('method-not-allowed', 'this server does not know the method', { facts: { allow: ALLOW } });
  }
  return new CarillonError('bad-request', `this is not HTTP/1.1: ${error.reason ?? 'the request cannot be read'}`);
}

/** Whether the refused line is a request with a method we never heard of, rather than no HTTP at all. */
function startsLikeRequest({ rawPacket, bytesParsed = 0 }: ParseError): boolean {
  if (!rawPacket) return false;
  const start = rawPacket.lastIndexOf('\n', bytesParsed) + 1;
  const line = rawPacket.toString('latin1', start, start + 256);
  return /^[A-Za-z-]{1,32} [/*a-z]/.test(line);
}
