import { randomUUID } from 'node:crypto';
import { CarillonError, type Position, type Principal, showTopic, toErrorValue } from '@carillon/core';
import type { Reader, ReaderOwner } from '../../../../hub/index.ts';
import type { Farewell, Goodbye, SocketOwner, SocketSink, StreamRequest } from '../../../../transport/index.ts';
import { textFrame } from '../../../../transport/index.ts';
import type { EventsDependencies } from '../dependencies.ts';
import type { Encodings } from '../encodings.ts';
import { closeOf, endOf } from '../farewell.ts';
import type { Publisher } from '../publisher.ts';
import { newSession, type Sessions } from '../session.ts';
import type { Action, Fact, Moment, SessionState } from '../session-state.ts';
import { findStart, outcomeOf, tokenAt } from '../start.ts';
import type { Viewer, Viewing } from '../viewer.ts';
import type { MessageId } from '../wire/message.ts';
import { say } from '../wire/say.ts';
import { PresenceWatch } from './presence-watch.ts';

/** Answers that a client does not take are not gathered beyond this. */
const MAX_UNREAD_BYTES = 1_048_576;
/** News of presence lists is at most once: a client that is this far behind goes without. */
const MAX_UNREAD_BEFORE_NEWS = 65_536;

/** What all sockets share, so that one of them costs only itself. */
export interface SocketContext extends EventsDependencies {
  readonly encodings: Encodings;
  readonly publisher: Publisher;
  readonly sessions: Sessions;
}

type Doing<Kind extends Action['kind']> = Extract<Action, { kind: Kind }>;

export function openSocket(request: StreamRequest, viewer: Viewer, context: SocketContext): void {
  const { maxMessageBytes } = context.settings;
  const socket = new EventSocket(viewer, context);
  socket.begin(request.websocket(socket, { maxMessageBytes }));
}

/** One open WebSocket: carries out what its session wants and tells it what came of it. */
class EventSocket implements ReaderOwner, SocketOwner, Viewing {
  readonly principal: Principal;
  readonly #viewer: Viewer;
  readonly #context: SocketContext;
  #sink: SocketSink | undefined;
  #reader: Reader | undefined;
  #state: SessionState;
  #watch: PresenceWatch | undefined;

  constructor(viewer: Viewer, context: SocketContext) {
    this.principal = viewer.principal;
    this.#viewer = viewer;
    this.#context = context;
    this.#state = newSession(randomUUID(), this.#moment(), context.settings.messageBurst);
  }

  get topics(): readonly string[] {
    return this.#state.subscriptions.map(({ topic }) => topic);
  }

  get reader(): Reader | undefined {
    return this.#reader;
  }

  get sink(): SocketSink {
    if (!this.#sink) throw new Error('a WebSocket is used before its handshake');
    return this.#sink;
  }

  /** The credential may have been revoked while the request was on its way here: asked again once it is open. */
  begin(sink: SocketSink): void {
    this.#sink = sink;
    if (sink.closed) this.#viewer.close();
    else this.#viewer.follow(this);
    if (!sink.closed && !this.#context.gate.isValid(this.principal)) sink.end(this.goodbye('revoked'));
  }

  message(data: string | Buffer): void {
    if (this.sink.pendingBytes > MAX_UNREAD_BYTES) this.sink.end(this.goodbye('limit'));
    else this.#take(typeof data === 'string' ? { kind: 'message', text: data } : { kind: 'binary' });
  }

  mayRead(topic: string): boolean {
    return this.#viewer.mayRead(topic);
  }

  gapFrame(from: Position): Buffer {
    return textFrame(say.gap(tokenAt(from, this.#context.log.head), 'removed'));
  }

  liveFrame(position: Position, topics: readonly string[]): Buffer {
    const shown = topics.map((topic) => showTopic(topic, this.principal.app));
    return textFrame(say.live(shown, tokenAt(position, this.#context.log.head)));
  }

  heartbeat(): Buffer {
    return textFrame(say.position(this.#moment().token));
  }

  stalledBefore(time: number): boolean {
    const since = this.#reader?.stalledSinceMs ?? 0;
    return since !== 0 && since < time;
  }

  goodbye(reason: Goodbye): Farewell {
    return { frame: textFrame(say.goodbye(reason)), ...closeOf(reason) };
  }

  failed(error: unknown): void {
    this.sink.end(this.goodbye(endOf(error, this.principal)));
  }

  closed(): void {
    this.#reader?.detach();
    this.#viewer.close();
    this.#watch?.close();
    if (this.#state.present.length > 0) this.#inBackground(this.#context.presence.leaveAll(this.#state.connection));
  }

  /** One step of the session, and everything that it wants done. */
  #take(fact: Fact): void {
    if (this.sink.closed) return;
    const machine = this.#context.sessions.of(this.principal.app);
    const { state, actions } = machine.step(this.#state, { fact, moment: this.#moment() });
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
        return this.#read(action);
      case 'forget':
        this.#reader?.removeTopics(action.topics);
        return this.#watchPresence();
      case 'publish':
        return this.#answer(action.id, this.#publish(action));
      case 'presence':
        return this.#answer(action.id, this.#presence(action));
      case 'end':
        return this.sink.end(this.goodbye(action.reason));
    }
  }

  #locate({ id, topics, presence, from }: Doing<'locate'>): void {
    const { log } = this.#context;
    try {
      this.#viewer.require(topics);
    } catch (error) {
      return this.#take({ kind: 'refused', id, error: toErrorValue(error) });
    }
    const start = findStart(from, log.head, log.lastRemoved(topics));
    const { after, gap } = start;
    this.#context.resumed?.(outcomeOf(from, start));
    this.#take({ kind: 'located', id, topics, presence, after, token: tokenAt(after, log.head), gap });
  }

  /** A topic that is subscribed again begins anew. */
  #read({ topics, after }: Doing<'read'>): void {
    const floors = this.#viewer.floorsOf(topics, after);
    if (this.#reader) {
      this.#reader.removeTopics(topics);
      this.#reader.addTopics(floors, after);
    } else {
      const encoding = this.#context.encodings.socket(this.principal.app);
      const choice = this.#viewer.choice((topic) => this.topics.includes(topic));
      this.#reader = this.#context.hub.attach(this, { encoding, topics: floors, after, ...choice });
    }
    this.#watchPresence();
  }

  async #publish({ id, events, key }: Doing<'publish'>): Promise<Fact> {
    return { kind: 'published', id, ...(await this.#context.publisher.publish(this.principal, events, key)) };
  }

  async #presence({ id, topic, action, info }: Doing<'presence'>): Promise<Fact> {
    const { gate, presence } = this.#context;
    const { connection } = this.#state;
    gate.require(this.principal, 'subscribe', [topic]);
    if (action === 'enter') await presence.enter(topic, connection, { id: this.principal.id, info });
    if (action === 'leave') await presence.leave(topic, connection);
    // Gone meanwhile: `closed` could not know of this entry yet.
    if (this.sink.closed) await presence.leaveAll(connection);
    return { kind: 'members', id, topic, action, members: await presence.list(topic) };
  }

  #watchPresence(): void {
    const wanted = this.#state.subscriptions.filter(({ presence }) => presence).map(({ topic }) => topic);
    if (wanted.length === 0 && !this.#watch) return;
    this.#watch ??= new PresenceWatch(this.#context.presence, ({ topic, action, member }) => {
      if (this.sink.pendingBytes > MAX_UNREAD_BEFORE_NEWS || !this.mayRead(topic)) return;
      this.#take({ kind: 'presence', topic, action, member });
    });
    this.#watch.set(wanted);
  }

  #answer(id: MessageId | undefined, work: Promise<Fact>): void {
    work.then(
      (fact) => this.#take(fact),
      (error: unknown) => {
        if (!(error instanceof CarillonError)) this.#context.failed?.(error, 'events socket');
        this.#take({ kind: 'refused', id, error: toErrorValue(error) });
      },
    );
  }

  #inBackground(work: Promise<void>): void {
    work.catch((error: unknown) => this.#context.failed?.(error, 'events socket'));
  }

  #moment(): Moment {
    const { head } = this.#context.log;
    const position = this.#reader?.position ?? head.position;
    return { nowMs: Date.now(), position, token: tokenAt(position, head) };
  }
}
