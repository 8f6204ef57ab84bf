import { expect, test } from 'vitest';
import { hashPassword, isPassword } from './password.ts';

test('a password is known again by its hash, however it was typed, and no other is', async () => {
  const hash = await hashPassword('caf\u00e9 au lait');
  expect(hash).toMatch(/^scrypt\$32768\$8\$/);
  expect(await isPassword('cafe\u0301 au lait', hash)).toBe(true);
  expect(await isPassword('cafe au lait', hash)).toBe(false);
  expect(await hashPassword('caf\u00e9 au lait')).not.toBe(hash);
});

test.for([null, '', 'scrypt$32768$8$$', 'plain'])(
  'nothing is the password of an account without one (%s)',
  async (stored) => {
    expect(await isPassword('', stored)).toBe(false);
  },
);
