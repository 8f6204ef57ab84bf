import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { firstMessages, hasNoMessages, joinMessages, toStoredMessages } from './json-messages.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);
const stored = (value: unknown): Uint8Array => toStoredMessages(bytes(JSON.stringify(value, undefined, 1)));
const textOf = (data: Uint8Array | undefined): string | undefined => data && Buffer.from(data).toString();

test('flattens one level of array and keeps what is inside as it was sent', () => {
  expect(textOf(toStoredMessages(bytes(' {"n": 1e400, "n": 12345678901234567890} ')))).toBe(
    '[{"n": 1e400, "n": 12345678901234567890}]',
  );
  expect(textOf(toStoredMessages(bytes('[[1,2], [3]]')))).toBe('[[1,2], [3]]');
  expect(hasNoMessages(toStoredMessages(bytes('[ \n]')))).toBe(true);
});

test.each(['', '{', '[1,]', '{} {}', '\ufeff1', "'a'"])('refuses %j', (text) => {
  expect(() => toStoredMessages(bytes(text))).toThrow(/one JSON text/);
});

test('refuses what is not UTF-8', () => {
  expect(() => toStoredMessages(Uint8Array.of(0x22, 0xff, 0x22))).toThrow(/UTF-8/);
});

test('joins batches to one array of all messages', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.jsonValue())), (batches) => {
      const joined = JSON.parse(textOf(joinMessages(batches.map(stored))) ?? '');
      expect(joined).toEqual(JSON.parse(JSON.stringify(batches.flat())));
    }),
  );
});

test('cuts a batch after any number of messages it has', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), fc.nat(12), (batch, count) => {
      const cut = textOf(firstMessages(stored(batch), count));
      const expected = count <= batch.length ? JSON.parse(JSON.stringify(batch.slice(0, count))) : undefined;
      expect(cut === undefined ? undefined : JSON.parse(cut)).toEqual(expected);
    }),
  );
});
