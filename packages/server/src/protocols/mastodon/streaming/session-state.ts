import type { Position } from '@carillon/core';
import type { Refusal } from './refusals.ts';
import type { GapReason } from './resume.ts';
import type { WantedStream } from './streams.ts';

/** All that one WebSocket connection is, as a plain value that survives JSON between any two steps (kernel K12). */
export type SessionState = {
  /** What its token may do. */
  readonly scopes: readonly string[];
  readonly subscriptions: readonly Subscription[];
};

export type Subscription = {
  readonly stream: WantedStream;
  /** Everything of the stream up to here was handed to the connection. */
  readonly position: Position;
};

/** By which a client knows the answer to its request, its `ack`; only those that give one are answered. */
export type Mark = string | number;

export type Fact =
  | { readonly kind: 'message'; readonly text: string }
  | { readonly kind: 'binary' }
  /** What the address asked for when the connection was opened. */
  | {
      readonly kind: 'address';
      readonly query: Readonly<Record<'stream' | 'tag' | 'list' | 'since', string | undefined>>;
    }
  /** The stream may be read after `after`. */
  | {
      readonly kind: 'located';
      readonly stream: WantedStream;
      readonly mark: Mark | undefined;
      readonly after: Position;
      readonly gap: GapReason | undefined;
    }
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly mark: Mark | undefined }
  /** Its list was deleted, or is no longer the viewer's. */
  | { readonly kind: 'ended'; readonly stream: WantedStream };

/** What a session wants done, in this order. */
export type Action =
  | { readonly kind: 'send'; readonly text: string }
  | {
      readonly kind: 'locate';
      readonly stream: WantedStream;
      readonly mark: Mark | undefined;
      readonly since: string | undefined;
    }
  | { readonly kind: 'read'; readonly stream: WantedStream; readonly after: Position }
  | { readonly kind: 'forget'; readonly stream: WantedStream }
  | { readonly kind: 'end'; readonly code: number; readonly reason: string };

export interface SessionInput {
  readonly fact: Fact;
  /** How far each stream has come by now, by its key. */
  readonly positions: Readonly<Record<string, Position>>;
  /** Names the history that positions belong to. */
  readonly epoch: string;
}

export interface SessionLimits {
  readonly maxSubscriptions: number;
}
