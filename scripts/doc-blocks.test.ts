import { expect, test } from 'vitest';
import { docBlocks, missingLines } from './doc-blocks.ts';

test('finds shell blocks and what the page promises of each', () => {
  const page = [
    '# A',
    '```console',
    '$ no',
    '```',
    '```sh',
    'a',
    'b',
    '```',
    '',
    '```text',
    '1',
    '```',
    '```js',
    'c',
    '```',
  ];
  const more = ['```sh stream', 'd', '```'];

  expect(docBlocks([...page, ...more].join('\n'))).toEqual([
    { script: 'a\nb', line: 5, stream: false, promised: ['1'] },
    { script: 'd', line: 16, stream: true, promised: [] },
  ]);
});

test.each([
  [['a…c'], 'x\nabbc\ny', []],
  [['a…c', 'd'], 'abc\nd', []],
  [['d', 'a…c'], 'abc\nd', ['a…c']],
  [['{"a":1}', '{"a":2}'], '{"a":1}{"a":2}', []],
  [['a.c'], 'abc', ['a.c']],
  [['a'], 'ab', ['a']],
])('promised %j in %j lacks %j', (promised, output, missing) => {
  expect(missingLines(promised, output)).toEqual(missing);
});
