/** What an operator may tune; the defaults are measured (kernel K16). */
export interface HubSettings {
  /** Least pause between two live passes under load; an idle hub delivers at once. */
  readonly flushFloorMs: number;
  /** Writes to sinks in one turn of the event loop before other work gets its turn. */
  readonly writesPerTurn: number;
  /** A sink with more bytes than this waiting is no longer written to; its reader goes on from the log. */
  readonly maxPendingBytes: number;
  /** Frames are handed over in pieces of at most this many bytes, but whole. */
  readonly maxWriteBytes: number;
  /** Readers that read from the log at the same time; the others wait in line. */
  readonly maxReads: number;
  /** Events in one page of a replay. */
  readonly pageEvents: number;
  /** Data bytes in one page of a replay. */
  readonly pageBytes: number;
  /** Data bytes of events that may wait for a pass; beyond them readers go on from the log. */
  readonly maxHeardBytes: number;
  /** Encoded frames kept for readers that are a little behind. */
  readonly keptFrameBytes: number;
  /** Recent events at hand, so that a reader can join the live ones without a seam. */
  readonly recentEvents: number;
  readonly recentBytes: number;
}

export const DEFAULT_HUB_SETTINGS: HubSettings = {
  flushFloorMs: 5,
  writesPerTurn: 250,
  maxPendingBytes: 256 * 1024,
  maxWriteBytes: 64 * 1024,
  maxReads: 32,
  pageEvents: 512,
  pageBytes: 128 * 1024,
  maxHeardBytes: 32 * 1024 * 1024,
  keptFrameBytes: 4 * 1024 * 1024,
  recentEvents: 1_024,
  recentBytes: 1024 * 1024,
};
