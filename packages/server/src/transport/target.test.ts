import { CarillonError } from '@carillon/core';
import { expect, it } from 'vitest';
import { readTarget } from './target.ts';

it.each([
  ['/', '/', ''],
  ['/v1/events?topic=a&topic=b', '/v1/events', 'topic=a&topic=b'],
  ['/v1/%65vents', '/v1/events', ''],
  ['/a%2fb', '/a%2Fb', ''],
  ['/%c3%a9', '/%C3%A9', ''],
  ['/a;b', '/a;b', ''],
  ['/a?', '/a', ''],
  ['http://example.org/x?y', '/x', 'y'],
  ['http://EXAMPLE.org', '/', ''],
  ['http://example.org?q', '/', 'q'],
])('reads %s as the one form that every route sees', (text, path, query) => {
  expect(readTarget(text, 'example.org')).toMatchObject({ path, query });
});

it.each([
  '/%2e%2e/admin',
  '/a/../admin',
  '/a/./b',
  '/a/..',
  '/%2E/a',
  '//admin',
  '/a//b',
  '/%2e%2e%2fadmin/..',
  '/a%00b',
  '/a%0d%0ab',
  '/a%7f',
  '/%c0%ae%c0%ae/admin',
  '/%ff',
  '/%e2%82',
  '/%zz',
  '/%4',
  '/a\\b',
  '/a#b',
  '/a?b#c',
  '/caf\u00e9',
  '/a b',
  'a',
  '*',
  '',
  'http://other.example/x',
  'http://user@example.org/x',
  'ftp://example.org/x',
  'http://example.org//x',
])('A23: refuses %j', (text) => {
  expect(() => readTarget(text, 'example.org')).toThrow(CarillonError);
});

it('takes 60,000 characters of any kind in linear time', () => {
  for (const text of [`/${'a/'.repeat(30_000)}`, `/${'%41'.repeat(20_000)}`, `/${'.'.repeat(60_000)}`]) {
    const startMs = performance.now();
    readTarget(text, undefined);
    expect(performance.now() - startMs).toBeLessThan(500);
  }
});
