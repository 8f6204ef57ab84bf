/**
 * The suites of `npm test`, in order. A test file belongs to the suite that its name ends in (`*.fault.test.ts`), any
 * other `*.test.ts` to `unit`. Vitest knows each suite as a project of the same name.
 */
export const SUITE_FILES = {
  conformance: '**/*.conformance.test.ts',
  faults: '**/*.fault.test.ts',
  browser: '**/*.browser.test.ts',
  clients: '**/*.clients.test.ts',
  docs: '**/*.docs.test.ts',
  packing: '**/*.packing.test.ts',
} as const;

export type Suite = 'unit' | keyof typeof SUITE_FILES;

export const SUITES: readonly Suite[] = ['unit', 'conformance', 'faults', 'browser', 'clients', 'docs', 'packing'];
