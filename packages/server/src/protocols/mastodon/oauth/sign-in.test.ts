import { afterAll, beforeAll, expect, test } from 'vitest';
import { RateLimiter, type SignIn, signIn } from '../../../auth/index.ts';
import { type OpenRest, openRest } from '../testing/open-rest.ts';
import { PASSWORD, withPassword } from './testing/browser.ts';

let rest: OpenRest;
beforeAll(async () => {
  rest = await openRest();
});
afterAll(() => rest[Symbol.asyncDispose]());

/** A door of its own, which notes how long it lets people wait instead of waiting. */
function door() {
  const limiter = new RateLimiter(() => 0);
  const waits: number[] = [];
  const pause = async (ms: number): Promise<void> => void waits.push(ms);
  return {
    waits,
    async knock(name: string, password: string, address: string): Promise<SignIn['outcome']> {
      return (await signIn(rest.deps, limiter, { name, password, address }, pause)).outcome;
    },
  };
}

test('who guesses from one address keeps nobody else out', async () => {
  await withPassword(rest, 'tybalt');
  const { knock, waits } = door();
  const guesses = [];
  for (let tries = 0; tries < 12; tries += 1) guesses.push(await knock('tybalt', 'wrong', '192.0.2.1'));

  expect(guesses).toEqual([...new Array<string>(10).fill('wrong'), 'too-many', 'too-many']);
  expect(await knock('tybalt', PASSWORD, '192.0.2.1')).toBe('too-many');
  expect(await knock('tybalt', PASSWORD, '198.51.100.1')).toBe('account');
  expect(waits.every((ms) => ms === 250)).toBe(true);
});

test.each(['paris', 'nobody'])(
  'guesses for %s from many addresses are slowed down, and still answered',
  async (name) => {
    if (name === 'paris') await withPassword(rest, name);
    const { knock, waits } = door();
    const hosts = Array.from({ length: 31 }, (_, host) => `192.0.2.${host}`);
    const answers = await Promise.all(hosts.map((host) => knock(name, 'wrong', host)));

    expect(new Set(answers)).toEqual(new Set(['wrong']));
    expect(waits).toHaveLength(21);
    expect([Math.min(...waits), Math.max(...waits)]).toEqual([250, 5_000]);
    expect(await knock(name, PASSWORD, '198.51.100.1')).toBe(name === 'paris' ? 'account' : 'wrong');
  },
  // More than thirty passwords are hashed.
  120_000,
);

test('a right password slows nobody', async () => {
  await withPassword(rest, 'mercutio');
  const { knock, waits } = door();
  const answers = [];
  for (let tries = 0; tries < 12; tries += 1) answers.push(await knock('mercutio', PASSWORD, '192.0.2.1'));

  expect(new Set(answers)).toEqual(new Set(['account']));
  expect(waits).toEqual([]);
});
