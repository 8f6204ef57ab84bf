import { crc32 } from 'node:zlib';
import { MAX_TOPICS_PER_EVENT, type Position } from '@carillon/core';

const PLACE_NUMBERS = 3;
const NUMBER_BYTES = 8;
const TOPICS_AT = PLACE_NUMBERS * NUMBER_BYTES;

const place = new ArrayBuffer(TOPICS_AT + MAX_TOPICS_PER_EVENT * 4);
const placeNumbers = new Float64Array(place, 0, PLACE_NUMBERS);
const placeTopics = new Uint32Array(place, TOPICS_AT);
const placeViews = Array.from(
  { length: MAX_TOPICS_PER_EVENT + 1 },
  (_, n) => new Uint8Array(place, 0, TOPICS_AT + n * 4),
);

/** CRC-32 over where an event stands and which topics it is on. Numbers are summed in the machine's byte order. */
export function sumPlace(position: Position, id: number, time: number, topics: readonly number[]): number {
  placeNumbers[0] = position;
  placeNumbers[1] = id;
  placeNumbers[2] = time;
  for (let n = 0; n < topics.length; n += 1) placeTopics[n] = topics[n] ?? 0;
  const view = placeViews[topics.length];
  if (!view) throw new Error(`an event has at most ${MAX_TOPICS_PER_EVENT} topics`);
  return crc32(view);
}

const lengths = new Uint32Array(3);
const lengthBytes = new Uint8Array(lengths.buffer);
const ERASED = 0xffff_ffff;

/** Starts the sum over an event's content from the sum of its place. */
export function sumLengths(placeSum: number, typeBytes: number, extraBytes: number, data: Uint8Array | null): number {
  lengths[0] = typeBytes;
  lengths[1] = extraBytes;
  lengths[2] = data === null ? ERASED : data.byteLength;
  return crc32(lengthBytes, placeSum);
}

/** CRC-32 over all of an event whose content is in pieces. */
export function sumEvent(placeSum: number, type: string, extra: string, data: Uint8Array | null): number {
  const extraBytes = extra === '' ? 0 : Buffer.byteLength(extra);
  let sum = crc32(type, sumLengths(placeSum, type.length, extraBytes, data));
  if (extraBytes > 0) sum = crc32(extra, sum);
  return data === null ? sum : crc32(data, sum);
}

/** Reads what the `topics` column holds; `undefined` when nobody wrote that. */
export function readTopicIds(value: unknown): readonly number[] | undefined {
  if (typeof value === 'number') return [value];
  if (typeof value !== 'string') return undefined;
  const ids: number[] = [];
  let id = 0;
  for (let at = 0; at < value.length; at += 1) {
    const code = value.charCodeAt(at);
    if (code === COMMA) {
      ids.push(id);
      id = 0;
    } else {
      id = id * 10 + code - ZERO;
    }
  }
  ids.push(id);
  return ids.length <= MAX_TOPICS_PER_EVENT ? ids : undefined;
}

export function writeTopicIds(ids: readonly number[]): number | string {
  const [only] = ids;
  return ids.length === 1 && only !== undefined ? only : ids.join(',');
}

const COMMA = 44;
const ZERO = 48;
