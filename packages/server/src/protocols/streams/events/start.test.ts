import { describe, expect, it } from 'vitest';
import { findStart, type Start } from './start.ts';
import { decodeFrom } from './wire/subscribe.ts';

const HEAD = { epoch: 'epoch001', position: 50, sealedMs: 0 };
const token = (position: number, epoch = HEAD.epoch) => `${String(position).padStart(16, '0')}_${epoch}`;

const TABLE: readonly (readonly [string, string | undefined, number, Start])[] = [
  ['nothing', undefined, 10, { after: 50 }],
  ['an empty position', '', 10, { after: 50 }],
  ['earliest with everything kept', 'earliest', 0, { after: 0 }],
  ['earliest after a removal', 'earliest', 10, { after: 10 }],
  ['the beginning', token(0), 0, { after: 0 }],
  ['a position', token(20), 10, { after: 20 }],
  ['the end', token(50), 10, { after: 50 }],
  ['just what was removed last', token(10), 10, { after: 10 }],
  ['one before what was removed last', token(9), 10, { after: 10, gap: 'removed' }],
  ['one above the end', token(51), 10, { after: 10, gap: 'ahead' }],
  ['another epoch', token(20, 'epoch002'), 10, { after: 10, gap: 'epoch' }],
  ['another epoch above the end', token(99, 'epoch002'), 10, { after: 10, gap: 'epoch' }],
  ['a frame of an event', `${token(20)}_3`, 10, { after: 20 }],
  ['beyond what is an integer', token(9_007_199_254_740_992), 0, { after: 0, gap: 'malformed' }],
  ['a bare number', '20', 0, { after: 0, gap: 'malformed' }],
  ['capitals', 'EARLIEST', 0, { after: 0, gap: 'malformed' }],
  ['a line end', `${token(20)}\n`, 0, { after: 0, gap: 'malformed' }],
];

describe('findStart', () => {
  it.each(TABLE)('begins after %s', (_, text, lastRemoved, start) => {
    expect(findStart(decodeFrom(text), HEAD, lastRemoved)).toEqual(start);
  });
});
