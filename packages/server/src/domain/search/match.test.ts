import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matchOf, prefixMatchOf } from './match.ts';

test.each([
  ['rose', '"rose"'],
  ['a  rose\tname', '"a" AND "rose" AND "name"'],
  ['"by any" name', '"by any" AND "name"'],
  ['rose -thorn', '("rose") NOT ("thorn")'],
  ['rose -"red thorn" -blood', '("rose") NOT ("red thorn" OR "blood")'],
  ['rose AND OR NEAR(x)', '"rose" AND "AND" AND "OR" AND "NEAR(x)"'],
  ['words:rose* ^rose {a}', '"words:rose*" AND "^rose" AND "{a}"'],
  ['"never closed', '"never closed"'],
  ['say"rose"', '"say" AND "rose"'],
  ['rose !!! ""', '"rose"'],
])('%s asks for %s', (typed, match) => {
  expect(matchOf(typed)).toBe(match);
});

test.each(['', ' ', '!!!', '-rose', '"', '""', '🌹'])('%s asks for nothing', (typed) => {
  expect(matchOf(typed)).toBeUndefined();
});

test('names are asked for by their beginnings', () => {
  expect(prefixMatchOf('Jul "Cap')).toBe('"Jul" * AND "Cap" *');
  expect(prefixMatchOf('* - "')).toBeUndefined();
});

test('whatever is typed, quotes come in pairs and no NUL gets through', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (typed) => {
      for (const match of [matchOf(typed), prefixMatchOf(typed)]) {
        if (match === undefined) continue;
        expect(match.includes('\0')).toBe(false);
        expect(match.replaceAll(/"(?:[^"]|"")*"/gu, 'x')).toMatch(/^[x ()*ANDORT]+$/u);
      }
    }),
  );
});
