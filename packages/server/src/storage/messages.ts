import type { MessagePort } from 'node:worker_threads';
import type { Epoch, ErrorValue, Event, IdempotencyKey, Position } from '@carillon/core';
import type { RetentionSettings, StorageSettings } from './settings.ts';

/** What one tick of the main thread asks of the writer: operations in order, packed as `frame.ts` says. */
export interface Frame {
  readonly kind: 'frame';
  readonly operations: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Topics that the frame's events name by index. */
  readonly topics: readonly string[];
  /** What does not fit into bytes, in the order in which the frame refers to it. */
  readonly side: readonly Side[];
}

/** An operation other than a plain append, or the idempotency key of an append. */
export type Side =
  | { readonly kind: 'key'; readonly key: IdempotencyKey }
  | { readonly kind: 'command'; readonly name: string; readonly input: unknown; readonly key?: IdempotencyKey }
  | { readonly kind: 'erase'; readonly positions: readonly Position[] }
  | { readonly kind: 'ingest'; readonly events: readonly Event[] }
  | { readonly kind: 'expire'; readonly now: number }
  | { readonly kind: 'retention'; readonly settings: RetentionSettings }
  | { readonly kind: 'barrier' };

export type ToWriter =
  | Frame
  /** Data bytes of the events that retention may remove, counted while the index was built. */
  | { readonly kind: 'start'; readonly removableBytes: number }
  | { readonly kind: 'close' };

export interface WriterData {
  readonly settings: StorageSettings;
  /** Given when another sequencer gives positions: this directory only follows. */
  readonly follows?: Epoch;
  readonly checkpointer: MessagePort;
}

/** Topic ids of some events, one after another: `counts[i]` of them belong to `positions[i]`. */
export interface TopicColumn {
  readonly positions: Float64Array<ArrayBuffer>;
  readonly counts: Uint8Array<ArrayBuffer>;
  readonly topics: Uint32Array<ArrayBuffer>;
}

/** What a commit changed beside adding events. */
export interface Changes {
  readonly newTopics: readonly (readonly [id: number, name: string])[];
  readonly removed: readonly TopicColumn[];
  readonly erased: readonly Position[];
}

/** How an operation went, where that is not "its events follow the ones before". */
export type Outcome =
  | { readonly kind: 'error'; readonly error: ErrorValue }
  | {
      readonly kind: 'done';
      readonly first: Position;
      readonly count: number;
      readonly duplicate: boolean;
      readonly result: unknown;
      /** The command's own events, packed as rows. */
      readonly rows?: Uint8Array<ArrayBuffer>;
    };

export interface Exception {
  /** Which operation of the batch. */
  readonly operation: number;
  readonly outcome: Outcome;
  /** Where positions and ids go on after it. */
  readonly position: Position;
  readonly id: number;
}

export interface Committed {
  readonly kind: 'committed';
  /** How many operations this answers, in the order in which they were sent. */
  readonly operations: number;
  readonly time: number;
  /** Position and id before the batch. */
  readonly position: Position;
  readonly id: number;
  readonly exceptions: readonly Exception[];
  readonly changes: Changes | undefined;
  readonly end: Position;
  readonly sealedMs: number;
}

export type FromWriter =
  | { readonly kind: 'opened'; readonly opened: Opened }
  | Committed
  /** None of these operations was stored. */
  | { readonly kind: 'refused'; readonly operations: number; readonly error: ErrorValue }
  | { readonly kind: 'sealed'; readonly sealedMs: number }
  | { readonly kind: 'notice'; readonly notice: Notice }
  /** The process must end: what is on the disk is unknown. */
  | { readonly kind: 'fatal'; readonly message: string }
  /** The directory cannot be opened. */
  | { readonly kind: 'unusable'; readonly error: ErrorValue }
  | { readonly kind: 'closed' };

export interface Notice {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
}

export interface Opened {
  readonly epoch: Epoch;
  readonly position: Position;
  readonly stamp: number;
  readonly created: boolean;
}

export type ToReader = { readonly ask: number; readonly name: string; readonly input: unknown };

export type FromReader =
  | { readonly ask: number; readonly position: Position; readonly rows: unknown }
  | { readonly ask: number; readonly error: ErrorValue; readonly detail?: string };

export type ToCheckpointer = 'checkpoint' | 'close';

export type FromCheckpointer =
  | { readonly kind: 'checkpointed'; readonly frames: number; readonly moved: number }
  | { readonly kind: 'failed'; readonly fault: 'refused' | 'fatal' | 'unknown'; readonly message: string };
