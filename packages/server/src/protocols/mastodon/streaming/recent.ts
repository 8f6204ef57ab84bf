import type { Event } from '@carillon/core';

/**
 * What was made of recent events, found by the event object, as the hub's frames are: a copy of one that was erased
 * meanwhile is another object. The oldest are forgotten beyond a number of bytes.
 */
export class Recent<Value> {
  readonly #maxBytes: number;
  readonly #byEvent = new WeakMap<Event, Map<string, Value>>();
  #order: { values: Map<string, Value>; key: string; bytes: number }[] = [];
  #first = 0;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** What is kept under this key, or what `make` makes now. */
  get(event: Event, key: string, make: () => Value, bytesOf: (value: Value) => number): Value {
    let values = this.#byEvent.get(event);
    if (!values) this.#byEvent.set(event, (values = new Map()));
    const known = values.get(key);
    if (known !== undefined) return known;
    const made = make();
    const bytes = bytesOf(made);
    values.set(key, made);
    this.#order.push({ values, key, bytes });
    this.#bytes += bytes;
    this.#forget();
    return made;
  }

  #forget(): void {
    while (this.#bytes > this.#maxBytes) {
      const oldest = this.#order[this.#first++];
      if (!oldest) throw new Error('bytes are counted, but nothing is kept');
      this.#bytes -= oldest.bytes;
      oldest.values.delete(oldest.key);
    }
    if (this.#first < 1_024) return;
    this.#order = this.#order.slice(this.#first);
    this.#first = 0;
  }
}
