import type { Event, Head, Position, TopicFloor } from '@carillon/core';

/**
 * Where a reader's bytes go: a socket that speaks SSE, WebSocket or a proxied form of them. A sink buffers nothing
 * of its own; when `pendingBytes` is high the hub stops writing and reads on from the log after `onDrain`.
 */
export interface Sink {
  /** Bytes handed over and not yet taken by the network. */
  readonly pendingBytes: number;
  readonly closed: boolean;
  /**
   * Hands over whole frames; does nothing once `closed`. The buffer may be shared with thousands of sinks. True when
   * nothing holds it any more, so that it may be written over.
   */
  write(frames: Buffer): boolean;
  /** Calls back once, when the network has taken everything; at once if nothing is pending; never after closing. */
  onDrain(listener: () => void): void;
}

/** How events become bytes, shared by all readers that want the same bytes. Pure. */
export interface Encoding {
  /** Unique in the process; frames are kept under it. */
  readonly name: string;
  /**
   * A whole frame, transport framing included; `undefined` when this encoding has nothing to say about the event.
   * `shown` are those of the event's topics that the reader asked for, in the event's order.
   */
  encode(event: Event, shown: readonly string[], head: Head): Buffer | undefined;
  /** True when `shown` makes no difference: readers of different topics then share frames. */
  readonly ignoresShown?: boolean;
  /**
   * Which of the group's viewers do not get the shared frame; asked once per event and pass instead of a look at
   * every reader (kernel K16). Those it does not name get the frame as it is.
   */
  readonly exceptions?: (event: Event, frame: Buffer) => ReadonlyMap<object, Instead> | undefined;
}

/** What one reader gets in place of the shared frame: other bytes, in one piece or several, or nothing. */
export type Instead = Buffer | readonly Buffer[] | 'nothing';

/** How one reader sees events: the same frame, another, or none. Synchronous, from memory alone. */
export type Look = (event: Event, frame: Buffer) => Buffer | 'nothing';

/**
 * Whoever a reader works for, usually the connection itself: one object with prototype methods, so that an idle
 * reader costs no closures.
 */
export interface ReaderOwner {
  readonly sink: Sink;
  /** The gate's answer for this reader and topic, now; asked at attach and before every batch read from the log. */
  mayRead(topic: string): boolean;
  /** Events of the reader's topics are gone; the frame to send before it goes on after `from`. */
  gapFrame(from: Position): Buffer | undefined;
  /** The reader (or its newly added topics) reached the durable end; the frame to send, if any. */
  liveFrame(position: Position, topics: readonly string[]): Buffer | undefined;
  /** The log could not be read (`corrupt`, …) or the reader lost its last topic's permission: end the connection. */
  failed(error: unknown): void;
}

export interface ReaderOptions {
  readonly encoding: Encoding;
  readonly topics: readonly TopicFloor[];
  /** The reader has seen everything up to here. */
  readonly after: Position;
  /** Per-reader choice beyond topics; readers that have one still share frames. */
  readonly accepts?: (event: Event) => boolean;
  /** Asked after `accepts`, for each event, by readers whose encoding names no exceptions, and on replay by all. */
  readonly look?: Look;
  /** By which the encoding's exceptions know the reader. */
  readonly viewer?: object;
}

/** One attached cursor. */
export interface Reader {
  /** Everything of its topics up to here has been handed to the sink. */
  readonly position: Position;
  /** True while it is served from live passes, false while it catches up from the log. */
  readonly live: boolean;
  /** Milliseconds since 1970 since when it has had bytes waiting without progress; 0 while it takes them. */
  readonly stalledSinceMs: number;
  /**
   * Adds topics. With `after` below the reader's position their history is replayed first, up to that position,
   * without what the reader has seen already; then live delivery goes on.
   */
  addTopics(topics: readonly TopicFloor[], after: Position): void;
  removeTopics(topics: readonly string[]): void;
  detach(): void;
}
