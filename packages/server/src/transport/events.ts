import type { ErrorCode } from '@carillon/core';
import type { Goodbye } from './contract.ts';

export type ConnectionKind = 'sse' | 'websocket' | 'poll';

/** What the transport tells its host, for logs and metrics; every call is optional and must not throw. */
export interface TransportEvents {
  /** A stream, parked poll or WebSocket began its life. */
  opened?(kind: ConnectionKind): void;
  /** It ended: why, or `client` when the other side went away. */
  closed?(kind: ConnectionKind, why: Goodbye | 'client'): void;
  /** A request was refused before any route saw it, or at a limit. */
  refused?(code: ErrorCode): void;
  /** An ordinary request was answered. */
  answered?(request: { readonly method: string; readonly status: number; readonly durationMs: number }): void;
  /** A route or owner threw what is no `CarillonError`: a bug. */
  failed?(error: unknown, where: string): void;
}
