import { expect, it } from 'vitest';
import { parseAnswers } from './strict-answer.ts';

const parse = (text: string, methods: readonly string[] = ['GET']) =>
  parseAnswers(Buffer.from(text, 'latin1'), methods);

it('reads answers one behind the other, chunked or counted', () => {
  const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n';
  const { answers, rest } = parse(`${chunked}HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nnoHT`);

  expect(answers.map(({ status, body, complete }) => [status, body.toString(), complete])).toEqual([
    [200, 'abc', true],
    [404, 'no', true],
  ]);
  expect(rest.toString()).toBe('HT');
});

it('knows when more is to come', () => {
  expect(parse('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc').answers[0]?.complete).toBe(false);
  expect(parse('HTTP/1.1 200 OK\r\n\r\nabc').answers[0]?.complete).toBe(false);
  expect(parse('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n', ['HEAD']).answers[0]?.complete).toBe(true);
});

it.each([
  ['no status line', 'data: x\r\n\r\n'],
  ['another version', 'HTTP/1.0 200 OK\r\n\r\n'],
  ['a line end inside a header', 'HTTP/1.1 200 OK\r\nX: a\nSet-Cookie: b\r\n\r\n'],
  ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na'],
  ['length and coding', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['a length that is none', 'HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\na'],
  ['a chunk without size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
  ['a chunk longer than it says', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n'],
  ['something behind an answer', 'HTTP/1.1 204 No Content\r\n\r\n{"leaked":1}\r\n\r\n'],
])('refuses %s', (_name, text) => {
  expect(() => parse(text)).toThrow();
});
