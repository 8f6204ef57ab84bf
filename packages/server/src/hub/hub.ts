import type { Event, Head, Page, Position, TopicFloor } from '@carillon/core';
import type { Reader, ReaderOptions, ReaderOwner } from './reader.ts';

/** A parked long poll: asks once, is answered once. */
export interface WaitOptions {
  readonly topics: readonly TopicFloor[];
  readonly after: Position;
  readonly limit: number;
  readonly maxBytes: number;
  readonly timeoutMs: number;
  /** The gate's answer for a topic, now; asked before every read. */
  readonly mayRead: (topic: string) => boolean;
  /** Choice beyond topics; a wait goes on while nothing is accepted. */
  readonly accepts?: (event: Event) => boolean;
  /** Ends the wait early with an empty page (client gone, drain). */
  readonly signal: AbortSignal;
}

/** Every reader is a cursor over the log; the hub moves them and wakes them. */
export interface Hub {
  /** The log's head, with the position that live readers have been woken for. */
  readonly head: Head;
  attach(owner: ReaderOwner, options: ReaderOptions): Reader;
  /** Resolves with the first non-empty page (or gap) after `after`, or an empty page at the deadline or abort. */
  wait(options: WaitOptions): Promise<Page>;
  /**
   * Rights of some readers changed: every reader is asked again (`mayRead`) for each of its topics and loses those
   * that are refused before anything more is delivered.
   */
  recheck(): void;
  /** Counts for metrics. */
  readonly counts: {
    readonly readers: number;
    readonly lagging: number;
    readonly groups: number;
    readonly waits: number;
  };
  close(): void;
}

/** What metrics hear of the hub, once per turn of the event loop. */
export interface HubEvents {
  /** So many frames were handed to sinks, one event to three readers counted as three, with `bytes` in all. */
  delivered(deliveries: number, bytes: number): void;
}
