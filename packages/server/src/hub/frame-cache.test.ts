import type { Event } from '@carillon/core';
import { expect, test } from 'vitest';
import { FrameCache } from './frame-cache.ts';
import type { Encoding } from './reader.ts';

const HEAD = { epoch: 'e', position: 1, sealedMs: 0 };
const pool = Buffer.alloc(65_536, 'x');
/** As `Buffer.from(text)` does it: a small piece of a large pool. */
const POOLED: Encoding = { name: 'pooled', encode: () => pool.subarray(100, 200) };

function eventAt(position: number): Event {
  return { position, id: position, time: 0, erased: false, type: 't', topics: ['a'], data: Buffer.from('{}') };
}

test('a kept frame keeps no pool', () => {
  const frame = new FrameCache(1_000).of(eventAt(1)).frame(POOLED, 1, 0, HEAD);
  expect(frame?.equals(pool.subarray(100, 200))).toBe(true);
  expect(frame?.buffer.byteLength).toBe(100);
});

test('the oldest frames are forgotten beyond the bytes that may be kept, and found until then', () => {
  const cache = new FrameCache(250);
  const events = [1, 2, 3].map(eventAt);
  const sets = events.map((event) => {
    const set = cache.of(event);
    set.frame(POOLED, 1, 0, HEAD);
    cache.keep(set);
    return set;
  });
  expect(events.map((event, index) => cache.of(event) === sets[index])).toEqual([false, true, true]);
  expect(sets.map(({ bytes }) => bytes)).toEqual([0, 100, 100]);
});
