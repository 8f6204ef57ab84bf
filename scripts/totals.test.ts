import { expect, test } from 'vitest';
import { add, NOTHING, totalsOfReport } from './totals.ts';

const assertion = (fullName: string, status: string): object => ({ fullName, status });
const report = (...files: object[]): string => JSON.stringify({ testResults: files });
const file = (status: string, ...assertionResults: object[]): object => {
  return { name: '/home/a/src/b.test.ts', status, assertionResults };
};

test('counts what passed and names what failed or did not run', () => {
  const text = report(
    file('failed', assertion('one', 'passed'), assertion('two', 'failed')),
    file('passed', assertion('three', 'passed'), assertion('four', 'skipped'), assertion('five', 'todo')),
  );

  expect(totalsOfReport('unit', text, 1, '/home/a')).toEqual({
    passed: 2,
    failed: ['unit: src/b.test.ts: two'],
    skipped: ['unit: src/b.test.ts: four', 'unit: src/b.test.ts: five'],
  });
});

test.each([
  ['a file that could not be loaded', report(file('failed')), 1, 'unit: src/b.test.ts: failed outside its tests'],
  [
    'a hook that threw after the last test',
    report(file('failed', assertion('one', 'passed'))),
    1,
    'unit: src/b.test.ts: failed outside its tests',
  ],
  ['no report at all', undefined, 0, 'unit: ran no test'],
  ['a report without tests', report(), 0, 'unit: ran no test'],
  [
    'an error outside every test',
    report(file('passed', assertion('one', 'passed'))),
    1,
    'unit: ended with 1 though no test failed',
  ],
])('%s is a failure', (_, text, exitCode, failure) => {
  expect(totalsOfReport('unit', text, exitCode, '/home/a').failed).toEqual([failure]);
});

test('adds up', () => {
  const one = { passed: 1, failed: ['a'], skipped: ['b'] };

  expect(add(add(NOTHING, one), one)).toEqual({ passed: 2, failed: ['a', 'a'], skipped: ['b', 'b'] });
});
