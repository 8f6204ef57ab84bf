import { CarillonError, parseToken, type Token } from '@carillon/core';
import { checkMediaType } from './media-type.ts';

/** A request header by its lower-case name. */
export type HeaderReader = (name: string) => string | undefined;

export type Expiry =
  | { readonly kind: 'none' }
  | { readonly kind: 'ttl'; readonly seconds: number }
  | { readonly kind: 'at'; readonly ms: number };

export interface ForkRequest {
  /** URL path of the source stream. */
  readonly sourcePath: string;
  /** Absent: the source's tail. */
  readonly offset?: Offset;
  readonly subOffset: number;
}

export interface CreateRequest {
  readonly contentType?: string;
  readonly expiry: Expiry;
  readonly closed: boolean;
  readonly fork?: ForkRequest;
}

export interface ProducerTag {
  readonly id: string;
  readonly epoch: number;
  readonly seq: number;
}

export interface AppendRequest {
  readonly contentType?: string;
  readonly seq?: string;
  readonly producer?: ProducerTag;
  readonly close: boolean;
}

export type Offset = { readonly kind: 'start' } | { readonly kind: 'after'; readonly token: Token };
export type ReadFrom = Offset | { readonly kind: 'now' };

export interface ReadRequest {
  readonly from: ReadFrom;
  readonly live: 'no' | 'long-poll' | 'sse';
  readonly cursor?: string;
}

const MAX_TTL_SECONDS = 10_000_000_000;
const MAX_SEQ_BYTES = 256;
const MAX_PRODUCER_BYTES = 256;
const DECIMAL = /^(?:0|[1-9]\d{0,15})$/;
/** RFC 3339 §5.6. */
const TIMESTAMP = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})$/;
/** Position 0 stands before the first event in every history, so its epoch does not matter. */
const ZERO_OFFSET = /^0{16}_[0-9a-z]{1,16}$/;

export function decodeCreate(header: HeaderReader): CreateRequest {
  const contentType = header('content-type');
  const fork = decodeFork(header);
  return {
    ...(contentType === undefined ? {} : { contentType: checkMediaType(contentType) }),
    expiry: decodeExpiry(header),
    closed: isTrue(header('stream-closed')),
    ...(fork === undefined ? {} : { fork }),
  };
}

export function decodeAppend(header: HeaderReader, options: { readonly hasBody: boolean }): AppendRequest {
  const contentType = header('content-type');
  const seq = header('stream-seq');
  const producer = decodeProducer(header);
  const close = isTrue(header('stream-closed'));
  if (!options.hasBody && !close) {
    throw new CarillonError('bad-request', 'the body is empty; only a request with Stream-Closed: true may be');
  }
  if (options.hasBody && contentType === undefined) {
    throw new CarillonError('bad-request', 'Content-Type is missing; it must be that of the stream');
  }
  if (seq !== undefined && (seq === '' || seq.length > MAX_SEQ_BYTES)) {
    throw new CarillonError('bad-request', `Stream-Seq has 1 to ${MAX_SEQ_BYTES} bytes`);
  }
  return {
    // A request without body is never refused for its type (Durable Streams §5.2).
    ...(options.hasBody && contentType !== undefined ? { contentType: checkMediaType(contentType) } : {}),
    ...(seq === undefined ? {} : { seq }),
    ...(producer === undefined ? {} : { producer }),
    close,
  };
}

export function decodeRead(search: URLSearchParams): ReadRequest {
  const live = decodeLive(search.get('live'));
  const offsets = search.getAll('offset');
  if (offsets.length > 1) throw new CarillonError('bad-request', 'offset may be given once');
  const text = offsets[0];
  if (text === undefined && live !== 'no') {
    throw new CarillonError('bad-request', `offset is required with live=${live}; -1 means the beginning`);
  }
  const cursor = search.get('cursor');
  return {
    from: text === undefined ? { kind: 'start' } : text === 'now' ? { kind: 'now' } : decodeOffset(text, 'offset'),
    live,
    ...(cursor === null ? {} : { cursor }),
  };
}

export function decodeOffset(text: string, source: string): Offset {
  if (text === '-1' || ZERO_OFFSET.test(text)) return { kind: 'start' };
  const token = parseToken(text);
  if (token !== undefined && token.frame === undefined) return { kind: 'after', token };
  throw new CarillonError('bad-request', `${source} is neither -1, now nor an offset that this server gave out`);
}

function decodeLive(text: string | null): ReadRequest['live'] {
  if (text === null) return 'no';
  if (text === 'long-poll' || text === 'sse') return text;
  throw new CarillonError('bad-request', 'live must be long-poll or sse');
}

function decodeFork(header: HeaderReader): ForkRequest | undefined {
  const sourcePath = header('stream-forked-from');
  const offset = header('stream-fork-offset');
  const subOffset = header('stream-fork-sub-offset');
  if (sourcePath === undefined) {
    if (offset === undefined && subOffset === undefined) return undefined;
    throw new CarillonError('bad-request', 'Stream-Fork-Offset and Stream-Fork-Sub-Offset need Stream-Forked-From');
  }
  const sub = subOffset === undefined ? 0 : decodeInteger(subOffset, 'Stream-Fork-Sub-Offset');
  if (sub > 0 && offset === undefined) {
    throw new CarillonError('bad-request', 'Stream-Fork-Sub-Offset above 0 needs Stream-Fork-Offset');
  }
  return {
    sourcePath,
    ...(offset === undefined ? {} : { offset: decodeOffset(offset, 'Stream-Fork-Offset') }),
    subOffset: sub,
  };
}

function decodeExpiry(header: HeaderReader): Expiry {
  const ttl = header('stream-ttl');
  const at = header('stream-expires-at');
  if (ttl !== undefined && at !== undefined) {
    throw new CarillonError('bad-request', 'Stream-TTL and Stream-Expires-At exclude each other');
  }
  if (ttl !== undefined) {
    const seconds = decodeInteger(ttl, 'Stream-TTL');
    if (seconds > MAX_TTL_SECONDS) throw new CarillonError('bad-request', `Stream-TTL is at most ${MAX_TTL_SECONDS}`);
    return { kind: 'ttl', seconds };
  }
  if (at === undefined) return { kind: 'none' };
  const ms = TIMESTAMP.test(at) ? Date.parse(at) : Number.NaN;
  if (Number.isFinite(ms)) return { kind: 'at', ms };
  throw new CarillonError('bad-request', 'Stream-Expires-At must be a time as in RFC 3339, 2030-01-02T03:04:05Z');
}

function decodeProducer(header: HeaderReader): ProducerTag | undefined {
  const id = header('producer-id');
  const epoch = header('producer-epoch');
  const seq = header('producer-seq');
  if (id === undefined && epoch === undefined && seq === undefined) return undefined;
  if (id === undefined || epoch === undefined || seq === undefined) {
    throw new CarillonError('bad-request', 'Producer-Id, Producer-Epoch and Producer-Seq go together or not at all');
  }
  if (id === '' || id.length > MAX_PRODUCER_BYTES) {
    throw new CarillonError('bad-request', `Producer-Id has 1 to ${MAX_PRODUCER_BYTES} bytes`);
  }
  return { id, epoch: decodeInteger(epoch, 'Producer-Epoch'), seq: decodeInteger(seq, 'Producer-Seq') };
}

function decodeInteger(text: string, name: string): number {
  const value = DECIMAL.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(value)) return value;
  throw new CarillonError('bad-request', `${name} must be a whole number from 0 to 2^53-1 in plain decimal digits`);
}

/** Any other value counts as absent (Durable Streams §4.1). */
function isTrue(value: string | undefined): boolean {
  return value?.trim().toLowerCase() === 'true';
}
