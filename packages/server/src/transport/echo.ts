import { NO_GRANTS, type Principal } from '@carillon/core';
import type { Farewell, Goodbye, SocketOwner, SocketSink, StreamRequest, StreamRoute } from './contract.ts';
import { binaryFrame, textFrame } from './text-frame.ts';

const MAX_MESSAGE_BYTES = 64 * 1_048_576;
const MAX_PENDING_BYTES = 2 * MAX_MESSAGE_BYTES;
const NOBODY: Principal = { id: 'test:echo', app: 'test', grants: NO_GRANTS, admin: false, credentialId: 'test:echo' };
const GOODBYES: Readonly<Record<Goodbye, number>> = {
  drain: 1012,
  expired: 1008,
  revoked: 1008,
  stalled: 1008,
  limit: 1008,
  failed: 1011,
};

/**
 * Sends every WebSocket message back: lets suites that nobody here wrote test this listener and stack. Anyone may
 * connect and messages are large, so it is only mounted where the settings ask for it.
 */
export function createEchoRoute(path = '/test/echo'): StreamRoute {
  return {
    kind: 'websocket',
    matches: (head) => head.path === path,
    open: (request) => new Echo().open(request),
  };
}

class Echo implements SocketOwner {
  readonly principal = NOBODY;
  private sink: SocketSink | undefined;

  open(request: StreamRequest): void {
    this.sink = request.websocket(this, {
      maxMessageBytes: MAX_MESSAGE_BYTES,
      maxFragments: 1_000_000,
      messagesPerSecond: Number.POSITIVE_INFINITY,
    });
  }

  message(data: string | Buffer): void {
    const { sink } = this;
    sink?.write(typeof data === 'string' ? textFrame(data) : binaryFrame(data));
    if (sink && sink.pendingBytes > MAX_PENDING_BYTES) sink.end({ code: 1008, reason: 'read what you asked for' });
  }

  heartbeat(): undefined {
    return undefined;
  }

  goodbye(reason: Goodbye): Farewell {
    return { code: GOODBYES[reason] };
  }

  stalledBefore(): boolean {
    return false;
  }

  closed(): void {
    this.sink = undefined;
  }
}
