import fc from 'fast-check';
import { expect, test } from 'vitest';
import { firstIdOf, LogicalClock, nextId } from './clock.ts';

test('never steps back, whatever the machine’s clock does, also over restarts', () => {
  const step = fc.record({
    wall: fc.integer({ min: -3_600_000, max: 3_600_000 }),
    passed: fc.nat(50),
    restart: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let wall = 1_800_000_000_000;
      let monotonic = 0;
      const source = { wall: () => wall, monotonic: () => monotonic };
      let clock = new LogicalClock(0, source);
      let last = clock.now();
      for (const { wall: jump, passed, restart } of steps) {
        wall += jump + passed;
        monotonic += passed;
        if (restart) clock = new LogicalClock(last, source);
        const now = clock.now();
        expect(now).toBeGreaterThanOrEqual(restart ? last + 1 : last + Math.min(passed, 0));
        expect(now).toBeGreaterThanOrEqual(wall);
        last = now;
      }
    }),
  );
});

test('ids rise within and beyond one millisecond and stay safe integers', () => {
  const now = Date.UTC(2085, 0, 1);
  let id = nextId(0, now);
  for (let n = 0; n < 10_000; n += 1) {
    const next = nextId(id, now);
    expect(next).toBe(id + 1);
    id = next;
  }
  expect(nextId(id, now + 1)).toBe(id + 1);
  expect(nextId(id, now + 10)).toBe((now + 10 - Date.UTC(2020, 0, 1)) * 4_096);
  expect(Number.isSafeInteger(id)).toBe(true);
});

test('the first id of a time is what is given then at the earliest', () => {
  const now = Date.UTC(2026, 10, 25);

  expect(firstIdOf(now)).toBe(nextId(0, now));
  expect(nextId(nextId(0, now - 1), now - 1)).toBeLessThan(firstIdOf(now));
  expect(firstIdOf(0)).toBe(0);
});
