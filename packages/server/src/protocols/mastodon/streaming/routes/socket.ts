import { CarillonError, type Position, type Principal } from '@carillon/core';
import type { Farewell, Goodbye, SocketOwner, SocketSink, StreamRequest } from '../../../../transport/index.ts';
import { textFrame } from '../../../../transport/index.ts';
import type { OpenView, View } from '../../../../view/index.ts';
import { refuseSocket } from '../answers.ts';
import type { StreamingContext } from '../dependencies.ts';
import { identify, isRefusal, type Listener } from '../identify.ts';
import { REFUSALS, refusalOf } from '../refusals.ts';
import { findStart, type GapReason } from '../resume.ts';
import { newSession } from '../session.ts';
import type { Action, Fact, SessionState } from '../session-state.ts';
import { kindOf, type ReaderHost, StreamReader, tokenAt } from '../stream-reader.ts';
import { streamKey, topicsOf, type WantedStream } from '../streams.ts';
import { noticeText } from '../wire.ts';

/** Answers that a client does not take are not gathered beyond this. */
const MAX_UNREAD_BYTES = 1_048_576;

/**
 * RFC 6455 §7.4. Never 1000, after which some clients stay away for good; without a code, as Mastodon does, when the
 * client may not come back.
 */
const CLOSE_CODES: Readonly<Record<Goodbye, number | undefined>> = {
  drain: 1012,
  expired: undefined,
  revoked: undefined,
  stalled: 1013,
  limit: 1008,
  failed: 1011,
};

/** Opens a WebSocket: who asks is judged before the upgrade, what is asked for only afterwards. */
export async function openSocket(request: StreamRequest, context: StreamingContext): Promise<void> {
  const { headers, search } = request;
  const offered = headers['sec-websocket-protocol'];
  const listener = await identify(headers, search, context);
  if (isRefusal(listener)) return refuseSocket(request, listener);
  using opened = new DisposableStack();
  opened.use(listener.open);
  const connection = new StreamingSocket(listener, context);
  const sink = upgraded(request, connection, offered, context.settings.maxMessageBytes);
  if (!sink) return;
  // From here on the connection owns the view: it is told when it is over, whoever ends it.
  opened.move();
  const text = (name: string) => search.get(name) ?? undefined;
  connection.begin(sink, { stream: text('stream'), tag: text('tag'), list: text('list'), since: text('since') });
}

function upgraded(
  request: StreamRequest,
  connection: StreamingSocket,
  offered: string | undefined,
  maxMessageBytes: number,
): SocketSink | undefined {
  // Browsers fail a connection that does not answer with one of the protocols they offered, even if it is a token.
  const protocol = offered?.split(',')[0]?.trim();
  try {
    return request.websocket(connection, {
      maxMessageBytes,
      versions: [13, 8],
      ...(protocol ? { protocol } : {}),
    });
  } catch (error) {
    if (!(error instanceof CarillonError)) throw error;
    if (error.code === 'bad-request') refuseHandshake(request, error);
    else refuseSocket(request, refusalOf(error));
    return undefined;
  }
}

function refuseHandshake(request: StreamRequest, { facts }: CarillonError): void {
  const isVersion = facts.webSocketVersion !== undefined;
  const header = isVersion ? 'Sec-WebSocket-Version' : 'Sec-WebSocket-Key';
  const versions = isVersion ? { 'Sec-WebSocket-Version': '13, 8' } : {};
  request.respond(400, { 'Content-Type': 'text/html', ...versions }, `Missing or invalid ${header} header`);
}

type Address = Extract<Fact, { kind: 'address' }>['query'];

/** One open WebSocket: carries out what its session wants, with a reader for each stream. */
class StreamingSocket implements SocketOwner, ReaderHost {
  readonly principal: Principal;
  readonly #open: OpenView;
  readonly #context: StreamingContext;
  readonly #readers = new Map<string, StreamReader>();
  #sink: SocketSink | undefined;
  #state: SessionState;

  constructor({ principal, scopes, open }: Listener, context: StreamingContext) {
    this.principal = principal;
    this.#open = open;
    this.#context = context;
    this.#state = newSession(scopes);
  }

  get sink(): SocketSink {
    if (!this.#sink) throw new Error('a WebSocket is used before its handshake');
    return this.#sink;
  }

  get view(): View {
    return this.#open.view;
  }

  begin(sink: SocketSink, query: Address): void {
    this.#sink = sink;
    if (sink.closed) return;
    this.#open.onChange((change) => {
      if (this.view.ended) return sink.end(this.goodbye('revoked'));
      for (const reader of [...this.#readers.values()]) reader.follow(change);
    });
    this.#take({ kind: 'address', query });
    // The token may have been revoked, or the account suspended, while the request was on its way here.
    if (this.#isOver) sink.end(this.goodbye('revoked'));
  }

  message(data: string | Buffer): void {
    if (this.sink.pendingBytes > MAX_UNREAD_BYTES) this.sink.end(this.goodbye('limit'));
    else this.#take(typeof data === 'string' ? { kind: 'message', text: data } : { kind: 'binary' });
  }

  gap(stream: WantedStream, from: Position, reason: GapReason): Buffer {
    const facts = { stream: JSON.parse(streamKey(stream)), id: tokenAt(from, this.#context.log), reason };
    return textFrame(noticeText('gap', facts));
  }

  ended(stream: WantedStream, error: unknown): void {
    const isRefused = error === undefined || (error instanceof CarillonError && error.code === 'forbidden');
    if (error !== undefined && !(error instanceof CarillonError)) this.#context.failed(error, 'mastodon streaming');
    if (this.#isOver) this.sink.end(this.goodbye('revoked'));
    else if (isRefused) this.#take({ kind: 'ended', stream });
    else this.sink.end(this.goodbye('failed'));
  }

  /** The transport pings by itself; a text would be an event to some clients. */
  heartbeat(): undefined {
    return undefined;
  }

  stalledBefore(time: number): boolean {
    for (const { stalledSinceMs } of this.#readers.values())
      if (stalledSinceMs !== 0 && stalledSinceMs < time) return true;
    return false;
  }

  goodbye(reason: Goodbye): Farewell {
    const code = CLOSE_CODES[reason];
    return code === undefined ? {} : { code, reason };
  }

  closed(): void {
    for (const reader of this.#readers.values()) this.#dismiss(reader);
    this.#readers.clear();
    this.#open[Symbol.dispose]();
  }

  get #isOver(): boolean {
    return this.view.ended || !this.#context.gate.isValid(this.principal);
  }

  /** One step of the session, and everything that it wants done. */
  #take(fact: Fact): void {
    if (this.sink.closed) return;
    const positions = Object.fromEntries(Array.from(this.#readers, ([key, { position }]) => [key, position]));
    const input = { fact, positions, epoch: this.#context.log.head.epoch };
    const { state, actions } = this.#context.session.step(this.#state, input);
    this.#state = state;
    for (const action of actions) this.#do(action);
  }

  #do(action: Action): void {
    switch (action.kind) {
      case 'send':
        this.sink.write(textFrame(action.text));
        return;
      case 'locate':
        return this.#locate(action);
      case 'read':
        return this.#read(action.stream, action.after);
      case 'forget':
        return this.#forget(action.stream);
      case 'end':
        return this.sink.end({ code: action.code, reason: action.reason });
    }
  }

  #locate({ stream, mark, since }: Extract<Action, { kind: 'locate' }>): void {
    const { log, resumed } = this.#context;
    const topics = topicsOf(stream, this.view);
    if (!topics) return this.#take({ kind: 'refused', refusal: REFUSALS.foreignList, mark });
    const { after, gap, outcome } = findStart(since, topics, log);
    resumed?.(outcome);
    this.#take({ kind: 'located', stream, mark, after, gap });
  }

  #read(stream: WantedStream, after: Position): void {
    const { encodings, gate, hub } = this.#context;
    this.#forget(stream);
    const key = streamKey(stream);
    const encoding = encodings.socket(kindOf(stream.name, this.#state.scopes), key);
    const reader = new StreamReader(this, stream, encoding, gate);
    this.#readers.set(key, reader);
    reader.attach(after, hub);
  }

  #forget(stream: WantedStream): void {
    const key = streamKey(stream);
    const reader = this.#readers.get(key);
    if (!reader) return;
    this.#readers.delete(key);
    this.#dismiss(reader);
  }

  #dismiss(reader: StreamReader): void {
    reader.detach();
    this.#context.encodings.release(reader.encoding);
  }
}
