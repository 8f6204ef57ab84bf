import { isUtf8 } from 'node:buffer';
import { type Event, formatToken, type Head, isDomainTopic, parseTopic, showTopic } from '@carillon/core';
import { publicJson } from '../../../domain/index.ts';
import { essence, isJsonType, showAttribute } from './wire/attributes.ts';

/** What every reader of an event gets, whatever its topics, app and transport: made once, kept with the event. */
interface Parts {
  /** From the opening brace up to the reader's own attributes. */
  readonly attributes: string;
  /** The `data` or `data_base64` member with its comma; JSON is copied as it was published. */
  readonly data: string;
}

const made = new WeakMap<Event, Parts>();
/** Larger data is turned into text again for each encoding rather than kept in memory twice. */
const MAX_KEPT_BYTES = 16_384;

/**
 * The event as CloudEvents 1.0 JSON on one line, or `undefined` for a tombstone. `shown` are the topics that the
 * reader asked for; they are written in the shortest form that its app understands.
 */
export function cloudEventJson(event: Event, shown: readonly string[], head: Head, app: string): string | undefined {
  if (event.erased) return undefined;
  let parts = made.get(event);
  if (!parts) {
    parts = makeParts(event);
    if (event.data.length <= MAX_KEPT_BYTES) made.set(event, parts);
  }
  const topic =
    shown.length === 1 ? showTopic(shown[0] ?? '', app) : shown.map((name) => showTopic(name, app)).join(' ');
  const token = formatToken({ position: event.position, epoch: head.epoch });
  return `${parts.attributes},"topic":${JSON.stringify(topic)},"position":"${token}"${parts.data}}`;
}

/** One event-stream block; the JSON has no line end in it, so one `data:` line holds it (HTML §9.2.6). */
export function sseEvent(json: string, token: string): Buffer {
  return Buffer.from(`id: ${token}\ndata: ${json}\n\n`);
}

/** Moves the client's last event id on without an event. */
export function ssePosition(token: string): Buffer {
  return Buffer.from(`id: ${token}\n\n`);
}

export function sseRetry(retryMs: number): Buffer {
  return Buffer.from(`retry: ${retryMs}\n\n`);
}

/** Says that events are missing before what follows; the id makes a reconnect go on from there. */
export function sseGap(earliest: string, reason: string): Buffer {
  return Buffer.from(`event: gap\nid: ${earliest}\ndata: ${JSON.stringify({ earliest, reason })}\n\n`);
}

export function sseGoodbye(reason: string, retryMs: number): Buffer {
  return Buffer.from(`event: goodbye\nretry: ${retryMs}\ndata: ${JSON.stringify({ reason })}\n\n`);
}

function makeParts(event: Event): Parts {
  const community = event.topics.some(isDomainTopic);
  const source = community ? '/community' : `/apps/${parseTopic(event.topics[0] ?? '').app ?? ''}`;
  let attributes = `{"specversion":"1.0","id":"${event.id}","source":"${source}","type":${JSON.stringify(event.type)}`;
  attributes += `,"time":"${new Date(event.time).toISOString()}"`;
  if (event.routing?.object !== undefined) attributes += `,"subject":"${event.routing.object}"`;
  // A domain event's data is a snapshot for the protocols' encoders, private fields included: it never leaves as is.
  if (community) return { attributes, data: communityData(event) };
  if (event.contentType !== undefined) attributes += `,"datacontenttype":${JSON.stringify(event.contentType)}`;
  for (const key in event.attributes) attributes += `,${showAttribute(key, event.attributes[key] ?? '')}`;
  return { attributes, data: dataMember(event) };
}

function communityData(event: Event): string {
  const json = publicJson(event);
  return json === undefined ? '' : `,"data":${json}`;
}

/** CloudEvents JSON format §3.1.1: JSON as a value, text as a string, everything else as Base64. */
function dataMember({ data, contentType }: Event): string {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  if (isJsonType(contentType)) return bytes.length === 0 ? '' : `,"data":${oneLine(bytes.toString('utf8'))}`;
  if (isTextType(contentType) && isUtf8(bytes)) return `,"data":${JSON.stringify(bytes.toString('utf8'))}`;
  return `,"data_base64":"${bytes.toString('base64')}"`;
}

/** Line ends stand only between the tokens of valid JSON: its strings escape them. */
function oneLine(json: string): string {
  return json.includes('\n') || json.includes('\r') ? json.replace(/[\r\n]+/g, ' ') : json;
}

function isTextType(contentType: string | undefined): boolean {
  if (contentType === undefined) return false;
  const type = essence(contentType);
  return type.startsWith('text/') || type === 'application/xml' || type.endsWith('+xml');
}
