import { CarillonError, type Position } from '@carillon/core';
import { type ReaderPool, type RetentionSettings, verifyStructure, verifyTables } from '../storage/index.ts';
import { checkContents } from './content-check.ts';
import { lifetimeOf } from './lifetimes.ts';
import { PlaceCheck } from './place-check.ts';
import { removedRanges, type Scanned, scanPlaces, storedTopics } from './queries.ts';
import type { TopicIndex } from './topic-index.ts';

export interface LoadedIndex {
  /** Data bytes of the events that retention may remove. */
  readonly removableBytes: number;
  /** Whether every event's content was read too; of a long log only the places were. */
  readonly contentsChecked: boolean;
}

/** Logs up to this long are read as a whole before they are ready, which takes a fraction of a second. */
const CHECKED_AT_ONCE = 40_000;

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
  const contentsChecked = end - begin <= CHECKED_AT_ONCE;
  const places = new PlaceReader(index, file, ranges.rows, retention);
  await Promise.all([
    places.read(pool, begin, end),
    pool.query(verifyTables, undefined),
    pool.query(verifyStructure, undefined),
    contentsChecked ? checkContents(pool, end, () => false) : undefined,
  ]);
  return { removableBytes: places.removableBytes, contentsChecked };
}

/** Takes the places of events, in order, into the index. */
class PlaceReader {
  readonly #index: TopicIndex;
  readonly #file: string;
  readonly #check: PlaceCheck;
  readonly #retention: RetentionSettings;
  /** By topic id: whether its events may be removed. */
  readonly #removable: (boolean | undefined)[] = [];
  removableBytes = 0;

  constructor(index: TopicIndex, file: string, ranges: Float64Array, retention: RetentionSettings) {
    this.#index = index;
    this.#file = file;
    this.#check = new PlaceCheck(file, ranges);
    this.#retention = retention;
  }

  /** Reads in two halves side by side; what was removed at the beginning, up to `begin`, counts for nothing. */
  async read(pool: ReaderPool, begin: Position, end: Position): Promise<void> {
    const middle = Math.floor((begin + end) / 2);
    const later: Scanned[] = [];
    await Promise.all([
      scan(pool, begin, middle, (scanned) => this.#take(scanned)),
      scan(pool, middle, end, (scanned) => later.push(scanned)),
    ]);
    for (const scanned of later) this.#take(scanned);
    this.#check.end(end);
  }

  #take({ positions, counts, topics, bytes }: Scanned): void {
    let at = 0;
    for (let n = 0; n < positions.length; n += 1) {
      const position = positions[n] ?? 0;
      this.#check.found(position);
      let removable = true;
      for (const end = at + (counts[n] ?? 0); at < end; at += 1) {
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
