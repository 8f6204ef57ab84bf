/** Several values under a key, each once; keys without values are forgotten. */
export class MultiMap<Key, Value> {
  readonly #sets = new Map<Key, Set<Value>>();

  get size(): number {
    return this.#sets.size;
  }

  get(key: Key): ReadonlySet<Value> | undefined {
    return this.#sets.get(key);
  }

  add(key: Key, value: Value): void {
    const set = this.#sets.get(key);
    if (set) set.add(value);
    else this.#sets.set(key, new Set([value]));
  }

  delete(key: Key, value: Value): void {
    const set = this.#sets.get(key);
    if (set?.delete(value) && set.size === 0) this.#sets.delete(key);
  }
}
