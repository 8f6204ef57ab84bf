import type { Cursor } from './cursor.ts';

/** First in, first out, without moving what is in it. */
export class CursorQueue {
  #items: Cursor[] = [];
  #first = 0;

  get length(): number {
    return this.#items.length - this.#first;
  }

  push(cursor: Cursor): void {
    this.#items.push(cursor);
  }

  shift(): Cursor | undefined {
    const cursor = this.#items[this.#first];
    if (!cursor) return undefined;
    this.#first++;
    if (this.#first === this.#items.length || this.#first > 1_024) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    }
    return cursor;
  }
}
