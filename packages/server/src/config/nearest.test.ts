import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, nearestName } from './nearest.ts';

describe('editDistance', () => {
  it.each([
    ['port', 'port', 0],
    ['prot', 'port', 1],
    ['pot', 'port', 1],
    ['ports', 'port', 1],
    ['bort', 'port', 1],
    ['', 'abc', 3],
    ['kitten', 'sitting', 3],
  ])('%s to %s takes %i', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
    expect(editDistance(b, a)).toBe(distance);
  });

  it('never exceeds the longer text, is zero only for equal ones, and is cut at its limit', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 12 }),
        fc.string({ maxLength: 12 }),
        fc.integer({ min: 1, max: 9 }),
        (a, b, limit) => {
          const distance = editDistance(a, b);
          expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
          expect(distance === 0).toBe(a === b);
          expect(editDistance(a, b, limit)).toBe(Math.min(distance, limit));
        },
      ),
    );
  });
});

describe('nearestName', () => {
  it('finds what was meant, whatever its case, and something if there is anything', () => {
    expect(nearestName('storage.tailbyte', ['storage.tailBytes', 'storage.dataDir'])).toBe('storage.tailBytes');
    expect(nearestName('zzzzzz', ['storage.tailBytes', 'port'])).toBe('port');
    expect(nearestName('zzzzzz', [])).toBeUndefined();
  });
});
