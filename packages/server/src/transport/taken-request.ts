import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { CarillonError, type Principal } from '@carillon/core';
import type { Held } from './connections.ts';
import type { Goodbye, SocketOwner, SocketSink, StreamOwner, StreamRequest, WebSocketOptions } from './contract.ts';
import type { Cors } from './cors.ts';
import { checkHandshake, type Handshake } from './handshake.ts';
import type { ReadMessage } from './message.ts';
import { OpenSocket } from './open-socket.ts';
import { type ConnectionContext, OpenStream } from './open-stream.ts';
import type { Problem } from './problem.ts';
import { type AnswerHeaders, answerHead, SECURITY_HEADERS, wholeAnswer } from './raw-answer.ts';
import { lingerClose } from './socket-end.ts';
import { type SocketUser, USER } from './taken-socket.ts';
import type { Target } from './target.ts';

/** What a taken-over request needs of its listener. */
export interface TakenContext extends ConnectionContext {
  readonly cors: Cors;
  readonly handshake: Handshake;
  /** An error as a whole answer, in the words of who answers at the path. */
  problemOf(error: unknown, path: string | undefined): Problem;
  /** Gives a socket, and bytes read too far, back to Node's HTTP machinery for the next request. */
  handBack(socket: Socket, head: Buffer): void;
}

export interface TakenOptions {
  readonly target: Target;
  readonly address: string;
  readonly head: Buffer;
  /** Whether the socket may serve another request after a whole answer. */
  readonly reusable: boolean;
}

const NO_HEADERS: IncomingHttpHeaders = {};
const NO_BYTES = Buffer.alloc(0);
const STREAM_HEADERS: AnswerHeaders = {
  'Content-Type': 'text/event-stream',
  'Cache-Control': 'no-store',
  Connection: 'close',
  // Tells nginx and its kin not to collect the stream.
  'X-Accel-Buffering': 'no',
  ...SECURITY_HEADERS,
};

/** A request on a bare socket that nobody has answered yet; while parked, nothing else remains of it. */
export class TakenRequest implements StreamRequest, SocketUser, Held {
  slot = -1;
  readonly kind = 'poll';
  readonly method: string;
  readonly path: string;
  readonly address: string;
  query: string;
  headers: IncomingHttpHeaders;
  private readonly context: TakenContext;
  private readonly socket: Socket;
  private readonly corsHeaders: AnswerHeaders;
  private head: Buffer;
  private reusable: boolean;
  /** Only the handshake still needs Node's own request object. */
  private message: ReadMessage | undefined;
  private parkedFor: Principal | undefined;
  private abort: AbortController | undefined;
  private endReason: Goodbye | 'gone' | undefined;
  private answered = false;
  private readonly sinceMs: number;

  /** Counts against its address until the socket closes or is handed back; throws `rate-limited`. */
  constructor(context: TakenContext, socket: Socket, message: ReadMessage, options: TakenOptions) {
    this.context = context;
    this.socket = socket;
    this.method = message.method ?? 'GET';
    this.path = options.target.path;
    this.query = options.target.query;
    this.headers = message.headers;
    this.address = options.address;
    this.head = options.head;
    this.reusable = options.reusable;
    this.message = message.upgradeAsked ? message : undefined;
    this.corsHeaders = context.cors.headers(this.path, message.headers.origin);
    context.registry.enter(this, this.address);
    this.sinceMs = context.registry.nowMs;
    socket[USER] = this;
  }

  get search(): URLSearchParams {
    return new URLSearchParams(this.query);
  }

  get signal(): AbortSignal {
    this.abort ??= new AbortController();
    if (this.endReason !== undefined) this.abort.abort(this.endReason);
    return this.abort.signal;
  }

  get principal(): Principal {
    if (!this.parkedFor) throw new Error('only a parked request has a principal');
    return this.parkedFor;
  }

  /** Whether an answer was begun or the client is gone. */
  get isOver(): boolean {
    return this.answered || this.endReason === 'gone';
  }

  park(principal: Principal): void {
    if (this.parkedFor) throw new Error('a request is parked once');
    this.parkedFor = principal;
    try {
      this.context.registry.admit(this);
    } catch (error) {
      this.parkedFor = undefined;
      throw error;
    }
    this.context.registry.settle(this);
    this.headers = NO_HEADERS;
    this.query = '';
    if (this.endReason === 'gone') this.unpark('client');
    else if (this.context.registry.draining) this.stop('drain');
  }

  sse(owner: StreamOwner, headers: AnswerHeaders = {}): SocketSink {
    const head = answerHead(200, STREAM_HEADERS, this.corsHeaders, headers);
    this.begin();
    const stream = this.admit(() => new OpenStream(this.context, this.socket, owner, this.address));
    this.handOver(stream);
    this.socket.write(head, 'latin1');
    // Nobody listens: whatever else the client sends is read and dropped, so that its end is noticed.
    this.socket.resume();
    return stream;
  }

  websocket(owner: SocketOwner, options: WebSocketOptions): SocketSink {
    const { message } = this;
    const offered = this.headers['sec-websocket-protocol'];
    if (!message) throw new Error('websocket() is for requests that ask for it');
    checkHandshake(message, options.versions);
    this.begin();
    const opened = this.admit(() => new OpenSocket(this.context, this.socket, owner, this.address, options));
    this.handOver(opened);
    if (this.endReason !== 'gone') {
      this.context.handshake.complete(
        { message, socket: this.socket, head: this.head, offered, options },
        (webSocket) => {
          opened.attach(webSocket);
        },
      );
    }
    return opened;
  }

  respond(status: number, headers: AnswerHeaders, body: string | Uint8Array): void {
    if (this.endReason === 'gone') return;
    const { context, socket } = this;
    const reusable = this.reusable && !context.registry.draining && socket.readable && socket.writable;
    const connection: AnswerHeaders = reusable ? {} : { Connection: 'close' };
    const base: AnswerHeaders = { 'Cache-Control': 'no-store', ...SECURITY_HEADERS };
    const answer = wholeAnswer(status, body, base, this.corsHeaders, headers, connection);
    this.begin();
    this.unpark(this.endReason ?? 'client');
    context.registry.settle(this);
    if (!reusable) {
      lingerClose(socket, answer, context.settings.timeouts.lingerMs);
      return;
    }
    socket.write(answer);
    context.handBack(socket, this.head);
  }

  /** Answers with the error, unless an answer was begun; then the connection can only be dropped. */
  fail(error: unknown): void {
    if (!(error instanceof CarillonError)) this.context.events.failed?.(error, `route ${this.path}`);
    if (this.isOver) {
      if (this.endReason !== 'gone' && this.socket[USER] === this) this.socket.destroy();
      return;
    }
    const { status, code, headers, body } = this.context.problemOf(error, this.path);
    // A browser's EventSource gives up for good on any answer but 200; a lost connection it opens again.
    if (code === 'draining' && this.headers.accept?.includes('text/event-stream')) return this.destroy();
    this.context.events.refused?.(code);
    this.respond(status, headers, body);
  }

  visit(nowMs: number, timeMs: number): void {
    if (this.parkedFor) {
      if ((this.parkedFor.expiresAtMs ?? Number.POSITIVE_INFINITY) <= timeMs) this.stop('expired');
    } else if (nowMs - this.sinceMs > this.context.settings.timeouts.loginMs) {
      this.fail(new CarillonError('timeout', 'the request was not decided in time; try again'));
    }
  }

  goodbye(reason: Goodbye): void {
    this.stop(reason);
  }

  destroy(): void {
    this.socket.destroy();
  }

  socketClosed(): void {
    this.context.registry.settle(this);
    this.unpark('client');
    if (!this.answered) this.stop('gone');
  }

  private stop(reason: Goodbye | 'gone'): void {
    if (this.endReason === 'gone' || this.endReason === reason) return;
    this.endReason = reason;
    this.abort?.abort(reason);
  }

  private begin(): void {
    if (this.answered) throw new Error('a request is answered once');
    this.answered = true;
  }

  private admit<T>(open: () => T): T {
    try {
      return open();
    } catch (error) {
      this.answered = false;
      throw error;
    }
  }

  private unpark(why: Goodbye | 'gone' | 'client'): void {
    if (this.slot >= 0) this.context.registry.release(this, why === 'gone' ? 'client' : why);
  }

  private handOver(user: OpenStream): void {
    this.unpark('client');
    this.context.registry.settle(this);
    this.message = undefined;
    this.headers = NO_HEADERS;
    if (this.endReason === 'gone') {
      // The socket's `close` has been and gone; the owner hears it after it got its sink.
      process.nextTick(() => user.socketClosed());
      return;
    }
    this.socket[USER] = user;
    if (user.kind === 'sse') this.head = NO_BYTES;
  }
}
