import { CarillonError, type Position } from '@carillon/core';
import type { Context } from 'hono';
import {
  appendToStream,
  createStream,
  deleteStream,
  type NewFork,
  type StoredStream,
  type StreamBody,
} from '../../../../domain/index.ts';
import type { DurableDependencies } from '../dependencies.ts';
import { offsetAt, SECURITY_HEADERS } from '../headers.ts';
import { firstMessages, hasNoMessages, toStoredMessages } from '../json-messages.ts';
import { type Caller, describe, positionOf, readableTopic, writableTopic } from '../lookup.ts';
import { isJson } from '../media-type.ts';
import { readStream } from '../page.ts';
import { decodeAppend, decodeCreate, type ForkRequest, type Offset } from '../wire.ts';

/** Enough to get past events whose data was erased. */
const EVENTS_TO_CUT = 100;

/** `PUT`: Durable Streams §5.1, and §4.2 for forks. */
export async function putStream(
  c: Context,
  deps: DurableDependencies,
  caller: Caller,
  path: string,
): Promise<Response> {
  const topic = writableTopic(deps, caller, path);
  const request = decodeCreate((name) => c.req.header(name));
  const source = request.fork && (await findSource(deps, caller, request.fork));
  const fork = request.fork && source && (await toFork(deps, source, request.fork));
  const bytes = new Uint8Array(await c.req.arrayBuffer());
  const contentType = request.contentType ?? source?.stream?.contentType;
  const { result } = await deps.commands.run(createStream, {
    topic,
    actor: actorOf(caller),
    ...(request.contentType === undefined ? {} : { contentType: request.contentType }),
    expiry: request.expiry,
    closed: request.closed,
    body: toBody(bytes, contentType, { mayBeEmpty: true }),
    ...(fork ? { fork } : {}),
  });
  const { stream, created } = result;
  return new Response(null, {
    status: created ? 201 : 200,
    headers: {
      ...SECURITY_HEADERS,
      'content-type': stream.contentType,
      'stream-next-offset': offsetAt(stream.tail, deps.log.head),
      ...(stream.closedAt === undefined ? {} : { 'stream-closed': 'true' }),
      ...(created ? { location: new URL(path, c.req.url).href } : {}),
    },
  });
}

/** `POST`: append, close, or both (§5.2, §5.3). */
export async function postStream(
  c: Context,
  deps: DurableDependencies,
  caller: Caller,
  path: string,
): Promise<Response> {
  const topic = writableTopic(deps, caller, path);
  const bytes = new Uint8Array(await c.req.arrayBuffer());
  const request = decodeAppend((name) => c.req.header(name), { hasBody: bytes.length > 0 });
  const { result } = await deps.commands.run(appendToStream, {
    topic,
    actor: actorOf(caller),
    ...request,
    body: toBody(bytes, request.contentType, { mayBeEmpty: false }),
  });
  // New data of an idempotent producer is told from a repeat by its status (§5.2.1).
  const isNew = result.appended && request.producer !== undefined && bytes.length > 0;
  return new Response(null, {
    status: isNew ? 200 : 204,
    headers: {
      ...SECURITY_HEADERS,
      'stream-next-offset': offsetAt(result.tail, deps.log.head),
      ...(result.closed ? { 'stream-closed': 'true' } : {}),
      ...(request.producer ? { 'producer-epoch': String(request.producer.epoch) } : {}),
      ...(result.producerSeq === undefined ? {} : { 'producer-seq': String(result.producerSeq) }),
    },
  });
}

/** `DELETE`: §5.4. */
export async function removeStream(deps: DurableDependencies, caller: Caller, path: string): Promise<Response> {
  const topic = writableTopic(deps, caller, path);
  await deps.commands.run(deleteStream, { topic, actor: actorOf(caller) });
  return new Response(null, { status: 204, headers: SECURITY_HEADERS });
}

function actorOf({ principal }: Caller): string {
  return `/apps/${principal.app}`;
}

function toBody(
  bytes: Uint8Array,
  contentType: string | undefined,
  { mayBeEmpty }: { readonly mayBeEmpty: boolean },
): StreamBody {
  if (bytes.length === 0) return { kind: 'none' };
  if (contentType === undefined || !isJson(contentType)) return { kind: 'data', data: bytes };
  try {
    const data = toStoredMessages(bytes);
    if (!hasNoMessages(data)) return { kind: 'data', data };
    return mayBeEmpty ? { kind: 'none' } : { kind: 'malformed', reason: 'an empty array appends nothing' };
  } catch (error) {
    if (error instanceof CarillonError) return { kind: 'malformed', reason: error.message };
    throw error;
  }
}

interface Source {
  readonly topic: string;
  /** Absent when there is none to read from. */
  readonly stream?: StoredStream;
}

/** Who forks a stream reads it. Whether a missing one matters is for the command to say: the fork may exist. */
async function findSource(deps: DurableDependencies, caller: Caller, fork: ForkRequest): Promise<Source> {
  const topic = readableTopic(deps, caller, fork.sourcePath);
  try {
    return { topic, stream: (await describe(deps, topic)).stream };
  } catch (error) {
    if (error instanceof CarillonError && (error.code === 'gone' || error.code === 'not-found')) return { topic };
    throw error;
  }
}

/** Data never changes at its place, so the event that the fork cuts is read before the command. */
async function toFork(deps: DurableDependencies, { topic, stream }: Source, fork: ForkRequest): Promise<NewFork> {
  const { subOffset } = fork;
  const offset = fork.offset && (stream ? positionOf(fork.offset, stream, deps.log.head) : asGiven(fork.offset));
  const wanted = { topic, subOffset, ...(offset === undefined ? {} : { offset }) };
  if (!stream) return wanted;
  if (subOffset === 0) return { ...wanted, id: stream.id };
  const limits = { limit: EVENTS_TO_CUT, maxBytes: 1 };
  const { events } = await readStream(deps.log, stream, offset ?? stream.tail, limits);
  const data = events[0]?.data;
  const prefix = data && (isJson(stream.contentType) ? firstMessages(data, subOffset) : firstBytes(data, subOffset));
  if (prefix) return { ...wanted, id: stream.id, prefix };
  throw new CarillonError('bad-request', 'Stream-Fork-Sub-Offset is beyond the data that follows Stream-Fork-Offset');
}

function asGiven(offset: Offset): Position {
  return offset.kind === 'start' ? 0 : offset.token.position;
}

function firstBytes(data: Uint8Array, count: number): Uint8Array | undefined {
  return count <= data.length ? data.subarray(0, count) : undefined;
}
