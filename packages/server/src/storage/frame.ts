import type { NewEvent } from '@carillon/core';
import type { Frame, Side } from './messages.ts';

/** An event on its way to the writer. */
export interface PreparedEvent {
  readonly event: NewEvent;
  /** What `encodeExtra` made of it. */
  readonly extra: string;
  readonly extraBytes: number;
}

/** One operation as the main thread queues it. */
export type Request =
  | { readonly kind: 'append'; readonly events: readonly PreparedEvent[]; readonly side: Side | undefined }
  | { readonly kind: 'side'; readonly side: Side };

/** An event as the writer unpacks it. */
export interface FramedEvent {
  readonly type: string;
  readonly extra: string;
  readonly topics: readonly string[];
  readonly data: Uint8Array;
  /** Type, extra and data in one piece, for the sum; absent when they are not. */
  readonly whole: Uint8Array | undefined;
  readonly extraBytes: number;
}

export type FramedOperation =
  | { readonly kind: 'append'; readonly events: readonly FramedEvent[]; readonly side: Side | undefined }
  | { readonly kind: 'side'; readonly side: Side };

const APPEND = 1;
const KEYED_APPEND = 2;
const SIDE = 3;
const OPERATION_HEAD = 5;
const EVENT_HEAD = 11;
const TOPIC_BYTES = 4;

export function sizeOf(request: Request): number {
  let size = OPERATION_HEAD;
  if (request.kind === 'side') return size;
  for (const { event, extraBytes } of request.events) {
    size += EVENT_HEAD + event.topics.length * TOPIC_BYTES + event.type.length + extraBytes + event.data.byteLength;
  }
  return size;
}

/** Packs operations into one transferable piece, because cloning thousands of small objects costs the main thread. */
export function packFrame(requests: readonly Request[], size: number): Frame {
  const bytes = Buffer.from(new ArrayBuffer(size));
  const topics = new Map<string, number>();
  const side: Side[] = [];
  let at = 0;
  for (const request of requests) {
    const keyed = request.kind === 'append' && request.side !== undefined;
    bytes[at] = request.kind === 'side' ? SIDE : keyed ? KEYED_APPEND : APPEND;
    if (request.side !== undefined) side.push(request.side);
    const events = request.kind === 'append' ? request.events : [];
    bytes.writeUInt32LE(events.length, at + 1);
    at += OPERATION_HEAD;
    for (const prepared of events) at = packEvent(bytes, at, prepared, topics);
  }
  return { kind: 'frame', operations: requests.length, bytes, topics: [...topics.keys()], side };
}

function packEvent(bytes: Buffer, start: number, prepared: PreparedEvent, topics: Map<string, number>): number {
  const { event, extra, extraBytes } = prepared;
  let at = start;
  bytes[at] = event.topics.length;
  bytes.writeUInt16LE(event.type.length, at + 1);
  bytes.writeUInt32LE(extraBytes, at + 3);
  bytes.writeUInt32LE(event.data.byteLength, at + 7);
  at += EVENT_HEAD;
  for (const name of event.topics) {
    let index = topics.get(name);
    if (index === undefined) {
      index = topics.size;
      topics.set(name, index);
    }
    bytes.writeUInt32LE(index, at);
    at += TOPIC_BYTES;
  }
  at += bytes.write(event.type, at, 'latin1');
  if (extraBytes > 0) at += bytes.write(extra, at, 'utf8');
  bytes.set(event.data, at);
  return at + event.data.byteLength;
}

/** Frees a frame's bytes now: to the collector they look like one small object, however many megabytes they are. */
export function releaseFrame({ bytes }: Frame): void {
  bytes.buffer.transfer(0);
}

export function* unpackFrame(frame: Frame): Generator<FramedOperation, void, void> {
  const bytes = Buffer.from(frame.bytes.buffer, frame.bytes.byteOffset, frame.bytes.byteLength);
  let sides = 0;
  let at = 0;
  const nextSide = (): Side => {
    const side = frame.side[sides];
    if (!side) throw new Error('a frame refers to more than it carries');
    sides += 1;
    return side;
  };
  while (at < bytes.length) {
    const kind = bytes[at];
    const count = bytes.readUInt32LE(at + 1);
    at += OPERATION_HEAD;
    if (kind === SIDE) {
      yield { kind: 'side', side: nextSide() };
      continue;
    }
    const events: FramedEvent[] = [];
    for (let n = 0; n < count; n += 1) {
      const next = unpackEvent(bytes, at, frame.topics);
      events.push(next.event);
      at = next.end;
    }
    yield { kind: 'append', events, side: kind === KEYED_APPEND ? nextSide() : undefined };
  }
}

function unpackEvent(bytes: Buffer, start: number, names: readonly string[]): { event: FramedEvent; end: number } {
  const topicCount = bytes[start] ?? 0;
  const typeBytes = bytes.readUInt16LE(start + 1);
  const extraBytes = bytes.readUInt32LE(start + 3);
  const dataBytes = bytes.readUInt32LE(start + 7);
  let at = start + EVENT_HEAD;
  const topics: string[] = [];
  for (let n = 0; n < topicCount; n += 1, at += TOPIC_BYTES) topics.push(names[bytes.readUInt32LE(at)] ?? '');
  const extraAt = at + typeBytes;
  const dataAt = extraAt + extraBytes;
  const end = dataAt + dataBytes;
  const event: FramedEvent = {
    type: bytes.toString('latin1', at, extraAt),
    extra: extraBytes === 0 ? '' : bytes.toString('utf8', extraAt, dataAt),
    topics,
    data: bytes.subarray(dataAt, end),
    whole: bytes.subarray(at, end),
    extraBytes,
  };
  return { event, end };
}
