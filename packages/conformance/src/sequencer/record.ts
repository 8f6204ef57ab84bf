import { deserialize, serialize } from 'node:v8';
import { crc32 } from 'node:zlib';
import type { Event, IdempotencyKey, Position } from '@carillon/core';

export interface StoredEvent extends Omit<Event, 'data' | 'erased'> {
  readonly bytes: number;
  readonly sum: number;
}

export type RecordHead =
  | { readonly kind: 'batch'; readonly events: readonly StoredEvent[]; readonly key?: IdempotencyKey }
  | { readonly kind: 'erase'; readonly positions: readonly Position[] };

export interface FoundRecord {
  readonly head: RecordHead;
  /** Where the data of the record's events begins in the file. */
  readonly dataAt: number;
  readonly next: number;
}

const PREFIX_BYTES = 12;

/** A record: head length, data length, sum of the head, the head, and the data of its events one after another. */
export function encodeRecord(head: RecordHead, data: readonly Uint8Array[]): Buffer {
  const body = serialize(head);
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32BE(body.length, 0);
  prefix.writeUInt32BE(
    data.reduce((sum, part) => sum + part.length, 0),
    4,
  );
  prefix.writeUInt32BE(crc32(body), 8);
  return Buffer.concat([prefix, body, ...data]);
}

/** Where the data of a record written at `at` begins. */
export function dataStart(record: Buffer, at: number): number {
  return at + PREFIX_BYTES + record.readUInt32BE(0);
}

/** The record at this offset; `undefined` when it is torn or damaged. */
export function decodeRecord(file: Buffer, at: number): FoundRecord | undefined {
  if (file.length < at + PREFIX_BYTES) return undefined;
  const dataAt = at + PREFIX_BYTES + file.readUInt32BE(at);
  const next = dataAt + file.readUInt32BE(at + 4);
  if (next > file.length) return undefined;
  const body = file.subarray(at + PREFIX_BYTES, dataAt);
  if (crc32(body) !== file.readUInt32BE(at + 8)) return undefined;
  // The sum says that `encodeRecord` wrote this.
  return { head: deserialize(body) as RecordHead, dataAt, next };
}
