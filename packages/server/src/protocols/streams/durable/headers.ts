import { formatToken, type Head, type Position } from '@carillon/core';
import type { StoredStream } from '../../../domain/index.ts';

export type Headers = Readonly<Record<string, string>>;

/** On every answer (Durable Streams §12.7). */
export const SECURITY_HEADERS: Headers = {
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'cross-origin',
};

/**
 * What a shared or private cache may do with an answer. A page that more data follows never changes, so it may be
 * kept; one that reaches the tail is kept only to be asked for again with its ETag.
 */
export function cacheControl(page: { readonly upToDate: boolean }, options: { readonly isPublic: boolean }): string {
  const who = options.isPublic ? 'public' : 'private';
  return page.upToDate ? `${who}, no-cache` : `${who}, max-age=60, stale-while-revalidate=300`;
}

export function etagOf(
  stream: StoredStream,
  after: Position,
  page: { readonly next: Position; readonly upToDate: boolean; readonly closed: boolean },
): string {
  const state = page.closed ? ':c' : page.upToDate ? ':u' : '';
  return `"${stream.id}:${after}:${page.next}${state}"`;
}

/** RFC 9110 §13.1.2: weak comparison with any of the listed tags. */
export function isMatch(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
}

/** Where the reader is and what that means. */
export function progressHeaders(
  head: Head,
  page: { readonly next: Position; readonly upToDate: boolean; readonly closed: boolean },
): Headers {
  return {
    'stream-next-offset': offsetAt(page.next, head),
    ...(page.upToDate ? { 'stream-up-to-date': 'true' } : {}),
    ...(page.closed ? { 'stream-closed': 'true' } : {}),
  };
}

export function expiryHeaders(stream: StoredStream): Headers {
  return {
    ...(stream.ttlSeconds === undefined ? {} : { 'stream-ttl': String(stream.ttlSeconds) }),
    ...(stream.expiresAtMs === undefined ? {} : { 'stream-expires-at': new Date(stream.expiresAtMs).toISOString() }),
  };
}

export function offsetAt(position: Position, head: Head): string {
  return formatToken({ position, epoch: head.epoch });
}
