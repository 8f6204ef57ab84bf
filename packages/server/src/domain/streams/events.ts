import type { Event, NewEvent, Position } from '@carillon/core';

const CREATED = 'stream.created';
const APPENDED = 'stream.appended';
const CLOSED = 'stream.closed';
const DELETED = 'stream.deleted';
const NOTHING = Buffer.from('{}');

/** What an event of a stream's topic means to its readers. */
export interface StreamEventKind {
  readonly hasData: boolean;
  /** Nothing but the deletion follows. */
  readonly closes: boolean;
  /** This incarnation ends; what follows on the topic is another stream. */
  readonly ends: boolean;
}

export function streamEventKind(event: Pick<Event, 'type' | 'attributes' | 'erased'>): StreamEventKind {
  const { type } = event;
  return {
    hasData: type === APPENDED && !event.erased,
    closes: type === CLOSED || (type === APPENDED && event.attributes?.['closed'] === 'true'),
    ends: type === DELETED || type === CREATED,
  };
}

export interface StreamEventSource {
  readonly topic: string;
  readonly actor?: string;
}

export function createdEvent(source: StreamEventSource, contentType: string): NewEvent {
  return { ...about(source), type: CREATED, data: Buffer.from(JSON.stringify({ contentType })) };
}

export function appendedEvent(
  source: StreamEventSource,
  contentType: string,
  data: Uint8Array,
  options: { readonly closes: boolean },
): NewEvent {
  const attributes = options.closes ? { attributes: { closed: 'true' } } : {};
  return { ...about(source), type: APPENDED, contentType, data, ...attributes };
}

/** A close without data leaves the tail where it was, and says where, for readers that know only this event. */
export function closedEvent(source: StreamEventSource, tail: Position): NewEvent {
  return { ...about(source), type: CLOSED, attributes: { tail: String(tail) }, data: NOTHING };
}

/** The stream's tail once this event, one that has data or closes, has happened. */
export function tailAfter(event: Pick<Event, 'type' | 'attributes' | 'position'>): Position {
  return event.type === CLOSED ? Number(event.attributes?.['tail'] ?? event.position) : event.position;
}

export function deletedEvent(source: StreamEventSource): NewEvent {
  return { ...about(source), type: DELETED, data: NOTHING };
}

function about({ topic, actor }: StreamEventSource): Pick<NewEvent, 'topics' | 'actor'> {
  return { topics: [topic], ...(actor === undefined ? {} : { actor }) };
}
