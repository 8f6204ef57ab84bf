import type { Position } from '@carillon/core';

const CHUNK = 512;

/**
 * Positions of one topic's events, ascending. Full chunks take four bytes an entry (offsets from the chunk's first
 * position); the newest entries wait in a plain array. Most topics never fill a chunk.
 */
export class PostingList {
  #bases: number[] = [];
  #chunks: Uint32Array[] = [];
  #open: number[] = [];
  #last: Position = 0;

  /** 0 when empty. */
  get last(): Position {
    return this.#last;
  }

  push(position: Position): void {
    this.#last = position;
    this.#open.push(position);
    if (this.#open.length >= CHUNK) this.#seal();
  }

  /** Copies positions above `after` and up to `until` into `out`, at most `limit`; returns how many. */
  copy(after: Position, until: Position, limit: number, out: Position[]): number {
    let copied = 0;
    for (let chunk = this.#chunkAfter(after); copied < limit; chunk += 1) {
      const base = this.#bases[chunk] ?? 0;
      const items: ArrayLike<number> = this.#chunks[chunk] ?? this.#open;
      for (let at = firstAbove(items, after - base); at < items.length && copied < limit; at += 1) {
        const position = base + (items[at] ?? 0);
        if (position > until) return copied;
        out.push(position);
        copied += 1;
      }
      if (chunk >= this.#chunks.length) return copied;
    }
    return copied;
  }

  remove(position: Position): void {
    this.#delete(position);
    if (position === this.#last) this.#last = this.#findLast();
  }

  #delete(position: Position): void {
    const chunk = this.#chunkAfter(position - 1);
    const base = this.#bases[chunk] ?? 0;
    const items = this.#chunks[chunk];
    if (!items) {
      const at = firstAbove(this.#open, position - 1);
      if (this.#open[at] === position) this.#open.splice(at, 1);
      return;
    }
    const at = firstAbove(items, position - 1 - base);
    if (base + (items[at] ?? 0) !== position || at >= items.length) return;
    items.copyWithin(at, at + 1);
    if (items.length > 1) {
      this.#chunks[chunk] = items.subarray(0, -1);
    } else {
      this.#chunks.splice(chunk, 1);
      this.#bases.splice(chunk, 1);
    }
  }

  #findLast(): Position {
    const open = this.#open.at(-1);
    if (open !== undefined) return open;
    return (this.#bases.at(-1) ?? 0) + (this.#chunks.at(-1)?.at(-1) ?? 0);
  }

  /** Index of the first chunk that may hold a position above `after`; the open array counts as the last. */
  #chunkAfter(after: Position): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const last = (this.#bases[middle] ?? 0) + (this.#chunks[middle]?.at(-1) ?? 0);
      if (last > after) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #seal(): void {
    const [base = 0] = this.#open;
    const span = (this.#open.at(-1) ?? 0) - base;
    // Beyond four bytes' reach: a topic that slept through four billion events; leave the array open a while longer.
    if (span > 0xffff_ffff) {
      this.#sealHalves();
      return;
    }
    this.#bases.push(base);
    this.#chunks.push(Uint32Array.from(this.#open, (position) => position - base));
    this.#open = [];
  }

  /** Seals the entries one reach at a time. */
  #sealHalves(): void {
    const all = this.#open;
    let from = 0;
    for (let at = 1; at <= all.length; at += 1) {
      const base = all[from] ?? 0;
      if (at < all.length && (all[at] ?? 0) - base <= 0xffff_ffff) continue;
      this.#bases.push(base);
      this.#chunks.push(Uint32Array.from(all.slice(from, at), (position) => position - base));
      from = at;
    }
    this.#open = [];
  }
}

/** Index of the first item above `value` in an ascending list. */
function firstAbove(items: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((items[middle] ?? 0) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
