import type { Socket } from 'node:net';
import { type RawData, WebSocket } from 'ws';
import type { Farewell, SocketOwner, WebSocketOptions } from './contract.ts';
import type { ConnectionKind } from './events.ts';
import { type ConnectionContext, OpenStream } from './open-stream.ts';
import { PING_FRAME } from './text-frame.ts';

/** The `ws` object of one connection, which knows whom to tell; its listeners are shared functions. */
export class ReaderWebSocket extends WebSocket {
  connection: OpenSocket | undefined;

  /** Also how `ws` answers the client's close frame: nothing may follow it (RFC 6455 §5.5.1). */
  override close(code?: number, reason?: string | Buffer): void {
    this.connection?.closing();
    super.close(code, reason);
  }
}

const MAX_REASON_BYTES = 123;
const MAX_PENDING_PONG_BYTES = 16_384;

/** One open WebSocket: `ws` reads frames and says pong and close; what we send goes to the socket as whole frames. */
export class OpenSocket extends OpenStream {
  private readonly socketOwner: SocketOwner;
  private readonly perSecond: number;
  private webSocket: ReaderWebSocket | undefined;
  private allowance: number;
  private allowanceAtMs: number;
  /** A ping is out and nothing has been heard since. */
  private awaitingPong = false;
  private lastHeardMs: number;

  constructor(
    context: ConnectionContext,
    socket: Socket,
    owner: SocketOwner,
    address: string,
    options: WebSocketOptions,
  ) {
    super(context, socket, owner, address);
    this.socketOwner = owner;
    this.perSecond = options.messagesPerSecond ?? context.settings.limits.messagesPerSecond;
    this.allowance = context.settings.limits.messageBurst;
    this.allowanceAtMs = this.lastHeardMs = performance.now();
  }

  override get kind(): ConnectionKind {
    return 'websocket';
  }

  /** A close frame is about to be sent, whoever began. */
  closing(): void {
    this.endedAtMs ||= performance.now();
  }

  /** Begins to listen, once the handshake is done. */
  attach(webSocket: ReaderWebSocket): void {
    this.webSocket = webSocket;
    webSocket.connection = this;
    webSocket.on('message', onMessage);
    webSocket.on('ping', onPing);
    webSocket.on('pong', onPong);
    webSocket.on('error', ignore);
  }

  override visit(nowMs: number, timeMs: number): void {
    super.visit(nowMs, timeMs);
    if (this.closed) return;
    // Only when nothing waits to be taken: a reader that is merely slow is the owner's to judge.
    if (this.pendingBytes > 0) {
      this.awaitingPong = false;
      this.lastHeardMs = nowMs;
    } else if (nowMs - this.lastHeardMs >= this.context.settings.heartbeatMs) {
      if (this.awaitingPong) return this.goodbye('stalled');
      this.awaitingPong = true;
      this.lastHeardMs = nowMs;
      this.mayWait = true;
      this.socket.write(PING_FRAME);
    }
  }

  receive(data: RawData, isBinary: boolean): void {
    if (!this.mayReceive() || !Buffer.isBuffer(data)) return;
    try {
      this.socketOwner.message(isBinary ? data : data.toString('utf8'));
    } catch (error) {
      this.context.events.failed?.(error, 'websocket message');
      this.goodbye('failed');
    }
  }

  /** Notes a sign of life and takes it off the allowance; beyond it the connection ends with 1008. */
  mayReceive(): boolean {
    if (this.closed) return false;
    const nowMs = performance.now();
    this.awaitingPong = false;
    this.lastHeardMs = nowMs;
    if (this.perSecond === Number.POSITIVE_INFINITY) return true;
    const { messageBurst } = this.context.settings.limits;
    this.allowance =
      Math.min(messageBurst, this.allowance + ((nowMs - this.allowanceAtMs) * this.perSecond) / 1_000) - 1;
    this.allowanceAtMs = nowMs;
    if (this.allowance >= 0) return true;
    this.goodbye('limit');
    return false;
  }

  /** RFC 6455 §5.5.3 allows to answer only the latest ping, so none is answered to who does not read. */
  answerPing(data: Buffer): void {
    if (!this.mayReceive() || this.pendingBytes >= MAX_PENDING_PONG_BYTES) return;
    this.mayWait = true;
    this.webSocket?.pong(data);
  }

  protected override finish(farewell: Farewell): void {
    if (farewell.frame) this.socket.write(farewell.frame);
    const reason = Buffer.from(farewell.reason ?? '').subarray(0, MAX_REASON_BYTES);
    if (farewell.code === undefined) this.webSocket?.close();
    else this.webSocket?.close(farewell.code, reason);
  }
}

function onMessage(this: WebSocket, data: RawData, isBinary: boolean): void {
  if (this instanceof ReaderWebSocket) this.connection?.receive(data, isBinary);
}

function onPing(this: WebSocket, data: Buffer): void {
  if (this instanceof ReaderWebSocket) this.connection?.answerPing(data);
}

function onPong(this: WebSocket): void {
  if (this instanceof ReaderWebSocket) this.connection?.mayReceive();
}

/** `ws` has answered the violation with its close code already; `close` follows. */
function ignore(): void {}
