import type { IncomingHttpHeaders } from 'node:http';
import type { Principal } from '@carillon/core';

/**
 * What is known of a request when it is decided, synchronously inside Node's parser callback, whether its socket is
 * taken over (kernel K15). Header names are lower case.
 */
export interface RequestHead {
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  /** Query without `?`, empty when absent. */
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
}

/** A route whose answer is a stream, a parked poll or a WebSocket: it gets the bare socket and no response object. */
export interface StreamRoute {
  readonly kind: 'stream' | 'websocket';
  /** Pure and quick; a `websocket` route only sees upgrade requests, a `stream` route only plain GETs. */
  matches(head: RequestHead): boolean;
  /**
   * The opening handshake is only judged by `websocket`, which then throws `bad-request`: for protocols that refuse in
   * words of their own, or refuse for other reasons first.
   */
  readonly handshakeLater?: boolean;
  /** Takes the request. Anything thrown before the answer began is sent as the error form of `problem`. */
  open(request: StreamRequest): void | Promise<void>;
}

/**
 * A taken-over request. Exactly one of `sse`, `respond`, `websocket` is called, once. Once the client is gone they do
 * nothing: `respond` is ignored, the others return a sink that is closed and whose owner hears `closed`.
 */
export interface StreamRequest extends RequestHead {
  /** Parsed query. */
  readonly search: URLSearchParams;
  /** The peer's address as limits count it (behind a trusted proxy: the forwarded one). */
  readonly address: string;
  /**
   * Fires, before an answer was begun, when the client goes away (`reason` is `gone`) or when a parked request must
   * be answered now (`reason` is the `Goodbye`): a long poll then answers what it has, usually nothing.
   */
  readonly signal: AbortSignal;
  /**
   * Declares a long poll before it waits: it counts against its principal's limit, is ended by drain, expiry and
   * revocation through `signal`, and lets go of headers and query (both are empty from here on).
   */
  park(principal: Principal): void;
  /**
   * Sends the head of an event stream and gives the connection its life: heartbeats, limits, drain. Throws
   * `rate-limited` or `unauthorized` (limits, a credential revoked or expired meanwhile) before anything is sent.
   */
  sse(owner: StreamOwner, headers?: Readonly<Record<string, string>>): SocketSink;
  /** Sends one whole answer and keeps the connection for the next request where HTTP allows it. */
  respond(status: number, headers: Readonly<Record<string, string>>, body: string | Uint8Array): void;
  /** Completes the WebSocket handshake (only on `websocket` routes); throws as `sse` does. */
  websocket(owner: SocketOwner, options: WebSocketOptions): SocketSink;
}

export interface WebSocketOptions {
  /** The one subprotocol to answer with, if the client offered it. */
  readonly protocol?: string;
  /** Versions of `Sec-WebSocket-Version` that are spoken; 13 alone when absent. */
  readonly versions?: readonly (8 | 13)[];
  /** Largest message that a client may send, in bytes. */
  readonly maxMessageBytes: number;
  /** Most frames that one message may come in; 64 when absent. */
  readonly maxFragments?: number;
  /** Frames of any kind that a client may send on average, pings among them; the listener's setting when absent. */
  readonly messagesPerSecond?: number;
}

/** Why a connection ends that its client did not end. Each protocol says each in its own words. */
export type Goodbye = 'drain' | 'expired' | 'revoked' | 'stalled' | 'limit' | 'failed';

/** Whoever answers for an open stream: one object with prototype methods, no closures per connection. */
export interface StreamOwner {
  readonly principal: Principal;
  /** Called by the wheel when nothing was written for a heartbeat's time; returns the frame that says "still here". */
  heartbeat(): Buffer | undefined;
  /** The frame (or close code) with which to say goodbye; the transport then ends the connection. */
  goodbye(reason: Goodbye): Farewell;
  /** Whether it has had bytes waiting without progress since before this time (milliseconds since 1970). */
  stalledBefore(time: number): boolean;
  /** The connection is gone, whoever ended it; called once. */
  closed(): void;
}

export interface Farewell {
  /** Last frame before the end. */
  readonly frame?: Buffer;
  /** WebSocket close code and reason; ignored on SSE. Without a code the close frame is empty (RFC 6455 §7.1.5: 1005). */
  readonly code?: number;
  readonly reason?: string;
}

/** A stream owner that also listens. */
export interface SocketOwner extends StreamOwner {
  /** One whole message; text frames only reach here as strings that are valid UTF-8. */
  message(data: string | Buffer): void;
}

/** The writable side of an open connection; satisfies the hub's `Sink`. */
export interface SocketSink {
  readonly pendingBytes: number;
  readonly closed: boolean;
  /**
   * Whole frames of the transport: SSE blocks, or complete WebSocket frames made with `textFrame`. True when nothing
   * holds the buffer any more.
   */
  write(frames: Buffer): boolean;
  onDrain(listener: () => void): void;
  /** Says goodbye and ends the connection. */
  end(farewell: Farewell): void;
}
