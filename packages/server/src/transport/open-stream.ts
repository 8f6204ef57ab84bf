import type { Socket } from 'node:net';
import type { Principal } from '@carillon/core';
import type { Held, Registry } from './connections.ts';
import type { Farewell, Goodbye, SocketSink, StreamOwner } from './contract.ts';
import { type DirectHandle, type DirectWriter, openDirectWrites } from './direct-write.ts';
import type { ConnectionKind, TransportEvents } from './events.ts';
import type { ListenerSettings } from './settings.ts';
import type { SocketUser } from './taken-socket.ts';

const NOTHING = Buffer.alloc(0);
/** RFC 6455 §7.4.1. */
const INTERNAL_ERROR = 1011;
const direct = openDirectWrites();

/** What all connections of a listener share. */
export interface ConnectionContext {
  readonly settings: ListenerSettings;
  readonly registry: Registry;
  readonly events: TransportEvents;
}

/** One open event stream: a socket and its owner, no timer, closure or queue of its own. */
export class OpenStream implements SocketSink, SocketUser, Held, DirectWriter {
  slot = -1;
  readonly address: string;
  protected readonly context: ConnectionContext;
  protected readonly socket: Socket;
  protected readonly owner: StreamOwner;
  /** Monotonic; 0 while nobody has ended it from here. */
  protected endedAtMs = 0;
  protected lastWriteMs: number;
  private readonly handle: DirectHandle | undefined;
  /**
   * Whether anything may wait in the socket: while nothing does, frames are written past it. Whoever writes to the
   * socket by another way must set this, or what then waits is not counted.
   */
  protected mayWait = true;
  /** Bytes of a direct write that the kernel did not take at once. */
  private queuedBytes = 0;
  /** How much earlier than the full heartbeat this one speaks, so that a broadcast is not answered by a chorus. */
  private readonly earlyMs: number;
  private why: Goodbye | 'client' = 'client';

  /** Throws as `Registry.admit` does; the socket is then untouched. */
  constructor(context: ConnectionContext, socket: Socket, owner: StreamOwner, address: string) {
    this.context = context;
    this.socket = socket;
    this.owner = owner;
    this.handle = direct?.handleOf(socket);
    this.address = address;
    this.earlyMs = Math.floor((context.registry.random() * context.settings.heartbeatMs) / 4);
    this.lastWriteMs = context.registry.nowMs;
    context.registry.admit(this);
  }

  get kind(): ConnectionKind {
    return 'sse';
  }

  get principal(): Principal {
    return this.owner.principal;
  }

  get pendingBytes(): number {
    if (!this.mayWait) return 0;
    const bytes = this.queuedBytes + this.socket.writableLength;
    this.mayWait = bytes > 0;
    return bytes;
  }

  get closed(): boolean {
    return this.endedAtMs !== 0 || !this.socket.writable;
  }

  write(frames: Buffer): boolean {
    if (this.endedAtMs !== 0) return true;
    this.lastWriteMs = this.context.registry.nowMs;
    if (direct && this.handle && this.pendingBytes === 0) {
      const written = direct.write(this.handle, frames, this);
      if (written === 'failed') this.socket.destroy();
      if (written !== 'queued') return true;
      this.mayWait = true;
      this.queuedBytes = frames.length;
      return false;
    }
    if (this.closed) return true;
    this.mayWait = true;
    this.socket.write(frames);
    return false;
  }

  directWriteDone(status: number): void {
    this.queuedBytes = 0;
    if (status < 0) this.socket.destroy();
  }

  onDrain(listener: () => void): void {
    if (this.closed) return;
    const call = (error?: Error | null): void => {
      if (!error && !this.closed) listener();
    };
    // The socket's own `drain` only fires above its high-water mark; an empty write is called back in its turn, or
    // with an error if the socket closes first.
    if (this.pendingBytes === 0) process.nextTick(call);
    else this.socket.write(NOTHING, call);
  }

  end(farewell: Farewell): void {
    if (this.closed) return;
    this.endedAtMs = performance.now();
    this.finish(farewell);
  }

  goodbye(reason: Goodbye): void {
    if (this.closed) return;
    this.why = reason;
    this.end(this.ask(() => this.owner.goodbye(reason)) ?? { code: INTERNAL_ERROR });
  }

  destroy(): void {
    this.socket.destroy();
  }

  visit(nowMs: number, timeMs: number): void {
    const { settings } = this.context;
    if (this.endedAtMs !== 0) {
      if (nowMs - this.endedAtMs >= settings.timeouts.lingerMs) this.socket.destroy();
      return;
    }
    if ((this.principal.expiresAtMs ?? Number.POSITIVE_INFINITY) <= timeMs) return this.goodbye('expired');
    if (this.pendingBytes > 0) {
      if (this.ask(() => this.owner.stalledBefore(timeMs - settings.stalledAfterMs))) this.goodbye('stalled');
      return;
    }
    if (nowMs - this.lastWriteMs < settings.heartbeatMs - this.earlyMs) return;
    const frame = this.ask(() => this.owner.heartbeat());
    if (frame) this.write(frame);
    else this.lastWriteMs = nowMs;
  }

  socketClosed(): void {
    this.endedAtMs ||= performance.now();
    this.context.registry.release(this, this.why);
    this.ask(() => this.owner.closed());
  }

  protected finish(farewell: Farewell): void {
    if (farewell.frame) this.socket.end(farewell.frame);
    else this.socket.end();
  }

  /** Whatever an owner throws is a bug; it must not reach the other connections. */
  protected ask<T>(question: () => T): T | undefined {
    try {
      return question();
    } catch (error) {
      this.context.events.failed?.(error, this.kind);
      return undefined;
    }
  }
}
