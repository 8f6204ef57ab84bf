import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_JSON_DEPTH, nestsTooDeep } from './json-depth.ts';

const nested = (levels: number): string => '[{"a":'.repeat(levels / 2) + '}]'.repeat(levels / 2);

test('counts levels, not brackets', () => {
  expect(nestsTooDeep(nested(MAX_JSON_DEPTH))).toBe(false);
  expect(nestsTooDeep(nested(MAX_JSON_DEPTH + 2))).toBe(true);
  expect(nestsTooDeep('[],'.repeat(10_000))).toBe(false);
});

test.each([
  ['brackets in text', JSON.stringify('['.repeat(1_000))],
  ['brackets behind an escaped quote', JSON.stringify(`"${'['.repeat(1_000)}`)],
  ['brackets behind an escaped backslash and quote', JSON.stringify(`\\"${'['.repeat(1_000)}`)],
  ['a string without end', `"${'['.repeat(1_000)}`],
  ['an escape without end', `"\\"${'['.repeat(1_000)}`],
])('is not deceived by %s', (_name, text) => {
  expect(nestsTooDeep(text)).toBe(false);
});

test('is not deceived by text that only looks like the inside of a string', () => {
  expect(nestsTooDeep(`"\\\\"${'['.repeat(1_000)}`)).toBe(true);
});

test('never says so of any JSON that is flat enough', () => {
  fc.assert(fc.property(fc.json({ maxDepth: 8 }), (text) => !nestsTooDeep(text)));
});

test.each([
  ['brackets', '['],
  ['quotes', '"'],
  ['backslashes', '\\'],
  ['escaped quotes', '"\\"'],
])('reads a megabyte of %s in linear time', (_name, piece) => {
  const startMs = process.cpuUsage().user;
  nestsTooDeep(piece.repeat(1_048_576 / piece.length));

  expect((process.cpuUsage().user - startMs) / 1_000).toBeLessThan(200);
});
