import type { Position } from '@carillon/core';
import { type Database, Handover, type Message, type QueryHandlers, type TopicColumn } from '../storage/index.ts';
import { corruptEvent, readEvent } from './event-row.ts';
import { readTopicIds, sumPlace } from './event-sum.ts';
import { type PackedRow, packRows } from './row-codec.ts';
import { removedTable, topicsTable } from './schema.ts';

export interface Fetch {
  readonly positions: Float64Array<ArrayBuffer>;
  readonly maxBytes: number;
}

export interface Fetched {
  /** Rows in the order asked, up to the byte limit. */
  readonly rows: Uint8Array<ArrayBuffer>;
  /** A position without a row; reading stopped there. */
  readonly missing?: Position;
}

export interface Scan {
  readonly after: Position;
  readonly until: Position;
}

/** Places of consecutive rows, for the index. */
export interface Scanned extends TopicColumn {
  /** Bytes of each event's data. */
  readonly bytes: Uint32Array<ArrayBuffer>;
  /** Whether the scan reached its end. */
  readonly done: boolean;
}

export interface StoredTopics {
  readonly ids: readonly number[];
  readonly names: readonly string[];
  readonly lastRemoved: readonly Position[];
}

export const fetchEvents: Message<Fetch, Fetched> = { name: 'log.fetch' };
export const scanPlaces: Message<Scan, Scanned> = { name: 'log.scan' };
export const storedTopics: Message<undefined, StoredTopics> = { name: 'log.topics' };
/** First and last position of each removed range, ascending, one after another. */
export const removedRanges: Message<undefined, Float64Array<ArrayBuffer>> = { name: 'log.removed' };

const SCANNED_AT_ONCE = 20_000;
const SCAN = `SELECT position, id, time, topics, place_sum, length(data) FROM events
  WHERE position > ? AND position <= ? ORDER BY position LIMIT ${SCANNED_AT_ONCE}`;

export const logQueries: QueryHandlers = {
  [fetchEvents.name]: (db: Database, { positions, maxBytes }: Fetch) => {
    const rows: PackedRow[] = [];
    let bytes = 0;
    for (const position of positions) {
      if (rows.length > 0 && bytes >= maxBytes) break;
      const row = readEvent(db, position);
      if (!row) return handOver({ rows: packRows(rows), missing: position });
      rows.push(row);
      bytes += row.data?.byteLength ?? 0;
    }
    return handOver({ rows: packRows(rows) });
  },
  [scanPlaces.name]: (db: Database, { after, until }: Scan) => {
    const positions: number[] = [];
    const counts: number[] = [];
    const topics: number[] = [];
    const bytes: number[] = [];
    for (const columns of db.prepareArrays(SCAN).iterate(after, until)) {
      // With `prepareArrays` a row is an array of the columns named above.
      const [position, id, time, topicValue, placeSum, size] = columns as unknown as number[];
      const ids = readTopicIds(topicValue);
      if (position === undefined || !ids || placeSum !== sumPlace(position, id ?? 0, time ?? 0, ids)) {
        throw corruptEvent(db.file, position ?? after + 1);
      }
      positions.push(position);
      counts.push(ids.length);
      for (const topic of ids) topics.push(topic);
      bytes.push(size ?? 0);
    }
    const scanned: Scanned = {
      positions: Float64Array.from(positions),
      counts: Uint8Array.from(counts),
      topics: Uint32Array.from(topics),
      bytes: Uint32Array.from(bytes),
      done: positions.length < SCANNED_AT_ONCE,
    };
    const { buffer } = scanned.positions;
    return new Handover(scanned, [buffer, scanned.counts.buffer, scanned.topics.buffer, scanned.bytes.buffer]);
  },
  [storedTopics.name]: (db: Database): StoredTopics => {
    const rows = topicsTable.select(db, 'ORDER BY id');
    return {
      ids: rows.map((row) => row.id),
      names: rows.map((row) => row.name),
      lastRemoved: rows.map((row) => row.last_removed),
    };
  },
  [removedRanges.name]: (db: Database) => {
    const ranges = Float64Array.from(
      removedTable.select(db, 'ORDER BY first').flatMap(({ first, last }) => [first, last]),
    );
    return new Handover(ranges, [ranges.buffer]);
  },
};

function handOver(fetched: Fetched): Handover {
  return new Handover(fetched, [fetched.rows.buffer]);
}
