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

/** Bytes that are to be kept: a view of a much larger buffer would keep all of that. */
export function ownBytes(bytes: Uint8Array): Uint8Array {
  return bytes.buffer.byteLength > 2 * bytes.byteLength ? new Uint8Array(bytes) : bytes;
}

const MEMBER_BYTES = 16;

/** About how many bytes a value takes on its way to another thread. */
export function weightOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return MEMBER_BYTES;
  if (ArrayBuffer.isView(value)) return value.byteLength;
  const members: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  return members.reduce<number>((sum, member) => sum + MEMBER_BYTES + weightOf(member), MEMBER_BYTES);
}
