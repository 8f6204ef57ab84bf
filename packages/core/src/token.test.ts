import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CarillonError } from './errors.ts';
import { formatToken, parseToken, requireToken } from './token.ts';

const epoch = fc.stringMatching(/^[0-9a-z]{8}$/);
const position = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const frame = fc.integer({ min: 0, max: 999_999 });

test('is read back as it was written', () => {
  fc.assert(
    fc.property(position, epoch, fc.option(frame, { nil: undefined }), (at, history, part) => {
      const token = { position: at, epoch: history, ...(part === undefined ? {} : { frame: part }) };

      expect(parseToken(formatToken(token))).toEqual(token);
    }),
  );
});

test('sorts as text like positions do, within one history', () => {
  fc.assert(
    fc.property(position, position, epoch, (a, b, history) => {
      const [first, second] = [
        formatToken({ position: a, epoch: history }),
        formatToken({ position: b, epoch: history }),
      ];

      expect(Math.sign(a - b)).toBe(first < second ? -1 : Number(first > second));
    }),
  );
});

test('needs no escaping in a URL or a header', () => {
  fc.assert(
    fc.property(position, epoch, frame, (at, history, part) => {
      const text = formatToken({ position: at, epoch: history, frame: part });

      expect(encodeURIComponent(text)).toBe(text);
      expect(text).toMatch(/^[\x21-\x7e]+$/);
    }),
  );
});

test.each([
  '',
  '42',
  '0000000000000042',
  '0000000000000042_',
  '0000000000000042_K3V9X2AB',
  '0000000000000042_k3v9x2ab_',
  '0000000000000042_k3v9x2ab_x',
  '0000000000000042_k3v9x2ab_1234567',
  '0000000000000042_k3v9x2ab\n',
  ' 0000000000000042_k3v9x2ab',
  '-000000000000042_k3v9x2ab',
  '00000000000000042_k3v9x2ab',
  '9999999999999999_k3v9x2ab',
  'earliest',
])('%j never came from this server', (text) => {
  expect(parseToken(text)).toBeUndefined();
  expect(() => requireToken(text, 'since')).toThrow(CarillonError);
});

test('whatever text is read, what is written from it is read as the same', () => {
  const nearly = fc.stringMatching(/^\d{16}_[0-9a-z]{8}(_\d{1,6})?$/);
  fc.assert(
    fc.property(fc.oneof(nearly, fc.string()), (text) => {
      const token = parseToken(text);

      expect(token && parseToken(formatToken(token))).toEqual(token);
    }),
  );
});
