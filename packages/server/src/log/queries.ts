import type { Position } from '@carillon/core';
import type { Message, TopicColumn } from '../storage/index.ts';

export interface Fetch {
  readonly positions: Float64Array<ArrayBuffer>;
  readonly maxBytes: number;
}

export interface Fetched {
  /** Rows in the order asked, up to the byte limit. */
  readonly rows: Uint8Array<ArrayBuffer>;
  /** A position without a row; reading stopped there. */
  readonly missing?: Position;
}

export interface Scan {
  readonly after: Position;
  readonly until: Position;
}

/** Places of consecutive rows, for the index. */
export interface Scanned extends TopicColumn {
  /** Bytes of each event's data. */
  readonly bytes: Uint32Array<ArrayBuffer>;
  /** Whether the scan reached its end. */
  readonly done: boolean;
}

export interface Chunk {
  readonly last: Position;
  readonly events: number;
  readonly body: Uint8Array<ArrayBuffer>;
}

export interface Verified {
  readonly last: Position;
  readonly done: boolean;
}

export interface StoredTopics {
  readonly ids: readonly number[];
  readonly names: readonly string[];
  readonly lastRemoved: readonly Position[];
}

export const fetchEvents: Message<Fetch, Fetched> = { name: 'log.fetch' };
export const scanPlaces: Message<Scan, Scanned> = { name: 'log.scan' };
export const storedTopics: Message<undefined, StoredTopics> = { name: 'log.topics' };
/** Some chunks of places above a position, ascending. */
export const placeChunks: Message<{ readonly after: Position }, readonly Chunk[]> = { name: 'log.chunks' };
/** How many events there are up to a position. */
export const countEvents: Message<{ readonly until: Position }, number> = { name: 'log.count' };
/** Checks some events' whole content; answers how far it came. */
export const verifyContents: Message<Scan, Verified> = { name: 'log.verify-contents' };
/** First and last position of each removed range, ascending, one after another. */
export const removedRanges: Message<undefined, Float64Array<ArrayBuffer>> = { name: 'log.removed' };
