import { CarillonError, type LogStore, type Position, type Principal } from '@carillon/core';
import type { Gate } from '../../../../auth/index.ts';
import type { Reader, ReaderOwner } from '../../../../hub/index.ts';
import type { Farewell, Goodbye, SocketSink, StreamOwner, StreamRequest } from '../../../../transport/index.ts';
import type { EventsDependencies } from '../dependencies.ts';
import { sseGap, sseGoodbye, ssePosition, sseRetry } from '../encode.ts';
import type { Encodings } from '../encodings.ts';
import { endOf, retryMs } from '../farewell.ts';
import { findStart, outcomeOf, type Start, tokenAt } from '../start.ts';
import type { Viewer, Viewing } from '../viewer.ts';
import { decodeSubscription } from '../wire/subscribe.ts';

/** A client waits this long before it comes back when nobody said goodbye. */
const RETRY_MS = 2_000;

/**
 * Opens `GET /v1/events` as an event stream. A position that cannot be used is never an error here: any status but
 * 200 stops a browser's EventSource for ever. It is told of a gap and goes on with what is kept.
 */
export function openEventStream(
  request: StreamRequest,
  viewer: Viewer,
  encodings: Encodings,
  { gate, hub, log, settings, resumed }: EventsDependencies,
): void {
  const { principal } = viewer;
  const last = request.headers['last-event-id'];
  const { topics, from } = decodeSubscription(
    request.search,
    typeof last === 'string' ? last : undefined,
    principal.app,
    settings.maxTopics,
  );
  viewer.require(topics);
  const start = findStart(from, log.head, log.lastRemoved(topics));
  const stream = new EventStream(viewer, topics, gate, log);
  const sink = request.sse(stream);
  if (sink.closed) return viewer.close();
  stream.begin(sink, start);
  resumed?.(outcomeOf(from, start));
  const encoding = encodings.sse(principal.app);
  const floors = viewer.floorsOf(topics, 0);
  stream.follow(hub.attach(stream, { encoding, topics: floors, after: start.after, ...viewer.choiceOf(topics) }));
}

/** One open event stream: reader's owner and connection's owner in one object. */
class EventStream implements ReaderOwner, StreamOwner, Viewing {
  readonly principal: Principal;
  readonly topics: readonly string[];
  readonly #viewer: Viewer;
  readonly #gate: Gate;
  readonly #log: LogStore;
  #sink: SocketSink | undefined;
  #reader: Reader | undefined;
  /** The last position that the client was told without an event. */
  #announced: Position = 0;

  constructor(viewer: Viewer, topics: readonly string[], gate: Gate, log: LogStore) {
    this.principal = viewer.principal;
    this.topics = topics;
    this.#viewer = viewer;
    this.#gate = gate;
    this.#log = log;
  }

  get sink(): SocketSink {
    if (!this.#sink) throw new Error('an event stream is used before its head was sent');
    return this.#sink;
  }

  get reader(): Reader | undefined {
    return this.#reader;
  }

  /** Names the position first, so that a client that is cut off before any event misses nothing. */
  begin(sink: SocketSink, { after, gap }: Start): void {
    this.#sink = sink;
    this.#announced = after;
    const token = tokenAt(after, this.#log.head);
    sink.write(Buffer.concat([sseRetry(RETRY_MS), gap === undefined ? ssePosition(token) : sseGap(token, gap)]));
  }

  /** The credential may have been revoked while the request was on its way here: asked again once attached. */
  follow(reader: Reader): void {
    this.#reader = reader;
    this.#viewer.follow(this);
    if (this.sink.closed) reader.detach();
    else if (!this.#gate.isValid(this.principal)) this.failed(new CarillonError('unauthorized', 'revoked'));
  }

  mayRead(topic: string): boolean {
    return this.#viewer.mayRead(topic);
  }

  gapFrame(from: Position): Buffer {
    return sseGap(tokenAt(from, this.#log.head), 'removed');
  }

  liveFrame(position: Position): Buffer | undefined {
    if (position <= this.#announced) return undefined;
    this.#announced = position;
    return ssePosition(tokenAt(position, this.#log.head));
  }

  heartbeat(): Buffer {
    const position = this.#reader?.position ?? this.#announced;
    return ssePosition(tokenAt(position, this.#log.head));
  }

  stalledBefore(time: number): boolean {
    const since = this.#reader?.stalledSinceMs ?? 0;
    return since !== 0 && since < time;
  }

  goodbye(reason: Goodbye): Farewell {
    return { frame: sseGoodbye(reason, retryMs()) };
  }

  failed(error: unknown): void {
    this.sink.end(this.goodbye(endOf(error, this.principal)));
  }

  closed(): void {
    this.#reader?.detach();
    this.#viewer.close();
  }
}
