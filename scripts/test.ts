import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { check } from './check.ts';
import { isRed } from './checks/finding.ts';
import { declarations } from './left-out.ts';
import { SUITES, type Suite } from './suites.ts';
import { ensureSystemPackages, type SystemPackage } from './system-packages.ts';
import { add, NOTHING, type Totals, totalsOfReport } from './totals.ts';

const ROOT = dirname(import.meta.dirname);
const wanted = process.argv.slice(2);

/** `npm test` runs everything; `npm test unit faults` only these, and says so. */
async function main(): Promise<Totals> {
  const unknown = wanted.filter((name) => name !== 'check' && !SUITES.some((suite) => suite === name));
  if (unknown.length > 0)
    throw new Error(`no such suite: ${unknown.join(', ')} (there are: check, ${SUITES.join(', ')})`);
  const missing = ensureSystemPackages();
  let totals = isWanted('check') ? await checked() : NOTHING;
  for (const suite of SUITES.filter(isWanted)) totals = add(totals, await suiteRun(suite, missing));
  return totals;
}

const isWanted = (name: string): boolean => wanted.length === 0 || wanted.includes(name);

async function checked(): Promise<Totals> {
  const findings = await check(ROOT, console.log);
  const failed = findings.filter(isRed).map(({ name }) => `check: ${name}`);
  return { passed: findings.length - failed.length, failed, skipped: [] };
}

async function suiteRun(suite: Suite, missing: readonly SystemPackage[]): Promise<Totals> {
  const lacking = missing.filter(({ suites }) => suites.includes(suite)).map(({ name }) => name);
  if (lacking.length > 0) {
    return {
      ...NOTHING,
      skipped: [`${suite}: the whole suite, for want of ${lacking.join(', ')} (install them, or run as root)`],
    };
  }
  console.log(`\n== ${suite}`);
  const folder = mkdtempSync(join(tmpdir(), 'carillon-report-'));
  const report = join(folder, 'report.json');
  const exitCode = await vitest([
    'run',
    '--project',
    suite,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ]);
  const text = readIfThere(report);
  rmSync(folder, { recursive: true });
  return totalsOfReport(suite, text, exitCode, ROOT);
}

function vitest(args: readonly string[]): Promise<number> {
  const program = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const child = spawn(process.execPath, [program, ...args], { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

const { passed, failed, skipped: notRun } = await main();
const isDeclared = declarations(ROOT);
const leftOut = notRun.filter(isDeclared);
const skipped = notRun.filter((name) => !isDeclared(name));
if (wanted.length > 0) console.log(`\nOnly ${wanted.join(', ')} ran.`);
if (leftOut.length > 0) console.log(`\nLeft out by declaration, on every machine:\n  ${leftOut.join('\n  ')}`);
if (skipped.length > 0) console.log(`\nDid not run:\n  ${skipped.join('\n  ')}`);
if (failed.length > 0) console.log(`\nFailed:\n  ${failed.join('\n  ')}`);
console.log(`\n${passed} passed, ${failed.length} failed, ${skipped.length} skipped`);
if (failed.length > 0 || passed === 0) process.exitCode = 1;
