import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { type Fault, type Figures, testRounds } from './fault.ts';
import { FAULTS } from './faults.ts';
import { missing } from './mounts.ts';
import { pageOf, type Result } from './page.ts';

const PAGE = fileURLToPath(new URL('../../docs/faults.md', import.meta.url));
const isFull = process.env['FAULTS'] === 'full';
const TIMEOUT_MS = isFull ? 7_200_000 : 900_000;

describe(isFull ? 'faults' : 'faults, a tenth of `npm run faults`', () => {
  const results = new Map<Fault, Result>();

  for (const fault of FAULTS) {
    const lacks = missing(fault.needs);
    const rounds = isFull ? fault.fullRounds : testRounds(fault);
    if (lacks.length > 0) {
      results.set(fault, { kind: 'lacking', lacks });
      test.skip(`${fault.name}, ${rounds} rounds (this machine lacks ${lacks.join('; ')})`);
      continue;
    }
    test(`${fault.name}, ${rounds} rounds`, { timeout: TIMEOUT_MS }, async () => {
      const began = performance.now();

      const figures = await runFault(fault, rounds).catch((error: unknown) => {
        results.set(fault, { kind: 'broken', error });
        throw error;
      });

      const seconds = Math.round((performance.now() - began) / 1000);
      results.set(fault, { kind: 'held', figures, seconds });
      console.log(`${fault.name}, ${seconds} s:`, figures);
      expect(Object.keys(figures)).not.toHaveLength(0);
    });
  }

  test('has all six kinds', () => {
    expect(FAULTS.map(({ name }) => name)).toHaveLength(6);
  });

  afterAll(async () => {
    if (isFull && results.size === FAULTS.length) await writeFile(PAGE, pageOf(results));
  });
});

/** The scratch directory of a run that held is removed; that of one that did not is kept for whoever looks into it. */
async function runFault(fault: Fault, rounds: number): Promise<Figures> {
  const scratch = await mkdtemp(join(tmpdir(), 'carillon-fault-'));
  const figures = await fault.run(rounds, scratch);
  await rm(scratch, { recursive: true });
  return figures;
}
