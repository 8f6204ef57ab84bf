import { expect, test } from 'vitest';
import { exactBytes, ownBytes } from './exact-bytes.ts';

const pool = new Uint8Array(1_000).fill(7);
const piece = pool.subarray(10, 20);

test('bytes that are kept lie in a buffer of about their size', () => {
  expect(ownBytes(piece)).toEqual(piece);
  expect(ownBytes(piece).buffer.byteLength).toBe(10);
  expect(ownBytes(pool)).toBe(pool);
});

test('bytes that are cloned lie in a buffer of exactly their size, however deep they stand', () => {
  const exact = exactBytes({ list: [piece], text: 'a' }) as { list: [Uint8Array]; text: string };
  expect(exact).toEqual({ list: [piece], text: 'a' });
  expect(exact.list[0].buffer.byteLength).toBe(10);
});
