import type { Position } from '@carillon/core';

/** Events of one topic that have reached a reader: those after `after` up to `upTo`. */
export interface SeenRange {
  readonly after: Position;
  readonly upTo: Position;
}

/** History of topics that were added to a reader: what lies before the reader's own position. */
export interface Replay {
  /** Added topics with the position after which their events are wanted. */
  readonly topics: Map<string, Position>;
  /** Delivered up to here. */
  at: Position;
  /** The reader's own position when the topics came. */
  readonly until: Position;
  /** What reached the reader through other topics, so that nothing comes twice. */
  readonly seen: Map<string, SeenRange[]>;
}

/**
 * What a reader needs only while it is not live. `stage` says who has it: a queue, a read of the log, its sink (it
 * waits for the drain), or the next pass (a membership that begins above the durable end).
 */
export class CatchUpState {
  stage: 'none' | 'queued' | 'reading' | 'draining' | 'early' = 'none';
  /** Grows with each change of topics: a page that was asked for before is stale. */
  version = 0;
  /**
   * The reader was live or read the log a moment ago: recent events may close the seam. Otherwise the log has the
   * word, because some may have been removed.
   */
  fresh = false;
  readonly replays: Replay[] = [];
  /** Lists of topics to announce as live, one for each attach or addition. */
  announcements: (readonly string[])[] = [];
}
