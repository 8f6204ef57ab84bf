import type { Position } from '@carillon/core';
import { type Commands, type StoredStream, touchEveryMs, touchStreams } from '../../../domain/index.ts';

/** Keeps streams with a sliding expiry alive while they are read (Durable Streams §5.1). */
export class KeepAlive {
  readonly #commands: Commands;
  /** Live readers of each stream that has a TTL. */
  readonly #readers = new Map<Position, number>();

  constructor(commands: Commands) {
    this.#commands = commands;
  }

  /** A read begins: its stream's idle time begins anew, written at most once in a small part of its TTL. */
  async touch(stream: StoredStream): Promise<void> {
    const { ttlSeconds, touchedAtMs, id } = stream;
    if (ttlSeconds === undefined || Date.now() - touchedAtMs < touchEveryMs(ttlSeconds)) return;
    await this.#commands.run(touchStreams, { ids: [id] });
  }

  /** A live read goes on until it is released. */
  hold({ id, ttlSeconds }: StoredStream): void {
    if (ttlSeconds !== undefined) this.#readers.set(id, (this.#readers.get(id) ?? 0) + 1);
  }

  release({ id, ttlSeconds }: StoredStream): void {
    if (ttlSeconds === undefined) return;
    const left = (this.#readers.get(id) ?? 0) - 1;
    if (left > 0) this.#readers.set(id, left);
    else this.#readers.delete(id);
  }

  async touchHeld(): Promise<void> {
    if (this.#readers.size > 0) await this.#commands.run(touchStreams, { ids: [...this.#readers.keys()] });
  }
}
