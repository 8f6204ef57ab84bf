import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normalizeTag } from './tags.ts';

describe('tags', () => {
  test.each([
    ['Café', 'cafe'],
    ['#cafe', 'cafe'],
    ['CAFE', 'cafe'],
    ['ＣＡＦＥ', 'cafe'],
    ['Łódź', 'lodz'],
    ['Đà_Nẵng', 'da_nẵng'],
    ['țară', 'tara'],
    ['Straße', 'straße'],
    ['l·l', 'l·l'],
    ['日本語', '日本語'],
    ['हिन्दी', 'हिन्दी'],
    ['a-b c!', 'abc'],
    ['', ''],
  ])('%s is found as %s', (written, normal) => {
    expect(normalizeTag(written)).toBe(normal);
  });

  test('a normalised tag is its own normal form', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const once = normalizeTag(text);
        expect(normalizeTag(once)).toBe(once);
      }),
    );
  });
});
