import { CarillonError, type Principal } from '@carillon/core';
import type { StreamRequest } from '../../../../transport/index.ts';
import { nextCursor } from '../cursor.ts';
import type { DurableDependencies } from '../dependencies.ts';
import { bodyOf, SSE_ENCODINGS, sseFormOf } from '../encode.ts';
import { cacheControl, etagOf, progressHeaders, SECURITY_HEADERS } from '../headers.ts';
import type { KeepAlive } from '../keep-alive.ts';
import { type Caller, type Described, describe, positionOf, readableTopic } from '../lookup.ts';
import { readStream, type StreamPage, toStreamPage } from '../page.ts';
import { StreamReader } from '../stream-reader.ts';
import { type MarkedFrames, StreamSink } from '../stream-sink.ts';
import { decodeRead, type ReadFrom } from '../wire.ts';

/** What all live reads of this server share. */
export interface LiveReads {
  readonly keepAlive: KeepAlive;
  readonly marked: MarkedFrames;
}

/** Answers `GET` with `live`: a parked request (Durable Streams §5.7) or an event stream (§5.8). */
export async function openLive(
  request: StreamRequest,
  deps: DurableDependencies,
  shared: LiveReads,
  caller: Caller,
): Promise<void> {
  const topic = readableTopic(deps, caller, request.path);
  const { from, live, cursor } = decodeRead(request.search);
  const described = await describe(deps, topic);
  await shared.keepAlive.touch(described.stream);
  const read = { described, from, cursor: nextCursor(cursor, Date.now()) };
  if (live === 'sse') await openEventStream(request, deps, shared, caller.principal, read);
  else await longPoll(request, deps, shared, caller, read);
}

interface LiveRead {
  readonly described: Described;
  readonly from: ReadFrom;
  readonly cursor: number;
}

async function longPoll(
  request: StreamRequest,
  deps: DurableDependencies,
  shared: LiveReads,
  caller: Caller,
  { described, from, cursor }: LiveRead,
): Promise<void> {
  const { stream } = described;
  const { principal } = caller;
  const after = from.kind === 'now' ? stream.tail : positionOf(from, stream, deps.log.head);
  const limits = { limit: deps.settings.maxPageEvents, maxBytes: deps.settings.maxPageBytes };
  let page = await firstPage(deps, described, from, after);
  if (page.events.length === 0 && page.upToDate && !page.closed && !page.ended) {
    request.park(principal);
    shared.keepAlive.hold(stream);
    try {
      const found = await deps.hub.wait({
        topics: [{ topic: stream.topic, since: stream.id }],
        after: Math.max(page.upTo, stream.id),
        ...limits,
        timeoutMs: deps.settings.longPollMs,
        mayRead: (topic) => deps.gate.isAllowed(principal, 'subscribe', topic),
        signal: request.signal,
      });
      page = toStreamPage(stream, after, [], found, limits);
    } finally {
      shared.keepAlive.release(stream);
    }
    if (!deps.gate.isValid(principal)) throw new CarillonError('unauthorized', 'this needs a valid credential');
  }
  if (page.ended) throw new CarillonError('not-found', 'the stream was deleted');
  answerPoll(request, deps, caller, described, { after, cursor, page });
}

function answerPoll(
  request: StreamRequest,
  deps: DurableDependencies,
  caller: Caller,
  { stream }: Described,
  { after, cursor, page }: { readonly after: number; readonly cursor: number; readonly page: StreamPage },
): void {
  const headers = {
    ...SECURITY_HEADERS,
    ...progressHeaders(deps.log.head, page),
    ...(page.closed ? {} : { 'stream-cursor': String(cursor) }),
  };
  if (page.events.length === 0) {
    request.respond(204, { ...headers, 'cache-control': 'no-store' }, '');
    return;
  }
  const kept = {
    'content-type': stream.contentType,
    'cache-control': cacheControl(page, { isPublic: caller.isAnonymous }),
    etag: etagOf(stream, after, page),
  };
  request.respond(200, { ...headers, ...kept }, bodyOf(stream.contentType, page.events));
}

async function openEventStream(
  request: StreamRequest,
  deps: DurableDependencies,
  shared: LiveReads,
  principal: Principal,
  { described, from, cursor }: LiveRead,
): Promise<void> {
  const { stream } = described;
  const form = sseFormOf(stream.contentType);
  const after = from.kind === 'now' ? stream.tail : positionOf(from, stream, deps.log.head);
  let page = await firstPage(deps, described, from, after);
  if (page.ended) throw new CarillonError('not-found', 'the stream was deleted');
  const owner = new StreamReader(principal, stream, deps.gate, shared.keepAlive);
  const socket = request.sse(owner, {
    ...SECURITY_HEADERS,
    'cache-control': 'no-cache, no-store',
    ...(form === 'base64' ? { 'stream-sse-data-encoding': 'base64' } : {}),
  });
  const sink = new StreamSink(socket, { form, cursor, log: deps.log, marked: shared.marked });
  owner.begin(sink);
  if (!sink.closed) sink.send(page);
  while (!sink.closed && !page.upToDate) {
    await sink.drained(owner.gone);
    if (sink.closed || !owner.mayRead(stream.topic)) break;
    page = await readStream(deps.log, stream, page.next, limitsOf(deps));
    if (!sink.closed) sink.send(page);
  }
  if (sink.closed) return;
  if (!page.upToDate) return sink.end();
  const topics = [{ topic: stream.topic, since: stream.id }];
  owner.follow(
    deps.hub.attach(owner, { encoding: SSE_ENCODINGS[form], topics, after: Math.max(page.upTo, stream.id) }),
  );
}

/** What is there now. `now` itself needs no read: the row says where the tail is, and whether that is the end. */
async function firstPage(
  deps: DurableDependencies,
  { stream, position }: Described,
  from: ReadFrom,
  after: number,
): Promise<StreamPage> {
  if (from.kind !== 'now') return readStream(deps.log, stream, after, limitsOf(deps));
  const closed = stream.closedAt !== undefined;
  return { events: [], next: stream.tail, upTo: position, upToDate: true, closed, ended: false };
}

function limitsOf({ settings }: DurableDependencies): { readonly limit: number; readonly maxBytes: number } {
  return { limit: settings.maxPageEvents, maxBytes: settings.maxPageBytes };
}
