import type { Database, QueryHandlers } from '../storage/index.ts';
import { Handover } from '../storage/thread.ts';
import { checkRow, corruptEvent, EVENT_COLUMNS, readEvent } from './event-row.ts';
import { readTopicIds, sumPlace } from './event-sum.ts';
import {
  type Chunk,
  countEvents,
  type Fetch,
  type Fetched,
  fetchEvents,
  placeChunks,
  removedRanges,
  type Scan,
  type Scanned,
  type StoredTopics,
  scanPlaces,
  storedTopics,
  type Verified,
  verifyContents,
} from './queries.ts';
import { type PackedRow, packRows } from './row-codec.ts';
import { chunksTable, removedTable, topicsTable } from './schema.ts';

const SCANNED_AT_ONCE = 20_000;
const SCAN = `SELECT position, id, time, topics, place_sum, length(data) FROM events
  WHERE position > ? AND position <= ? ORDER BY position LIMIT ${SCANNED_AT_ONCE}`;

const VERIFIED_AT_ONCE = 500;
const VERIFY = `SELECT ${EVENT_COLUMNS} FROM events
  WHERE position > ? AND position <= ? ORDER BY position LIMIT ${VERIFIED_AT_ONCE}`;

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
  [placeChunks.name]: (db: Database, { after }: { readonly after: number }) => {
    const rows = chunksTable.select(db, 'WHERE last > ? ORDER BY last LIMIT 16', after);
    const chunks = rows.map(({ last, events, body }): Chunk => ({ last, events, body: Uint8Array.from(body) }));
    return new Handover(
      chunks,
      chunks.map(({ body }) => body.buffer),
    );
  },
  [countEvents.name]: (db: Database, { until }: { readonly until: number }) =>
    Number(db.prepare('SELECT count(*) AS n FROM events WHERE position <= ?').get(until)?.n),
  [verifyContents.name]: (db: Database, { after, until }: Scan): Verified => {
    let last = after;
    let count = 0;
    for (const columns of db.prepareArrays(VERIFY).iterate(after, until)) {
      ({ position: last } = checkRow(db, columns, last + 1));
      count += 1;
    }
    return { last, done: count < VERIFIED_AT_ONCE };
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
