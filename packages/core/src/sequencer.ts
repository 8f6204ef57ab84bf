import type { Event, NewEvent } from './event.ts';
import type { Head, Position } from './position.ts';

/** Makes a repeat of an append safe: same scope and key within the window is stored once. */
export interface IdempotencyKey {
  /** Whose key it is: two principals may use the same key. */
  readonly scope: string;
  readonly key: string;
  /** Digest of everything the caller asked for; another digest under the same key is refused. */
  readonly digest: string;
}

export interface Appended {
  /** One per event, in the order given. */
  readonly positions: readonly Position[];
  /** True when the key was known and these are the first answer's positions. */
  readonly duplicate: boolean;
}

/**
 * Gives order and durability. `append` resolves only when the events are on stable storage (or what the engine's
 * declared level calls that); all events of one call get consecutive positions, or none is stored.
 * Throws `unprocessable` for a reused key, `storage-full` when nothing can be written, `unavailable` when the
 * outcome is unknown.
 */
export interface Sequencer {
  append(events: readonly NewEvent[], idempotency?: IdempotencyKey): Promise<Appended>;
  /** Replaces the data of these events by tombstones, for good; unknown positions are ignored. */
  erase(positions: readonly Position[]): Promise<void>;
}

/** A topic with the position where its membership in a reader's set began: earlier events are not the reader's. */
export interface TopicFloor {
  readonly topic: string;
  readonly since: Position;
}

export interface ReadQuery {
  readonly topics: readonly TopicFloor[];
  readonly after: Position;
  /** Events above this position are not wanted; the durable end when absent. */
  readonly until?: Position;
  /** At most this many events. */
  readonly limit: number;
  /** Stop once the events' data passes this many bytes; at least one event is returned if there is one. */
  readonly maxBytes?: number;
}

export type Page =
  | {
      readonly kind: 'page';
      readonly events: readonly Event[];
      /** Everything of these topics up to here is in this page or was before it; read on after it. */
      readonly upTo: Position;
    }
  | {
      readonly kind: 'gap';
      /** Events of these topics after the asked position were removed; from here on nothing is missing. */
      readonly earliest: Position;
    };

/**
 * The local, indexed, rebuildable copy of the log that readers use. `read` returns only durable events, in order,
 * each once however many of its topics match, and never one whose topic's `since` is at or above it.
 * Throws `corrupt` naming the position rather than serve data that fails its checksum.
 */
export interface LogStore {
  readonly head: Head;
  read(query: ReadQuery): Promise<Page>;
  /** Position of the last removed event among these topics; 0 when nothing was removed. */
  lastRemoved(topics: readonly string[]): Position;
  /** Called after the durable end moved, with the events that became durable: a hint, `read` is the truth. */
  onAdvance(listener: (events: readonly Event[]) => void): () => void;
}
