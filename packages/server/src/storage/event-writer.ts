import type { Position } from '@carillon/core';
import type { FramedEvent } from './frame.ts';
import type { Changes } from './messages.ts';
import type { RetentionSettings } from './settings.ts';

/** The place an event takes in the log. */
export interface Place {
  readonly position: Position;
  readonly id: number;
  readonly time: number;
}

/** An event as a command or another sequencer made it. */
export type LooseEvent = Omit<FramedEvent, 'whole'>;

/** What the commit unit needs of the log: rows in, all inside the unit's transaction. */
export interface EventWriter {
  insert(event: FramedEvent | LooseEvent, place: Place): void;
  /** Positions that were never events here, between the end and what comes next. */
  skip(first: Position, last: Position): void;
  erase(positions: readonly Position[]): void;
  eraseSubject(subject: string): void;
  remove(positions: readonly Position[]): void;
  /** Rows as `log` reads them, for events that the main thread does not hold. */
  pack(events: readonly (readonly [LooseEvent, Place])[]): Uint8Array<ArrayBuffer>;
  /** Removes at most about `rows` events that are past their time at `now`; whether there may be more. */
  sweep(now: number, rows: number): boolean;
  retain(retention: RetentionSettings): void;
  /** Data bytes of the events that retention may remove, counted while the index was built. */
  countFrom(removableBytes: number): void;
  /** State before a savepoint, for `undo` after it was rolled back. */
  mark(): unknown;
  undo(mark: unknown): void;
  /** What this transaction changed; called once before each commit. */
  changes(): Changes | undefined;
  /** Whether bytes were erased that older pages of the write-ahead log still hold. */
  readonly erasedBytes: boolean;
  /** The transaction is durable. */
  committed(): void;
  /** The transaction was rolled back. */
  abandoned(): void;
}
