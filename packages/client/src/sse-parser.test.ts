import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSseParser, type SseBlock } from './sse-parser.ts';

const STREAM = [
  '\uFEFFretry: 2000\n\n',
  'id: 0000000000000001_abcdefgh\n\n',
  ': a comment\r\n\r\n',
  'id: 0000000000000002_abcdefgh\rdata: {"a":1}\r\r',
  'event: gap\ndata:{"earliest":"x"}\n\n',
  'id: 3\r\ndata:  two spaces\r\ndata\r\ndata: end\r\n\r\n',
].join('');

const BLOCKS: readonly SseBlock[] = [
  { id: '0000000000000001_abcdefgh', event: '', data: undefined },
  { id: '0000000000000002_abcdefgh', event: '', data: '{"a":1}' },
  { id: undefined, event: 'gap', data: '{"earliest":"x"}' },
  { id: '3', event: '', data: ' two spaces\n\nend' },
];

test('reads the same blocks however the bytes were cut', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: STREAM.length }), { maxLength: 30 }), (cuts) => {
      const parse = createSseParser();
      const edges = [0, ...cuts.toSorted((a, b) => a - b), STREAM.length];

      const blocks = edges.slice(1).flatMap((end, index) => parse(STREAM.slice(edges[index], end)));

      expect(blocks).toEqual(BLOCKS);
    }),
  );
});

test('reports nothing for a block that never ended', () => {
  expect(createSseParser()('id: 1\ndata: half')).toEqual([]);
});
