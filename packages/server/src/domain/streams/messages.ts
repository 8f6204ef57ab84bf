import type { Position } from '@carillon/core';
import type { Message, ProducerTag, StoredStream, StreamGarbage } from '../../state/index.ts';

export type StreamExpiry =
  | { readonly kind: 'none' }
  | { readonly kind: 'ttl'; readonly seconds: number }
  | { readonly kind: 'at'; readonly ms: number };

/** What a request carries to be stored. `malformed` says why it cannot be, once everything else is in order. */
export type StreamBody =
  | { readonly kind: 'none' }
  | { readonly kind: 'data'; readonly data: Uint8Array }
  | { readonly kind: 'malformed'; readonly reason: string };

export interface NewFork {
  readonly topic: string;
  /** The incarnation that the prefix was read from; absent when none was found. */
  readonly id?: Position;
  /** Absent: its tail. Below its beginning: nothing is inherited. */
  readonly offset?: Position;
  readonly subOffset: number;
  /** The part of the event after `offset` that `subOffset` asks for. */
  readonly prefix?: Uint8Array;
}

export interface NewStream {
  readonly topic: string;
  /** Who asks, as events name it. */
  readonly actor: string;
  /** Absent: that of the source, or bytes. */
  readonly contentType?: string;
  readonly expiry: StreamExpiry;
  readonly closed: boolean;
  readonly body: StreamBody;
  readonly fork?: NewFork;
}

export interface CreatedStream {
  /** False when a stream of the same configuration was there already. */
  readonly created: boolean;
  readonly stream: StoredStream;
}

export interface StreamAppend {
  readonly topic: string;
  readonly actor: string;
  /** Absent only without data. */
  readonly contentType?: string;
  readonly body: StreamBody;
  readonly seq?: string;
  readonly producer?: ProducerTag;
  readonly close: boolean;
}

export interface StreamAppended {
  /** False when the producer's request, or the close, had been accepted before: nothing happened now. */
  readonly appended: boolean;
  readonly tail: Position;
  readonly closed: boolean;
  /** Highest sequence number accepted of this producer's epoch. */
  readonly producerSeq?: number;
}

/**
 * Creates a stream, or finds it as asked for. Throws `not-found` for a missing source, `conflict` when another stream
 * is there or the source does not allow it, `bad-request` for an offset beyond the source's tail.
 */
export const createStream: Message<NewStream, CreatedStream> = { name: 'streams.create' };
/**
 * Appends, closes, or both, as one event. Throws `not-found`, `gone`, `bad-request`, `conflict` (facts: `closed` and
 * `tail`; or `expectedSeq` and `receivedSeq`) and `forbidden` (fact `currentEpoch`) as Durable Streams §5.2 says.
 */
export const appendToStream: Message<StreamAppend, StreamAppended> = { name: 'streams.append' };
/** Deletes a stream; its data stays while forks read it. Throws `not-found`, or `gone` when it was deleted before. */
export const deleteStream: Message<{ readonly topic: string; readonly actor: string }, undefined> = {
  name: 'streams.delete',
};
/** Begins the idle time of these incarnations anew; unknown ones are ignored. */
export const touchStreams: Message<{ readonly ids: readonly Position[] }, undefined> = { name: 'streams.touch' };
/**
 * Keeps these incarnations for so long beyond their TTL, because somebody reads them live; with 0 their idle time
 * begins now. Unknown ones are ignored.
 */
export const holdStreams: Message<{ readonly ids: readonly Position[]; readonly holdMs: number }, undefined> = {
  name: 'streams.hold',
};
/** Deletes streams whose time has come, some at a time; answers how many. */
export const expireStreams: Message<Record<never, never>, number> = { name: 'streams.expire' };
/** Removes these events of a deleted stream; everything up to `upTo` is then gone. */
export const collectStream: Message<
  { readonly range: StreamGarbage; readonly positions: readonly Position[]; readonly upTo: Position },
  undefined
> = { name: 'streams.collect' };

/** The stream as it is at `nowMs`. Throws `not-found`, and `gone` while only forks still read it. */
export const describeStream: Message<{ readonly topic: string; readonly nowMs: number }, StoredStream> = {
  name: 'streams.describe',
};
/** Whether a stream is due at `nowMs`, and deleted events that are still to be removed. */
export const streamChores: Message<
  { readonly nowMs: number; readonly limit: number },
  { readonly due: boolean; readonly garbage: readonly StreamGarbage[] }
> = { name: 'streams.chores' };
