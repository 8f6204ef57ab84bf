import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createTurns } from './turns.ts';

/** Work that says when it begins and ends when it is told to. */
function bench(settings: Partial<Parameters<typeof createTurns>[0]> = {}) {
  const turns = createTurns({ atOnce: 2, waiting: 6, waitingPerOwner: 4, what: 'images', ...settings });
  const begun: string[] = [];
  const ends = new Map<string, (error?: Error) => void>();
  return {
    begun,
    /** `a1` is the first work of `a`. */
    bring: (name: string) =>
      turns
        .take(name.slice(0, 1), () => {
          begun.push(name);
          return new Promise<string>((resolve, reject) =>
            ends.set(name, (error) => (error ? reject(error) : resolve(name))),
          );
        })
        .catch((error: { code?: string; message: string }) => error.code ?? error.message),
    async end(name: string, error?: Error) {
      const end = ends.get(name);
      if (!end) throw new Error(`${name} has not begun`);
      end(error);
      await setImmediate();
    },
  };
}

test('an owner with much work holds up nobody else', async () => {
  const { begun, bring, end } = bench();
  const all = ['a1', 'a2', 'a3', 'b1', 'c1', 'b2'].map(bring);

  await setImmediate();
  expect(begun).toEqual(['a1', 'b1']);
  await end('b1');
  expect(begun).toEqual(['a1', 'b1', 'c1']);
  await end('a1');
  expect(begun).toEqual(['a1', 'b1', 'c1', 'b2']);
  await end('c1');
  expect(begun).toEqual(['a1', 'b1', 'c1', 'b2', 'a2']);
  await end('a2');
  await end('b2');
  await end('a3');
  expect(await Promise.all(all)).toEqual(['a1', 'a2', 'a3', 'b1', 'c1', 'b2']);
});

test('work that fails makes room too', async () => {
  const { begun, bring, end } = bench({ atOnce: 1 });
  const all = ['a1', 'a2'].map(bring);
  await setImmediate();

  await end('a1', new Error('broken'));
  expect(begun).toEqual(['a1', 'a2']);
  await end('a2');
  expect(await Promise.all(all)).toEqual(['broken', 'a2']);
});

test('too much of one owner is refused, and gives way to others when everything is full', async () => {
  const { begun, bring, end } = bench({ atOnce: 1 });
  const first = ['a1', 'a2', 'a3', 'a4', 'a5'].map(bring);
  expect(await bring('a6')).toBe('rate-limited');
  const second = ['b1', 'b2'].map(bring);

  const late = bring('c1');
  expect(await first[4]).toBe('rate-limited');
  expect(await Promise.race([late, setImmediate('waits')])).toBe('waits');
  for (const name of ['a1', 'b1', 'c1', 'a2', 'b2', 'a3', 'a4']) await end(name);

  expect(begun).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3', 'a4']);
  expect(await Promise.all([...first, ...second, late])).toEqual([
    'a1',
    'a2',
    'a3',
    'a4',
    'rate-limited',
    'b1',
    'b2',
    'c1',
  ]);
});
