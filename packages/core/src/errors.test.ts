import { expect, test } from 'vitest';
import { CarillonError, ERRORS, fromErrorValue, toErrorValue } from './errors.ts';

test('an error crosses a thread with all that it says', () => {
  const error = new CarillonError('gap', 'events are gone', { facts: { earliest: 'x' }, cause: new Error('secret') });

  const arrived = fromErrorValue(structuredClone(toErrorValue(error)));

  expect(arrived).toBeInstanceOf(CarillonError);
  expect(arrived).toMatchObject({
    code: 'gap',
    message: 'events are gone',
    facts: { earliest: 'x' },
    retryable: false,
  });
  expect(arrived.cause).toBeUndefined();
});

test('what is not ours crosses without its text', () => {
  const value = toErrorValue(new TypeError('password 1234 is not iterable'));

  expect(value.code).toBe('internal');
  expect(JSON.stringify(value)).not.toContain('1234');
});

test('every code has an HTTP status of an error and one sentence', () => {
  for (const [code, { status, meaning }] of Object.entries(ERRORS)) {
    expect(status, code).toBeGreaterThanOrEqual(400);
    expect(status, code).toBeLessThan(600);
    expect(meaning, code).toMatch(/^[A-Z].*\.$/);
  }
});
