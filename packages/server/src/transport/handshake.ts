import type { Socket } from 'node:net';
import { CarillonError } from '@carillon/core';
import { WebSocketServer } from 'ws';
import type { WebSocketOptions } from './contract.ts';
import type { ReadMessage } from './message.ts';
import { ReaderWebSocket } from './open-socket.ts';

/** 16 bytes in base64 (RFC 6455 §4.1). */
const KEY = /^[A-Za-z0-9+/]{22}==$/;
const VERSIONS = [13] as const;
const DEFAULT_FRAGMENTS = 64;
const LEAST_CHUNKS = 1_024;
/** No network path hands over less of a large message at a time. */
const LEAST_CHUNK_BYTES = 512;

export interface HandshakeRequest {
  readonly message: ReadMessage;
  readonly socket: Socket;
  readonly head: Buffer;
  /** What the client wrote in `Sec-WebSocket-Protocol`. */
  readonly offered: string | undefined;
  readonly options: WebSocketOptions;
}

export interface Handshake {
  /** Answers 101 and calls back at once; a client that is gone is not called back for. */
  complete(request: HandshakeRequest, opened: (webSocket: ReaderWebSocket) => void): void;
}

/**
 * Throws unless the head is a valid opening handshake (RFC 6455 §4.2.1); the fact `webSocketVersion` or `header` says
 * which part is not.
 */
export function checkHandshake({ method, headers }: ReadMessage, versions: readonly number[] = VERSIONS): void {
  if (method !== 'GET') throw new CarillonError('bad-request', 'a WebSocket is opened with GET');
  if (!versions.some((version) => String(version) === headers['sec-websocket-version'])) {
    const spoken = versions.join(', ');
    const facts = { webSocketVersion: versions.length === 1 ? Number(spoken) : spoken };
    throw new CarillonError('bad-request', `Sec-WebSocket-Version must be ${spoken}`, { facts });
  }
  if (!KEY.test(headers['sec-websocket-key'] ?? '')) {
    const facts = { header: 'Sec-WebSocket-Key' };
    throw new CarillonError('bad-request', 'Sec-WebSocket-Key must be 16 bytes in base64', { facts });
  }
  if (headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined) {
    throw new CarillonError('bad-request', 'an opening handshake has no body');
  }
}

/** Handshakes through `ws`, one server object per set of limits; it holds no sockets and no timers. */
export function createHandshake(lingerMs: number): Handshake {
  const servers = new Map<string, ReturnType<typeof serverFor>>();
  return {
    complete({ message, socket, head, offered, options }, opened) {
      const { maxMessageBytes, maxFragments = DEFAULT_FRAGMENTS, protocol } = options;
      const key = `${maxMessageBytes} ${maxFragments}`;
      let server = servers.get(key);
      if (!server) servers.set(key, (server = serverFor(maxMessageBytes, maxFragments, lingerMs)));
      // What is left here is what `ws` answers with: the one subprotocol, never a token somebody hid among them.
      delete message.headers['sec-websocket-protocol'];
      if (protocol !== undefined && offers(offered, protocol)) message.headers['sec-websocket-protocol'] = protocol;
      server.handleUpgrade(message, socket, head, opened);
    },
  };
}

function serverFor(maxPayload: number, maxFragments: number, closeTimeout: number) {
  const maxBufferedChunks = Math.max(LEAST_CHUNKS, Math.ceil(maxPayload / LEAST_CHUNK_BYTES));
  // `closeTimeout` is newer than the type definitions.
  const options = {
    noServer: true,
    clientTracking: false,
    autoPong: false,
    perMessageDeflate: false,
    maxPayload,
    maxFragments,
    maxBufferedChunks,
    closeTimeout,
  };
  return new WebSocketServer({ ...options, WebSocket: ReaderWebSocket });
}

/** Linear in the header's length, whatever it holds. */
function offers(offered: string | undefined, protocol: string): boolean {
  return offered !== undefined && offered.split(',').some((name) => name.trim() === protocol);
}
