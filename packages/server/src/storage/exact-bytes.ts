/**
 * The same value with every byte view over a buffer of its own size. Cloning a view to another thread clones all of
 * its buffer, which for a slice of a pool is much more than the slice.
 */
export function exactBytes(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) {
    return value.byteLength === value.buffer.byteLength ? value : Uint8Array.from(value);
  }
  if (Array.isArray(value)) return value.map(exactBytes);
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, exactBytes(member)]));
}
