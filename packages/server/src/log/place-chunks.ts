import type { Position } from '@carillon/core';
import type { Database } from '../storage/index.ts';
import { corruptEvent } from './event-row.ts';
import { readTopicIds, sumPlace } from './event-sum.ts';
import { chunksTable } from './schema.ts';

const EVENTS_PER_CHUNK = 8_192;
const SCAN = `SELECT position, id, time, topics, place_sum, length(data) FROM events
  WHERE position > ? ORDER BY position`;

/** Where events stand: the topics of `positions[i]` are the next `counts[i]` of `topics`. */
export interface Places {
  readonly positions: ArrayLike<number>;
  /** Bytes of each event's data when it was appended. */
  readonly bytes: ArrayLike<number>;
  readonly topics: ArrayLike<number>;
  readonly counts: ArrayLike<number>;
}

export interface ChunkMark {
  readonly events: number;
  readonly topics: number;
}

/**
 * Derived copies of the places of past events, thousands to a row, so that a start reads a few large rows instead of
 * every event (kernel K14). A chunk never changes; what was removed since is known from the removed ranges.
 */
export class PlaceChunks {
  readonly #db: Database;
  readonly #positions: number[] = [];
  readonly #bytes: number[] = [];
  readonly #topics: number[] = [];
  readonly #counts: number[] = [];
  /** What the open transaction began with. */
  #before: ChunkMark;
  /** What the open transaction has written, from the first on. */
  #written: ChunkMark = { events: 0, topics: 0 };

  constructor(db: Database) {
    this.#db = db;
    const last = db.prepare('SELECT max(last) AS last FROM place_chunks').get();
    for (const columns of db.prepareArrays(SCAN).iterate(Number(last?.last ?? 0))) this.#load(columns);
    this.#before = this.mark();
    if (this.#positions.length >= EVENTS_PER_CHUNK) this.#catchUp();
  }

  add(position: Position, topics: readonly number[], bytes: number): void {
    this.#positions.push(position);
    this.#bytes.push(bytes);
    this.#counts.push(topics.length);
    for (const topic of topics) this.#topics.push(topic);
  }

  mark(): ChunkMark {
    return { events: this.#positions.length, topics: this.#topics.length };
  }

  undo({ events, topics }: ChunkMark): void {
    for (const list of [this.#positions, this.#bytes, this.#counts]) list.length = events;
    this.#topics.length = topics;
  }

  /** Writes the chunks that are full; the last act before a commit. */
  flush(): void {
    while (this.#positions.length - this.#written.events >= EVENTS_PER_CHUNK) {
      const { events: from, topics: topicsFrom } = this.#written;
      const to = from + EVENTS_PER_CHUNK;
      const counts = this.#counts.slice(from, to);
      const topicsTo = topicsFrom + counts.reduce((sum, count) => sum + count, 0);
      const places = {
        positions: this.#positions.slice(from, to),
        bytes: this.#bytes.slice(from, to),
        topics: this.#topics.slice(topicsFrom, topicsTo),
        counts,
      };
      const last = this.#positions[to - 1] ?? 0;
      chunksTable.put(this.#db, { last, events: EVENTS_PER_CHUNK, body: encodeChunk(places) });
      this.#written = { events: to, topics: topicsTo };
    }
  }

  /** Drops chunks of which every event is gone. */
  dropUpTo(removed: Position): void {
    chunksTable.removeWhere(this.#db, 'WHERE last <= ?', removed);
  }

  committed(): void {
    const { events, topics } = this.#written;
    if (events > 0) {
      for (const list of [this.#positions, this.#bytes, this.#counts]) list.splice(0, events);
      this.#topics.splice(0, topics);
      this.#written = { events: 0, topics: 0 };
    }
    this.#before = this.mark();
  }

  abandoned(): void {
    this.#written = { events: 0, topics: 0 };
    this.undo(this.#before);
  }

  /** Writes what a log from before chunks, or a salvaged one, lacks. */
  #catchUp(): void {
    this.#db.exec('BEGIN IMMEDIATE');
    this.flush();
    this.#db.exec('COMMIT');
    this.committed();
  }

  #load(columns: unknown): void {
    const [position, id, time, topicValue, placeSum, bytes] = Array.isArray(columns) ? columns : [];
    const topics = readTopicIds(topicValue);
    if (!topics || placeSum !== sumPlace(position, id, time, topics)) throw corruptEvent(this.#db.file, position);
    this.add(position, topics, bytes ?? 0);
  }
}

function encodeChunk({ positions, bytes, topics, counts }: Places): Uint8Array {
  const parts = [
    Float64Array.from(positions),
    Uint32Array.from(bytes),
    Uint32Array.from(topics),
    Uint8Array.from(counts),
  ];
  return Buffer.concat(parts.map((part) => new Uint8Array(part.buffer)));
}

/** What `encodeChunk` made, of `events` events; views over `body`, whose buffer must be its own. */
export function decodeChunk(events: number, body: Uint8Array<ArrayBuffer>): Places {
  const { buffer } = body;
  const topicsAt = events * (Float64Array.BYTES_PER_ELEMENT + Uint32Array.BYTES_PER_ELEMENT);
  const topicCount = (body.byteLength - topicsAt - events) / Uint32Array.BYTES_PER_ELEMENT;
  return {
    positions: new Float64Array(buffer, 0, events),
    bytes: new Uint32Array(buffer, events * Float64Array.BYTES_PER_ELEMENT, events),
    topics: new Uint32Array(buffer, topicsAt, topicCount),
    counts: new Uint8Array(buffer, topicsAt + topicCount * Uint32Array.BYTES_PER_ELEMENT, events),
  };
}
