import type { Event, NewEvent } from '@carillon/core';
import { addExtra, type Place } from '../storage/index.ts';
import type { PackedRow } from './row-codec.ts';

const NO_BYTES = new Uint8Array(0);

/** The event that a `NewEvent` became. It keeps the maker's `data`: nobody changes bytes after handing them in. */
export function eventOfNew(made: NewEvent, { position, id, time }: Place): Event {
  return { ...made, position, id, time, erased: false };
}

export function eventOfRow(row: PackedRow, nameOf: (topic: number) => string): Event {
  const { position, id, time, type, extra, data } = row;
  const topics = row.topics.map(nameOf);
  const event: Event = { position, id, time, erased: data === null, type, topics, data: data ?? NO_BYTES };
  addExtra(event, extra);
  return event;
}

/** What is left of an event once its data was replaced. */
export function erasedEvent({ position, id, time, type, topics }: Event): Event {
  return { position, id, time, erased: true, type, topics, data: NO_BYTES };
}
