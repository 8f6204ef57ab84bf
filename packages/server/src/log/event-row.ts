import { CarillonError, type Position } from '@carillon/core';
import type { Database } from '../storage/index.ts';
import { readTopicIds, sumEvent, sumPlace } from './event-sum.ts';
import type { PackedRow } from './row-codec.ts';

export const EVENT_COLUMNS = 'position, id, time, topics, place_sum, sum, type, extra, data';

export const INSERT_EVENT = `INSERT INTO events (${EVENT_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?)`;

/** One event; `undefined` when there is no row. Throws `corrupt` when its sum is wrong. */
export function readEvent(db: Database, position: Position): PackedRow | undefined {
  const row: unknown = db.prepareArrays(`SELECT ${EVENT_COLUMNS} FROM events WHERE position = ?`).get(position);
  if (row === undefined) return undefined;
  const checked = checkRow(db, row, position);
  if (checked.position !== position) throw corruptEvent(db.file, position);
  return checked;
}

/** Turns an array of the columns above into a row, or throws `corrupt`; `near` is for its message. */
export function checkRow(db: Database, columns: unknown, near: Position): PackedRow {
  const [position, id, time, topicValue, , sum, type, extra, data] = Array.isArray(columns) ? columns : [];
  const topics = readTopicIds(topicValue);
  if (
    typeof position !== 'number' ||
    typeof id !== 'number' ||
    typeof time !== 'number' ||
    topics === undefined ||
    typeof type !== 'string' ||
    typeof extra !== 'string' ||
    (data !== null && !(data instanceof Uint8Array)) ||
    sum !== sumEvent(sumPlace(position, id, time, topics), type, extra, data)
  ) {
    throw corruptEvent(db.file, typeof position === 'number' ? position : near);
  }
  return { position, id, time, topics, type, extra, data };
}

export function corruptEvent(file: string, position: Position): CarillonError {
  return new CarillonError(
    'corrupt',
    `${file}: the event at position ${position} fails its checksum; restore the data directory from a backup`,
    { facts: { file, position } },
  );
}
