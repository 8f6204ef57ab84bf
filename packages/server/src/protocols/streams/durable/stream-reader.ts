import type { Position, Principal } from '@carillon/core';
import type { Gate } from '../../../auth/index.ts';
import type { StoredStream } from '../../../domain/index.ts';
import type { Reader, ReaderOwner } from '../../../hub/index.ts';
import type { Farewell, StreamOwner } from '../../../transport/index.ts';
import { heartbeatFrame } from './encode.ts';
import type { KeepAlive } from './keep-alive.ts';
import type { StreamSink } from './stream-sink.ts';

/** Whoever reads one stream over SSE: owner of its connection and of its cursor in the hub. */
export class StreamReader implements ReaderOwner, StreamOwner {
  readonly principal: Principal;
  readonly #stream: StoredStream;
  readonly #gate: Gate;
  readonly #keepAlive: KeepAlive;
  readonly #gone = new AbortController();
  #sink: StreamSink | undefined;
  #reader: Reader | undefined;

  constructor(principal: Principal, stream: StoredStream, gate: Gate, keepAlive: KeepAlive) {
    this.principal = principal;
    this.#stream = stream;
    this.#gate = gate;
    this.#keepAlive = keepAlive;
  }

  /** Fires when the connection is gone. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  get sink(): StreamSink {
    if (!this.#sink) throw new Error('a stream is used before its head was sent');
    return this.#sink;
  }

  begin(sink: StreamSink): void {
    this.#sink = sink;
    if (!this.#gone.signal.aborted) this.#keepAlive.hold(this.#stream);
  }

  /** The credential may have been revoked while history was sent: asked again once attached. */
  follow(reader: Reader): void {
    this.#reader = reader;
    this.sink.follow(reader);
    if (this.sink.closed) reader.detach();
    else if (!this.#gate.isValid(this.principal)) this.sink.end();
  }

  mayRead(topic: string): boolean {
    return this.#gate.isAllowed(this.principal, 'subscribe', topic);
  }

  /** A stream loses events only when it was deleted; the client learns it when it asks again. */
  gapFrame(_from: Position): undefined {
    this.sink.end();
  }

  liveFrame(): Buffer | undefined {
    return this.sink.caughtUp();
  }

  heartbeat(): Buffer {
    return heartbeatFrame();
  }

  stalledBefore(time: number): boolean {
    const since = this.#reader?.stalledSinceMs ?? 0;
    return since !== 0 && since < time;
  }

  /** This protocol has no words for it: clients come back with the last offset they were told. */
  goodbye(): Farewell {
    return {};
  }

  failed(): void {
    this.sink.end();
  }

  closed(): void {
    if (this.#sink) this.#keepAlive.release(this.#stream);
    this.#gone.abort();
    this.#reader?.detach();
  }
}
