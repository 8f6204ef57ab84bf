import { crc32 } from 'node:zlib';
import type { Position } from '@carillon/core';
import {
  type Changes,
  type Database,
  type EventWriter,
  type FramedEvent,
  type LooseEvent,
  type Place,
  type RetentionSettings,
  subjectsOf,
  type TopicColumn,
} from '../storage/index.ts';
import { INSERT_EVENT, readEvent } from './event-row.ts';
import { sumEvent, sumLengths, sumPlace, writeTopicIds } from './event-sum.ts';
import { type ChunkMark, PlaceChunks } from './place-chunks.ts';
import { recordRange, recordRemoved, removedFromStart } from './removed-ranges.ts';
import { type PackedRow, packRows } from './row-codec.ts';
import { subjectsTable } from './schema.ts';
import { Sweeper, type SweeperMark } from './sweeper.ts';
import { TopicLedger } from './topic-ledger.ts';

interface Mark {
  readonly topics: number;
  readonly removed: number;
  readonly erased: number;
  readonly erasedBytes: boolean;
  readonly sweeper: SweeperMark;
  readonly chunks: ChunkMark;
}

/** The events of the log as rows, in the writer thread (kernel K1, K7, K14). */
export class EventTable implements EventWriter {
  readonly #db: Database;
  readonly #topics: TopicLedger;
  readonly #sweeper: Sweeper;
  readonly #chunks: PlaceChunks;
  #removed: TopicColumn[] = [];
  #erased: Position[] = [];
  #erasedBytes = false;
  #before: SweeperMark;

  constructor(db: Database, retention: RetentionSettings) {
    this.#db = db;
    this.#topics = new TopicLedger(db, retention);
    this.#chunks = new PlaceChunks(db);
    this.#sweeper = new Sweeper(db, this.#topics, retention, (gone) => this.#delete(gone));
    this.#before = this.#sweeper.mark();
  }

  /** Data bytes of removable events, as counted while the index was built. */
  countFrom(removableBytes: number): void {
    this.#sweeper.countFrom(removableBytes);
    this.#before = this.#sweeper.mark();
  }

  retain(retention: RetentionSettings): void {
    this.#topics.retain(retention);
    this.#sweeper.retain(retention);
  }

  insert(event: FramedEvent | LooseEvent, place: Place): void {
    const ids = event.topics.map((name) => this.#topics.idOf(name));
    const { position, id, time } = place;
    const placeSum = sumPlace(position, id, time, ids);
    const sum =
      'whole' in event && event.whole
        ? crc32(event.whole, sumLengths(placeSum, event.type.length, event.extraBytes, event.data))
        : sumEvent(placeSum, event.type, event.extra, event.data);
    const { type, extra, data } = event;
    this.#db.prepare(INSERT_EVENT).run(position, id, time, writeTopicIds(ids), placeSum, sum, type, extra, data);
    this.#sweeper.added(ids, data.byteLength);
    this.#chunks.add(position, ids, data.byteLength);
    if (extra !== '')
      for (const subject of new Set(subjectsOf(extra))) subjectsTable.insert(this.#db, { position, subject });
  }

  skip(first: Position, last: Position): void {
    recordRange(this.#db, first, last);
  }

  erase(positions: readonly Position[]): void {
    for (const position of new Set(positions)) {
      const row = readEvent(this.#db, position);
      if (!row || row.data === null) continue;
      const { id, time, topics, type } = row;
      const sum = sumEvent(sumPlace(position, id, time, topics), type, '', null);
      this.#db.prepare("UPDATE events SET data = NULL, extra = '', sum = ? WHERE position = ?").run(sum, position);
      for (const subject of new Set(subjectsOf(row.extra))) subjectsTable.remove(this.#db, { position, subject });
      this.#sweeper.gone(topics, row.data.byteLength);
      this.#erased.push(position);
      this.#erasedBytes = true;
    }
  }

  eraseSubject(subject: string): void {
    const rows = subjectsTable.select(this.#db, 'WHERE subject = ? ORDER BY position', subject);
    this.erase(rows.map((row) => row.position));
  }

  remove(positions: readonly Position[]): void {
    const gone: PackedRow[] = [];
    for (const position of [...new Set(positions)].sort((a, b) => a - b)) {
      const row = readEvent(this.#db, position);
      if (row) gone.push(row);
    }
    for (const row of gone) this.#sweeper.gone(row.topics, row.data?.byteLength ?? 0);
    this.#delete(gone);
    if (gone.length > 0) this.#erasedBytes = true;
  }

  sweep(now: number, rows: number): boolean {
    return this.#sweeper.sweep(now, rows);
  }

  pack(events: readonly (readonly [LooseEvent, Place])[]): Uint8Array<ArrayBuffer> {
    const rows = events.map(([event, place]): PackedRow => {
      const topics = event.topics.map((name) => this.#topics.idOf(name));
      const { position, id, time } = place;
      return { position, id, time, topics, type: event.type, extra: event.extra, data: event.data };
    });
    return packRows(rows);
  }

  mark(): Mark {
    return {
      topics: this.#topics.mark(),
      removed: this.#removed.length,
      erased: this.#erased.length,
      erasedBytes: this.#erasedBytes,
      sweeper: this.#sweeper.mark(),
      chunks: this.#chunks.mark(),
    };
  }

  undo(mark: unknown): void {
    // Only ever given what `mark` returned.
    const { topics, removed, erased, erasedBytes, sweeper, chunks } = mark as Mark;
    this.#chunks.undo(chunks);
    this.#sweeper.undo(sweeper);
    this.#topics.undo(topics);
    this.#removed.length = removed;
    this.#erased.length = erased;
    this.#erasedBytes = erasedBytes;
  }

  changes(): Changes | undefined {
    this.#chunks.flush();
    const newTopics = this.#topics.fresh;
    if (newTopics.length === 0 && this.#removed.length === 0 && this.#erased.length === 0) return undefined;
    return { newTopics, removed: this.#removed, erased: this.#erased };
  }

  get erasedBytes(): boolean {
    return this.#erasedBytes;
  }

  committed(): void {
    this.#chunks.committed();
    this.#topics.committed();
    this.#before = this.#sweeper.mark();
    this.#reset();
  }

  abandoned(): void {
    this.#chunks.abandoned();
    this.#topics.undo(0);
    this.#sweeper.undo(this.#before);
    this.#reset();
  }

  #reset(): void {
    this.#removed = [];
    this.#erased = [];
    this.#erasedBytes = false;
  }

  /** Deletes rows (ascending) and remembers that it was on purpose. */
  #delete(gone: readonly Pick<PackedRow, 'position' | 'topics'>[]): void {
    if (gone.length === 0) return;
    const positions = gone.map((row) => row.position);
    for (const [first, last] of runsOf(positions)) {
      this.#db.prepare('DELETE FROM events WHERE position BETWEEN ? AND ?').run(first, last);
      subjectsTable.removeWhere(this.#db, 'WHERE position BETWEEN ? AND ?', first, last);
    }
    recordRemoved(this.#db, positions);
    this.#chunks.dropUpTo(removedFromStart(this.#db));
    const last = new Map<number, Position>();
    for (const row of gone) for (const id of row.topics) last.set(id, row.position);
    this.#topics.writeRemoved(last);
    this.#removed.push(columnOf(gone));
  }
}

function runsOf(positions: readonly Position[]): readonly (readonly [Position, Position])[] {
  const runs: [Position, Position][] = [];
  for (const position of positions) {
    const run = runs.at(-1);
    if (run && run[1] + 1 === position) run[1] = position;
    else runs.push([position, position]);
  }
  return runs;
}

function columnOf(rows: readonly Pick<PackedRow, 'position' | 'topics'>[]): TopicColumn {
  const positions = Float64Array.from(rows, (row) => row.position);
  const counts = Uint8Array.from(rows, (row) => row.topics.length);
  const topics = Uint32Array.from(rows.flatMap((row) => row.topics));
  return { positions, counts, topics };
}
