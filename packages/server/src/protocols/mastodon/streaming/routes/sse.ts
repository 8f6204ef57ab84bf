import { CarillonError, type Position, type Principal } from '@carillon/core';
import type { Farewell, Goodbye, SocketSink, StreamOwner, StreamRequest } from '../../../../transport/index.ts';
import type { OpenView, View } from '../../../../view/index.ts';
import { refuseStream } from '../answers.ts';
import type { StreamingContext } from '../dependencies.ts';
import { identify, isRefusal, type Listener } from '../identify.ts';
import { REFUSALS, readWish, refusalOf } from '../refusals.ts';
import { findStart, type GapReason, NOW, type Start } from '../resume.ts';
import { kindOf, type ReaderHost, StreamReader, tokenAt } from '../stream-reader.ts';
import { streamNameOf, topicsOf, type WantedStream } from '../streams.ts';
import { GREETING, type Notice, SSE, THUMP } from '../wire.ts';

const HEALTH = '/api/v1/streaming/health';
const HEADERS = { 'Cache-Control': 'private, no-store' };

/** Answers every GET below `/api/v1/streaming`: an event stream, or why there is none. */
export async function openEventStream(request: StreamRequest, context: StreamingContext): Promise<void> {
  if (request.path === HEALTH) return request.respond(200, { 'Content-Type': 'text/plain' }, 'OK');
  const { search, headers } = request;
  const name = streamNameOf(request.path, search.get('only_media'));
  if (!name) return refuseStream(request, REFUSALS.unknownChannel);
  const presented = presentedBy(request);
  const listener = await identify(headers, search, context);
  if (isRefusal(listener)) return refuseStream(request, listener);
  using opened = new DisposableStack();
  opened.use(listener.open);
  const stream = readWish({ name, tag: search.get('tag'), list: search.get('list') }, listener.scopes);
  if (isRefusal(stream)) return refuseStream(request, stream);
  const topics = topicsOf(stream, listener.open.view);
  if (!topics) return refuseStream(request, REFUSALS.foreignList);
  const start = findStart(presented, topics, context.log);
  const connection = new EventStream(listener, stream, context);
  const sink = answered(request, connection);
  if (!sink) return;
  // From here on the connection owns the view: it is told when it is over, whoever ends it.
  opened.move();
  context.resumed?.(start.outcome);
  connection.begin(sink, start, presented === NOW);
}

/** `undefined` when the connection was refused: too many of them, or the token was revoked a moment ago. */
function answered(request: StreamRequest, connection: EventStream): SocketSink | undefined {
  try {
    return request.sse(connection, HEADERS);
  } catch (error) {
    // The transport knows best how a browser is sent away so that it comes back.
    if (!(error instanceof CarillonError) || error.code === 'draining') throw error;
    refuseStream(request, refusalOf(error));
    return undefined;
  }
}

/** The header is what browsers send by themselves; the query is for those that cannot set it. */
function presentedBy({ headers, search }: StreamRequest): string | undefined {
  const header = headers['last-event-id'];
  const texts = [typeof header === 'string' ? header : '', search.get('last_event_id'), search.get('since')];
  return texts.find((text) => text) ?? undefined;
}

/** One open event stream: the connection's owner and its one reader's host. */
class EventStream implements StreamOwner, ReaderHost {
  readonly principal: Principal;
  readonly #open: OpenView;
  readonly #context: StreamingContext;
  readonly #reader: StreamReader;
  #sink: SocketSink | undefined;

  constructor({ principal, scopes, open }: Listener, stream: WantedStream, context: StreamingContext) {
    this.principal = principal;
    this.#open = open;
    this.#context = context;
    const encoding = context.encodings.sse(kindOf(stream.name, scopes));
    this.#reader = new StreamReader(this, stream, encoding, context.gate);
  }

  get sink(): SocketSink {
    if (!this.#sink) throw new Error('an event stream is used before its head was sent');
    return this.#sink;
  }

  get view(): View {
    return this.#open.view;
  }

  /** The token may have been revoked while the request was on its way here: asked again once attached. */
  begin(sink: SocketSink, { after, gap }: Start, isNamed: boolean): void {
    this.#sink = sink;
    if (sink.closed) return;
    const { gate, hub } = this.#context;
    sink.write(GREETING);
    if (gap !== undefined) sink.write(this.gap(this.#reader.stream, after, gap));
    else if (isNamed) sink.write(this.#notice('subscribed', after, {}));
    this.#open.onChange((change) => {
      if (this.view.ended) sink.end(this.goodbye());
      else this.#reader.follow(change);
    });
    this.#reader.attach(after, hub);
    if (!gate.isValid(this.principal) || this.view.ended) sink.end(this.goodbye());
  }

  gap(_stream: WantedStream, from: Position, reason: GapReason): Buffer {
    return this.#notice('gap', from, { reason });
  }

  ended(_stream: WantedStream, error: unknown): void {
    if (error !== undefined && !(error instanceof CarillonError)) this.#context.failed(error, 'mastodon streaming');
    this.sink.end(this.goodbye());
  }

  heartbeat(): Buffer {
    return THUMP;
  }

  stalledBefore(time: number): boolean {
    const since = this.#reader.stalledSinceMs;
    return since !== 0 && since < time;
  }

  /** Nothing is said: every client known comes back by itself, and none knows a word for it. */
  goodbye(_reason?: Goodbye): Farewell {
    return {};
  }

  closed(): void {
    this.#reader.detach();
    this.#context.encodings.release(this.#reader.encoding);
    this.#open[Symbol.dispose]();
  }

  /** With the position as its id: whoever comes back with that has missed nothing more. */
  #notice(notice: Notice, position: Position, facts: object): Buffer {
    return SSE.frame(notice, JSON.stringify(facts), tokenAt(position, this.#context.log));
  }
}
