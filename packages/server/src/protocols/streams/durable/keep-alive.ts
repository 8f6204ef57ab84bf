import type { Position } from '@carillon/core';
import { type Commands, holdStreams, type StoredStream, touchEveryMs, touchStreams } from '../../../domain/index.ts';

/** How long a live reader keeps its stream beyond the TTL, should this server not be able to say so again. */
const HOLD_MS = 15_000;

/** Keeps streams with a sliding expiry alive while they are read (Durable Streams §5.1). */
export class KeepAlive {
  readonly #commands: Commands;
  readonly #report: (error: unknown) => void;
  /** Live readers of each stream that has a TTL. */
  readonly #readers = new Map<Position, number>();
  /** Streams whose readers came or left since this was written down. */
  readonly #changed = new Set<Position>();
  #isWriting = false;

  constructor(commands: Commands, report: (error: unknown) => void) {
    this.#commands = commands;
    this.#report = report;
  }

  /** A read begins: its stream's idle time begins anew, written at most once in a small part of its TTL. */
  async touch(stream: StoredStream): Promise<void> {
    const { ttlSeconds, touchedAtMs, id } = stream;
    if (ttlSeconds === undefined || Date.now() - touchedAtMs < touchEveryMs(ttlSeconds)) return;
    await this.#commands.run(touchStreams, { ids: [id] });
  }

  /** A live read goes on until it is released. */
  hold({ id, ttlSeconds }: StoredStream): void {
    if (ttlSeconds === undefined) return;
    const readers = (this.#readers.get(id) ?? 0) + 1;
    this.#readers.set(id, readers);
    if (readers === 1) this.#note(id);
  }

  release({ id, ttlSeconds }: StoredStream): void {
    if (ttlSeconds === undefined) return;
    const left = (this.#readers.get(id) ?? 0) - 1;
    if (left > 0) {
      this.#readers.set(id, left);
      return;
    }
    this.#readers.delete(id);
    this.#note(id);
  }

  /** To be called well within `HOLD_MS`, again and again. */
  async renew(): Promise<void> {
    if (this.#readers.size > 0)
      await this.#commands.run(holdStreams, { ids: [...this.#readers.keys()], holdMs: HOLD_MS });
  }

  #note(id: Position): void {
    this.#changed.add(id);
    if (!this.#isWriting) this.#write().catch(this.#report);
  }

  /** One write at a time, so that the last word about a stream is the true one. */
  async #write(): Promise<void> {
    this.#isWriting = true;
    try {
      while (this.#changed.size > 0) {
        const ids = [...this.#changed];
        this.#changed.clear();
        const [held, left] = [ids.filter((id) => this.#readers.has(id)), ids.filter((id) => !this.#readers.has(id))];
        if (held.length > 0) await this.#commands.run(holdStreams, { ids: held, holdMs: HOLD_MS });
        if (left.length > 0) await this.#commands.run(holdStreams, { ids: left, holdMs: 0 });
      }
    } finally {
      this.#isWriting = false;
    }
  }
}
