import { CarillonError } from '@carillon/core';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AppendRequest, decodeAppend, decodeCreate, decodeOffset, decodeRead, type HeaderReader } from './wire.ts';

const headers =
  (given: Readonly<Record<string, string>>): HeaderReader =>
  (name) =>
    given[name];

const NAMES = [
  'content-type',
  'stream-ttl',
  'stream-expires-at',
  'stream-closed',
  'stream-seq',
  'stream-forked-from',
  'stream-fork-offset',
  'stream-fork-sub-offset',
  'producer-id',
  'producer-epoch',
  'producer-seq',
];

const anyText = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('true', '0', '-1', 'now', 'text/plain', '2030-01-02T03:04:05Z', '0000000000000007_abcdefgh'),
);
const anyHeaders = fc.dictionary(fc.constantFrom(...NAMES), anyText).map(headers);

function failsOnlyAsOurs(run: () => unknown): boolean {
  try {
    run();
    return true;
  } catch (error) {
    return error instanceof CarillonError;
  }
}

describe('decoding', () => {
  test('throws nothing but our error, whatever comes', () => {
    fc.assert(
      fc.property(anyHeaders, fc.boolean(), anyText, (header, hasBody, query) => {
        const inQuery = new URLSearchParams([
          ['offset', query],
          ['live', query],
          ['cursor', query],
        ]);
        return (
          failsOnlyAsOurs(() => decodeCreate(header)) &&
          failsOnlyAsOurs(() => decodeAppend(header, { hasBody })) &&
          failsOnlyAsOurs(() => decodeRead(inQuery)) &&
          failsOnlyAsOurs(() => decodeRead(new URLSearchParams(query)))
        );
      }),
      { numRuns: 2_000 },
    );
  });

  test.each(['01', '+1', '1.0', '1e3', '-1', 'abc', '', ' 1', '10000000001', '99999999999999999999'])(
    'refuses the TTL %j',
    (ttl) => {
      expect(() => decodeCreate(headers({ 'stream-ttl': ttl }))).toThrow(CarillonError);
    },
  );

  test('takes a TTL or a time, not both', () => {
    expect(decodeCreate(headers({ 'stream-ttl': '0' })).expiry).toEqual({ kind: 'ttl', seconds: 0 });
    const at = decodeCreate(headers({ 'stream-expires-at': '2030-01-02T05:04:05+02:00' })).expiry;
    expect(at).toEqual({ kind: 'at', ms: Date.UTC(2030, 0, 2, 3, 4, 5) });
    const both = headers({ 'stream-ttl': '1', 'stream-expires-at': '2030-01-02T03:04:05Z' });
    expect(() => decodeCreate(both)).toThrow(/exclude each other/);
  });

  test.each(['2030-01-02', '2030-13-02T03:04:05Z', 'tomorrow', '1893553445000'])('refuses the time %j', (at) => {
    expect(() => decodeCreate(headers({ 'stream-expires-at': at }))).toThrow(/RFC 3339/);
  });

  test('takes only the word true for Stream-Closed, in any case', () => {
    for (const [value, closed] of [
      ['TRUE', true],
      ['false', false],
      ['1', false],
      ['', false],
    ] as const) {
      expect(decodeCreate(headers({ 'stream-closed': value })).closed).toBe(closed);
    }
  });

  test('ignores the content type of a request without body', () => {
    const close = { 'stream-closed': 'true', 'content-type': 'not a type' };
    expect(decodeAppend(headers(close), { hasBody: false })).toEqual<AppendRequest>({ close: true });
    expect(() => decodeAppend(headers(close), { hasBody: true })).toThrow(/media type/);
  });

  test('wants the three producer headers together', () => {
    const all = { 'producer-id': 'p', 'producer-epoch': '0', 'producer-seq': '7', 'content-type': 'text/plain' };
    expect(decodeAppend(headers(all), { hasBody: true }).producer).toEqual({ id: 'p', epoch: 0, seq: 7 });
    for (const name of ['producer-id', 'producer-epoch', 'producer-seq']) {
      const { [name]: _, ...rest } = all as Record<string, string>;
      expect(() => decodeAppend(headers(rest), { hasBody: true })).toThrow(/together/);
    }
  });

  test('knows where a fork begins', () => {
    const from = { 'stream-forked-from': '/v1/stream/a' };
    expect(decodeCreate(headers(from)).fork).toEqual({ sourcePath: '/v1/stream/a', subOffset: 0 });
    expect(() => decodeCreate(headers({ 'stream-fork-offset': '-1' }))).toThrow(/need Stream-Forked-From/);
    expect(() => decodeCreate(headers({ ...from, 'stream-fork-sub-offset': '1' }))).toThrow(/needs Stream-Fork-Offset/);
  });

  test('reads offsets of ours, the beginning in all its spellings, and nothing else', () => {
    expect(decodeOffset('0000000000000007_abcdefgh', 'offset')).toEqual({
      kind: 'after',
      token: { position: 7, epoch: 'abcdefgh' },
    });
    for (const start of ['-1', '0000000000000000_abcdefgh', '0000000000000000_0000000000000000']) {
      expect(decodeOffset(start, 'offset')).toEqual({ kind: 'start' });
    }
    for (const other of ['', '7', 'now', '0000000000000007_abcdefgh_1', '9999999999999999_9999999999999999']) {
      expect(() => decodeOffset(other, 'offset')).toThrow(CarillonError);
    }
  });

  test('wants an offset for live reads, and one offset only', () => {
    expect(decodeRead(new URLSearchParams(''))).toEqual({ from: { kind: 'start' }, live: 'no' });
    expect(() => decodeRead(new URLSearchParams('live=sse'))).toThrow(/offset is required/);
    expect(() => decodeRead(new URLSearchParams('offset=-1&offset=-1'))).toThrow(/once/);
    expect(() => decodeRead(new URLSearchParams('offset=-1&live=websocket'))).toThrow(/long-poll or sse/);
  });
});
