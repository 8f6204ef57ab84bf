import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LOG_CASE_COUNT, LOG_CASES } from './cases.ts';
import type { Bench, LogCapabilities, LogCase, Need, OpenLog, OpenLogAt } from './contract.ts';

const CASE_TIMEOUT_MS = 30_000;

/**
 * Registers every promise of a log as a test against the engine that `open` opens. Cases that need what the engine
 * does not declare are skipped by name; that all others ran is asserted at the end.
 */
export function logSuite(name: string, open: OpenLogAt, capabilities: LogCapabilities): void {
  describe(`log suite: ${name}`, () => {
    const ran = new Set<string>();
    const wanted = LOG_CASES.filter((one) => missing(one, capabilities).length === 0);
    for (const one of LOG_CASES) {
      const lacks = missing(one, capabilities);
      if (lacks.length > 0) {
        test.skip(`${one.name} (needs ${lacks.join(', ')})`);
        continue;
      }
      test(one.name, { timeout: one.timeoutMs ?? CASE_TIMEOUT_MS }, async () => {
        ran.add(one.name);
        await runCase(one, open, capabilities);
      });
    }
    test('every case ran that the engine can be held to', () => {
      expect(new Set(LOG_CASES.map((one) => one.name)).size).toBe(LOG_CASE_COUNT);
      expect(ran.size).toBe(wanted.length);
    });
  });
}

/** Runs one case in a directory of its own, which is gone afterwards. */
export async function runCase(one: LogCase, open: OpenLogAt, capabilities: LogCapabilities): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'carillon-log-'));
  const opened = new Set<OpenLog>();
  const bench: Bench = {
    directory,
    capabilities,
    async open(at = directory) {
      const log = await open(at);
      opened.add(log);
      const close = async (): Promise<void> => {
        if (opened.delete(log)) await log.close();
      };
      return { ...log, sequencer: log.sequencer, store: log.store, ...expiring(log), close };
    },
  };
  try {
    await one.run(bench);
  } finally {
    for (const log of opened) await log.close();
    await rm(directory, { recursive: true, force: true });
  }
}

function expiring(log: OpenLog): Pick<OpenLog, 'expire'> {
  return log.expire ? { expire: log.expire.bind(log) } : {};
}

function missing({ needs = [] }: LogCase, capabilities: LogCapabilities): readonly Need[] {
  return needs.filter((need) => !capabilities[need]);
}
