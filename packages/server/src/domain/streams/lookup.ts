import { CarillonError } from '@carillon/core';
import { type Database, findStream, type StoredStream } from '../../state/index.ts';
import { isDue } from './expiry.ts';

/** The stream of a topic; throws `not-found`, or `gone` when it is only kept for its forks. */
export function requireStream(db: Database, topic: string, nowMs: number): StoredStream {
  const stream = findStream(db, topic);
  if (stream?.deletedAt !== undefined || (stream && isDue(stream, nowMs) && stream.forks > 0)) {
    throw new CarillonError('gone', 'this stream was deleted; its data is kept for its forks only');
  }
  if (stream && !isDue(stream, nowMs)) return stream;
  throw new CarillonError('not-found', 'there is no such stream');
}
