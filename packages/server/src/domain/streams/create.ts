import { CarillonError, type Position } from '@carillon/core';
import {
  type CommandContext,
  type ForkPoint,
  findStream,
  putStream,
  type StoredStream,
  type StreamSegment,
} from '../../state/index.ts';
import { end } from './end.ts';
import { appendedEvent, closedEvent, createdEvent } from './events.ts';
import { expiryFields, hasExpiry, isDue } from './expiry.ts';
import { isSameMediaType } from './media-type.ts';
import type { CreatedStream, NewFork, NewStream } from './messages.ts';

const DEFAULT_MEDIA_TYPE = 'application/octet-stream';

export function create(context: CommandContext, input: NewStream): CreatedStream {
  const existing = existingStream(context, input.topic);
  if (existing) return { created: false, stream: requireSame(existing, input) };
  const source = input.fork && requireSource(context, input, input.fork);
  const contentType = input.contentType ?? source?.contentType ?? DEFAULT_MEDIA_TYPE;
  if (input.body.kind === 'malformed') throw new CarillonError('bad-request', input.body.reason);
  const fork = source && input.fork && forkPoint(source, input, input.fork);
  const inherited = source && fork ? inheritedSegments(source, fork.offset) : [];

  const id = context.append(createdEvent(input, contentType));
  const data = initialData(input).map((bytes, index, all) =>
    context.append(appendedEvent(input, contentType, bytes, { closes: input.closed && index === all.length - 1 })),
  );
  const tail = data.at(-1) ?? (inherited.length > 0 ? (fork?.offset ?? id) : id);
  const stream: StoredStream = {
    id,
    topic: input.topic,
    contentType,
    tail,
    ...(input.closed ? { closedAt: data.at(-1) ?? context.append(closedEvent(input, tail)) } : {}),
    ...expiryFields(input.expiry, source, context.now),
    ...(fork ? { source: fork } : {}),
    inherited,
    forks: 0,
  };
  putStream(context.db, stream);
  if (source) putStream(context.db, { ...source, forks: source.forks + 1 });
  return { created: true, stream };
}

/** A stream whose time has come makes room; one that is kept for its forks does not (Durable Streams §4.2). */
function existingStream(context: CommandContext, topic: string): StoredStream | undefined {
  const found = findStream(context.db, topic);
  if (found && found.deletedAt === undefined && isDue(found, context.now)) end(context, found);
  const left = found && findStream(context.db, topic);
  if (left?.deletedAt === undefined) return left;
  throw new CarillonError('conflict', 'a deleted stream of this name is kept for its forks; use another name');
}

function requireSame(stream: StoredStream, input: NewStream): StoredStream {
  const { fork } = input;
  const asked = input.contentType ?? (fork ? stream.contentType : DEFAULT_MEDIA_TYPE);
  const differs = !isSameMediaType(asked, stream.contentType)
    ? `its content type is ${stream.contentType}`
    : input.closed !== (stream.closedAt !== undefined)
      ? `it is ${stream.closedAt === undefined ? 'open' : 'closed'}`
      : !hasExpiry(stream, input.expiry)
        ? 'it expires otherwise'
        : !isSameFork(stream.source, fork)
          ? 'it was not forked like this'
          : undefined;
  if (differs === undefined) return stream;
  throw new CarillonError('conflict', `there is another stream of this name: ${differs}`);
}

function isSameFork(point: ForkPoint | undefined, fork: NewFork | undefined): boolean {
  if (!point || !fork) return point === undefined && fork === undefined;
  const isSameOffset = fork.offset === undefined ? point.defaults.includes('offset') : fork.offset === point.offset;
  return isSameOffset && fork.topic === point.topic && fork.subOffset === point.subOffset;
}

function requireSource(context: CommandContext, input: NewStream, fork: NewFork): StoredStream {
  const source = findStream(context.db, fork.topic);
  if (source?.deletedAt !== undefined) throw new CarillonError('conflict', 'the source stream was deleted');
  if (!source || isDue(source, context.now)) throw new CarillonError('not-found', 'there is no source stream');
  if (source.id !== fork.id) throw new CarillonError('conflict', 'the source stream was replaced meanwhile');
  if (input.contentType !== undefined && !isSameMediaType(input.contentType, source.contentType)) {
    throw new CarillonError('conflict', `the source stream holds ${source.contentType}`);
  }
  if (fork.offset !== undefined && fork.offset > source.tail) {
    throw new CarillonError('bad-request', 'Stream-Fork-Offset is beyond the tail of the source stream');
  }
  return source;
}

function forkPoint(source: StoredStream, input: NewStream, fork: NewFork): ForkPoint {
  return {
    id: source.id,
    topic: source.topic,
    offset: fork.offset ?? source.tail,
    subOffset: fork.subOffset,
    defaults: [
      ...(fork.offset === undefined ? (['offset'] as const) : []),
      ...(input.expiry.kind === 'none' ? (['expiry'] as const) : []),
    ],
  };
}

/** The source's own beginning and its own events, cut at the offset; a chain of forks becomes one flat list. */
function inheritedSegments(source: StoredStream, offset: Position): readonly StreamSegment[] {
  const own = { topic: source.topic, since: source.id, until: offset };
  return [...source.inherited, own]
    .map((segment) => ({ ...segment, until: Math.min(segment.until, offset) }))
    .filter((segment) => segment.until > segment.since);
}

/** What the stream begins with of its own: the cut event of its source, then the body. */
function initialData({ fork, body }: NewStream): readonly Uint8Array[] {
  return [fork?.prefix, body.kind === 'data' ? body.data : undefined].filter((bytes) => bytes !== undefined);
}
