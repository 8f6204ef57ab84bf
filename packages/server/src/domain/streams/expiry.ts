import type { StoredStream } from '../../state/index.ts';
import type { StreamExpiry } from './messages.ts';

type ExpiryFields = Pick<StoredStream, 'ttlSeconds' | 'expiresAtMs' | 'dueAtMs' | 'touchedAtMs'>;

/**
 * Reads do not write each time they begin the idle time of a stream anew, only once in this while; a stream therefore
 * lives this much longer than its TTL and never less.
 */
export function touchEveryMs(ttlSeconds: number): number {
  return Math.min(1_000, ttlSeconds * 50);
}

export function isDue(stream: Pick<StoredStream, 'dueAtMs'>, nowMs: number): boolean {
  return stream.dueAtMs !== undefined && stream.dueAtMs <= nowMs;
}

/** The expiry of a new stream: what was asked for, else its source's (Durable Streams §4.2). */
export function expiryFields(asked: StreamExpiry, source: StoredStream | undefined, nowMs: number): ExpiryFields {
  const ttlSeconds = asked.kind === 'ttl' ? asked.seconds : asked.kind === 'none' ? source?.ttlSeconds : undefined;
  const expiresAtMs = asked.kind === 'at' ? asked.ms : asked.kind === 'none' ? source?.expiresAtMs : undefined;
  if (ttlSeconds !== undefined) return { ttlSeconds, ...dueFields(ttlSeconds, nowMs) };
  if (expiresAtMs !== undefined) return { expiresAtMs, dueAtMs: expiresAtMs, touchedAtMs: nowMs };
  return { touchedAtMs: nowMs };
}

/** Whether a stream expires as a request asks; `none` is answered by streams that never do. */
export function hasExpiry(stream: StoredStream, asked: StreamExpiry): boolean {
  switch (asked.kind) {
    case 'none':
      return stream.dueAtMs === undefined || (stream.source?.defaults.includes('expiry') ?? false);
    case 'ttl':
      return stream.ttlSeconds === asked.seconds;
    case 'at':
      return stream.expiresAtMs === asked.ms;
  }
}

/** The stream after a read or a write; one that is held for live readers is held no shorter for that. */
export function touched(stream: StoredStream, nowMs: number): StoredStream {
  if (stream.ttlSeconds === undefined) return stream;
  const { dueAtMs, touchedAtMs } = dueFields(stream.ttlSeconds, nowMs);
  return { ...stream, touchedAtMs, dueAtMs: Math.max(dueAtMs, stream.dueAtMs ?? 0) };
}

/** The stream while live readers are there (`holdMs` beyond its TTL), or from when the last of them left (0). */
export function held(stream: StoredStream, holdMs: number, nowMs: number): StoredStream {
  if (stream.ttlSeconds === undefined) return stream;
  const { dueAtMs, touchedAtMs } = dueFields(stream.ttlSeconds, nowMs);
  return { ...stream, touchedAtMs, dueAtMs: dueAtMs + holdMs };
}

function dueFields(ttlSeconds: number, nowMs: number): { readonly dueAtMs: number; readonly touchedAtMs: number } {
  return { dueAtMs: nowMs + ttlSeconds * 1_000 + touchEveryMs(ttlSeconds), touchedAtMs: nowMs };
}
