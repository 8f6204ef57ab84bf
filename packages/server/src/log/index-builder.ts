import { CarillonError, type Position } from '@carillon/core';
import type { ReaderPool } from '../storage/index.ts';
import { PlaceCheck } from './place-check.ts';
import { removedRanges, type Scanned, scanPlaces, storedTopics } from './queries.ts';
import type { TopicIndex } from './topic-index.ts';

/** Reads the places of all events into the index; answers how many data bytes each lifetime class holds. */
export async function buildIndex(
  pool: ReaderPool,
  file: string,
  end: Position,
  index: TopicIndex,
  onPlace: (topicIds: Uint32Array, bytes: number) => void,
): Promise<void> {
  const [topics, ranges] = await Promise.all([
    pool.query(storedTopics, undefined),
    pool.query(removedRanges, undefined),
  ]);
  const { ids, names, lastRemoved } = topics.rows;
  ids.forEach((id, n) => index.addTopic(id, names[n] ?? '', lastRemoved[n] ?? 0));
  const check = new PlaceCheck(file, ranges.rows);
  const middle = middleOf(ranges.rows, end);
  const later: Scanned[] = [];
  const laterHalf = scan(pool, middle, end, (scanned) => later.push(scanned));
  const take = (scanned: Scanned): void => addScanned(index, file, scanned, check, onPlace);
  await Promise.all([scan(pool, 0, middle, take), laterHalf]);
  for (const scanned of later) take(scanned);
  check.end(end);
}

/** Splits the events in two for two threads; what was removed at the beginning counts for nothing. */
function middleOf(ranges: Float64Array, end: Position): Position {
  const begin = ranges[0] === 1 ? (ranges[1] ?? 0) : 0;
  return Math.floor((begin + end) / 2);
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

function addScanned(
  index: TopicIndex,
  file: string,
  { positions, counts, topics, bytes }: Scanned,
  check: PlaceCheck,
  onPlace: (topicIds: Uint32Array, bytes: number) => void,
): void {
  let at = 0;
  for (let n = 0; n < positions.length; n += 1) {
    const position = positions[n] ?? 0;
    check.found(position);
    const end = at + (counts[n] ?? 0);
    onPlace(topics.subarray(at, end), bytes[n] ?? 0);
    for (; at < end; at += 1) {
      const id = topics[at] ?? 0;
      if (!index.has(id)) {
        throw new CarillonError('corrupt', `${file}: topic ${id} of the event at position ${position} is missing`);
      }
      index.addById(position, id);
    }
  }
}
