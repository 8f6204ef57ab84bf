import { randomBytes } from 'node:crypto';
import { type FileHandle, open, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Appended, Epoch, Event, Position } from '@carillon/core';
import { dataStart, decodeRecord, encodeRecord, type RecordHead, type StoredEvent } from './record.ts';

interface Place {
  readonly at: number;
  readonly bytes: number;
}

/** One durable file of ordered events. Nothing is told before the file is synced. */
export class Journal {
  readonly epoch: Epoch;
  readonly events: Event[] = [];
  readonly erased = new Set<Position>();
  readonly keys = new Map<string, { readonly digest: string; readonly appended: Appended }>();
  readonly #file: FileHandle;
  readonly #places: Place[] = [];
  #size = 0;

  private constructor(epoch: Epoch, file: FileHandle) {
    this.epoch = epoch;
    this.#file = file;
  }

  static async open(directory: string): Promise<Journal> {
    const epoch = await openEpoch(directory);
    const path = join(directory, 'sequencer.journal');
    const file = await open(path, 'a+').then(async (made) => {
      await made.close();
      return open(path, 'r+');
    });
    const journal = new Journal(epoch, file);
    await journal.#recover(await readFile(path));
    await syncFolder(directory);
    return journal;
  }

  get end(): Position {
    return this.events.length;
  }

  /** Writes records and syncs once; a failure ends the process, because nobody knows what is on the disk then. */
  async write(records: readonly { readonly head: RecordHead; readonly data: readonly Uint8Array[] }[]): Promise<void> {
    for (const { head, data } of records) {
      const record = encodeRecord(head, data);
      await this.#file.write(record, 0, record.length, this.#size);
      if (head.kind === 'batch') this.#place(head.events, dataStart(record, this.#size));
      this.#size += record.length;
    }
    await this.#file.datasync();
    for (const { head, data } of records) this.#take(head, data);
  }

  /** Overwrites the data of positions whose erasure is already in the file. */
  async blank(positions: readonly Position[]): Promise<void> {
    for (const position of positions) {
      const place = this.#places[position - 1];
      if (place) await this.#file.write(Buffer.alloc(place.bytes), 0, place.bytes, place.at);
    }
    await this.#file.datasync();
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async #recover(bytes: Buffer): Promise<void> {
    const heads: { readonly head: RecordHead; readonly data: readonly Buffer[] }[] = [];
    for (let found = decodeRecord(bytes, 0); found; found = decodeRecord(bytes, this.#size)) {
      const { head, dataAt, next } = found;
      const data: Buffer[] = [];
      if (head.kind === 'batch') {
        this.#place(head.events, dataAt);
        for (const { at, bytes: length } of this.#places.slice(-head.events.length))
          data.push(bytes.subarray(at, at + length));
      } else for (const position of head.positions) this.erased.add(position);
      heads.push({ head, data });
      this.#size = next;
    }
    const torn = heads.findIndex(({ head, data }) => head.kind === 'batch' && !this.#sound(head.events, data));
    if (torn >= 0 && torn < heads.length - 1) throw new Error('the journal is damaged in its middle');
    if (torn >= 0) throw new Error('the journal ends in a record whose data is damaged');
    await this.#file.truncate(this.#size);
    for (const { head, data } of heads) this.#take(head, data);
    await this.blank([...this.erased]);
  }

  #sound(events: readonly StoredEvent[], data: readonly Buffer[]): boolean {
    return events.every((event, n) => this.erased.has(event.position) || crc32(data[n] ?? '') === event.sum);
  }

  #place(events: readonly StoredEvent[], dataAt: number): void {
    let at = dataAt;
    for (const { bytes } of events) {
      this.#places.push({ at, bytes });
      at += bytes;
    }
  }

  #take(head: RecordHead, data: readonly Uint8Array[]): void {
    if (head.kind === 'erase') {
      for (const position of head.positions) {
        const event = this.events[position - 1];
        if (event) this.events[position - 1] = { ...event, data: new Uint8Array(), erased: true };
        this.erased.add(position);
      }
      return;
    }
    for (const [n, { bytes: _bytes, sum: _sum, ...event }] of head.events.entries()) {
      this.events.push({ ...event, data: Uint8Array.from(data[n] ?? []), erased: false });
    }
    const positions = head.events.map((event) => event.position);
    if (head.key)
      this.keys.set(keyName(head.key), { digest: head.key.digest, appended: { positions, duplicate: true } });
  }
}

export function keyName({ scope, key }: { readonly scope: string; readonly key: string }): string {
  return JSON.stringify([scope, key]);
}

async function openEpoch(directory: string): Promise<Epoch> {
  const path = join(directory, 'sequencer.epoch');
  const known = await readFile(path, 'utf8').catch(() => undefined);
  if (known) return known;
  const epoch = BigInt(`0x${randomBytes(8).toString('hex')}`)
    .toString(36)
    .padStart(8, '0')
    .slice(-8);
  await writeFile(`${path}.new`, epoch, { flush: true });
  await rename(`${path}.new`, path);
  return epoch;
}

async function syncFolder(directory: string): Promise<void> {
  const folder = await open(directory, 'r');
  await folder.sync();
  await folder.close();
}
