import { CarillonError, type Position } from '@carillon/core';
import { type ReaderPool, type RetentionSettings, verifyStructure, verifyTables } from '../storage/index.ts';
import { ContentCheck } from './content-check.ts';
import { lifetimeOf } from './lifetimes.ts';
import { PlaceCheck, RemovedCursor } from './place-check.ts';
import { decodeChunk, type Places } from './place-chunks.ts';
import { countEvents, placeChunks, removedRanges, type Scanned, scanPlaces, storedTopics } from './queries.ts';
import type { TopicIndex } from './topic-index.ts';

export interface LoadedIndex {
  /** Data bytes of the events that retention may remove. */
  readonly removableBytes: number;
  /** What is still to be read of a long log. */
  readonly contents: ContentCheck;
}

/** Reads the places of all events into the index while everything else that must be sound is checked. */
export async function loadIndex(
  pool: ReaderPool,
  file: string,
  end: Position,
  index: TopicIndex,
  retention: RetentionSettings,
): Promise<LoadedIndex> {
  const [topics, ranges] = await Promise.all([
    pool.query(storedTopics, undefined),
    pool.query(removedRanges, undefined),
  ]);
  const { ids, names, lastRemoved } = topics.rows;
  ids.forEach((id, n) => index.addTopic(id, names[n] ?? '', lastRemoved[n] ?? 0));
  const begin = ranges.rows[0] === 1 ? (ranges.rows[1] ?? 0) : 0;
  const contents = new ContentCheck(pool, end, end - begin);
  const places = new PlaceReader(index, file, ranges.rows, retention);
  await Promise.all([
    places.read(pool, begin, end),
    pool.query(verifyTables, undefined),
    pool.query(verifyStructure, undefined),
    contents.before(),
  ]);
  return { removableBytes: places.removableBytes, contents };
}

/** Takes the places of events, in order, into the index. */
class PlaceReader {
  readonly #index: TopicIndex;
  readonly #file: string;
  readonly #check: PlaceCheck;
  readonly #retention: RetentionSettings;
  /** By topic id: whether its events may be removed. */
  readonly #removable: (boolean | undefined)[] = [];
  readonly #removed: RemovedCursor;
  #taken = 0;
  removableBytes = 0;

  constructor(index: TopicIndex, file: string, ranges: Float64Array, retention: RetentionSettings) {
    this.#index = index;
    this.#file = file;
    this.#check = new PlaceCheck(file, ranges);
    this.#removed = new RemovedCursor(ranges);
    this.#retention = retention;
  }

  /** Reads the chunks, then the events behind the last one in two halves side by side. */
  async read(pool: ReaderPool, begin: Position, end: Position): Promise<void> {
    const chunked = await this.#readChunks(pool);
    const from = Math.max(begin, chunked);
    const middle = Math.floor((from + end) / 2);
    const later: Scanned[] = [];
    await Promise.all([
      scan(pool, from, middle, (scanned) => this.#take(scanned, scanned.positions.length)),
      scan(pool, middle, end, (scanned) => later.push(scanned)),
    ]);
    for (const scanned of later) this.#take(scanned, scanned.positions.length);
    this.#check.end(end);
  }

  /** Answers the last position of the last chunk. The rows behind the chunks are counted, so that none is missing. */
  async #readChunks(pool: ReaderPool): Promise<Position> {
    let last = 0;
    // The next chunks are read while these are taken in.
    for (let next = pool.query(placeChunks, { after: 0 }); ; ) {
      const { rows } = await next;
      const newest = rows.at(-1);
      if (!newest) break;
      last = newest.last;
      next = pool.query(placeChunks, { after: last });
      for (const chunk of rows) this.#take(decodeChunk(chunk.events, chunk.body), chunk.events);
    }
    const { rows: count } = await pool.query(countEvents, { until: last });
    if (count === this.#taken) return last;
    throw new CarillonError(
      'corrupt',
      `${this.#file}: up to position ${last} there are ${count} events where ${this.#taken} should be; restore the ` +
        'data directory from a backup, or start once with accept-loss',
      { facts: { file: this.#file, position: last } },
    );
  }

  #take({ positions, counts, topics, bytes }: Places, events: number): void {
    let at = 0;
    for (let n = 0; n < events; n += 1) {
      const position = positions[n] ?? 0;
      const end = at + (counts[n] ?? 0);
      if (this.#removed.has(position)) {
        at = end;
        continue;
      }
      this.#taken += 1;
      this.#check.found(position);
      let removable = true;
      for (; at < end; at += 1) {
        const id = topics[at] ?? 0;
        removable = this.#isRemovable(id, position) && removable;
        this.#index.addById(position, id);
      }
      if (removable) this.removableBytes += bytes[n] ?? 0;
    }
  }

  #isRemovable(id: number, position: Position): boolean {
    const known = this.#removable[id];
    if (known !== undefined) return known;
    if (!this.#index.has(id)) {
      throw new CarillonError('corrupt', `${this.#file}: topic ${id} of the event at position ${position} is missing`);
    }
    const removable = Number.isFinite(lifetimeOf(this.#index.nameOf(id), this.#retention));
    this.#removable[id] = removable;
    return removable;
  }
}

async function scan(
  pool: ReaderPool,
  from: Position,
  until: Position,
  take: (scanned: Scanned) => void,
): Promise<void> {
  for (let after = from; after < until; ) {
    const { rows } = await pool.query(scanPlaces, { after, until });
    take(rows);
    const last = rows.positions.at(-1);
    if (rows.done || last === undefined) return;
    after = last;
  }
}
