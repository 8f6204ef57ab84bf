import { type CommandContext, type Database, type MarkerRow, markers } from '../../state/index.ts';
import { type MarkerView, markersOf, setMarkers } from './messages.ts';

export const markerQueries = {
  [markersOf.name]: async (
    db: Database,
    { viewer, timelines }: { readonly viewer: number; readonly timelines: readonly string[] },
  ) => {
    const found: MarkerView[] = [];
    for (const timeline of new Set(timelines)) {
      const row = await markers.get(db, { account: viewer, timeline });
      if (row) found.push(toView(row));
    }
    return found;
  },
};

export interface Places {
  readonly actor: number;
  readonly markers: readonly { readonly timeline: string; readonly lastReadId: string }[];
}

export const markerCommands = {
  /**
   * Each write counts the version up, the same place too. Commits come one after another, so no writer is ever stale
   * and nobody is refused for it, as Mastodon refuses two writers at the same moment with 409.
   */
  [setMarkers.name]: async ({ db, now }: CommandContext, { actor, markers: places }: Places) => {
    const written: MarkerView[] = [];
    for (const { timeline, lastReadId } of places) {
      const known = await markers.get(db, { account: actor, timeline });
      const version = known ? known.version + 1 : 0;
      const row: MarkerRow = { account: actor, timeline, last_read: lastReadId, version, updated_at: now };
      await markers.put(db, row);
      written.push(toView(row));
    }
    return written;
  },
};

function toView({ timeline, last_read, version, updated_at }: MarkerRow): MarkerView {
  return { timeline, lastReadId: last_read, version, updatedAt: updated_at };
}
