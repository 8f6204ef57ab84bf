import type { Event, LogStore, Position } from '@carillon/core';
import { type Slice, Slicer } from './batch.ts';
import type { Cursor } from './cursor.ts';
import type { FrameCache } from './frame-cache.ts';
import type { Meter } from './meter.ts';
import type { Progress } from './progress.ts';
import type { Seats } from './seats.ts';
import type { HubSettings } from './settings.ts';

export interface HandOverParts {
  readonly log: LogStore;
  readonly frames: FrameCache;
  readonly seats: Seats;
  readonly progress: Progress;
  readonly meter: Meter;
  readonly settings: HubSettings;
  hides(event: Event): boolean;
}

/** Events at most this far behind the durable end are likely to be asked for by others too: their frames are kept. */
const KEEP_WITHIN = 10_000;

/**
 * Writes the frames of events that one reader is behind by, until its sink is full. `moved` hears the position
 * reached before each write, and `upTo` once nothing of the events is left; the last one is also returned.
 */
export function handOver(
  parts: HandOverParts,
  cursor: Cursor,
  events: readonly Event[],
  upTo: Position,
  moved: (at: Position) => void,
): Position | undefined {
  const { settings, meter } = parts;
  const { sink } = cursor.owner;
  const state = cursor.catchingUp;
  const version = state?.version;
  let reached: Position | undefined;
  for (const slice of slicesFor(parts, cursor, events)) {
    const isStopped = sink.closed || cursor.catchingUp !== state || state?.version !== version || cursor.place < 0;
    if (isStopped || sink.pendingBytes > settings.maxPendingBytes) return reached;
    reached = slice.last;
    moved(reached);
    meter.add(slice.events.length, slice.buffer.length);
    sink.write(slice.buffer);
  }
  if (cursor.catchingUp !== state || state?.version !== version || cursor.place < 0) return reached;
  moved(upTo);
  return upTo;
}

function slicesFor(parts: HandOverParts, cursor: Cursor, events: readonly Event[]): readonly Slice[] {
  const { frames, log, progress, seats, settings } = parts;
  const slicer = new Slicer(settings.maxWriteBytes);
  for (const event of events) {
    const { low, high } = seats.shownTo(cursor, event);
    if ((low | high) === 0) continue;
    if (parts.hides(event) || (cursor.accepts && !cursor.accepts(event))) continue;
    const set = frames.of(event);
    const frame = set.frame(cursor.group.encoding, low, high, log.head);
    if (event.position > progress.end - KEEP_WITHIN) frames.keep(set);
    const seen = frame && cursor.look ? cursor.look(event, frame) : frame;
    if (seen && seen !== 'nothing') slicer.add(event, seen);
  }
  slicer.cut();
  return slicer.slices;
}
