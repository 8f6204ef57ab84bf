import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkCasts } from './checks/casts.ts';
import { checkDependencies } from './checks/dependencies.ts';
import { type Finding, isRed } from './checks/finding.ts';
import { checkLayers } from './checks/layers.ts';
import { checkReference } from './checks/reference.ts';
import { checkSizes } from './checks/sizes.ts';
import { checkFormat, checkLint, checkTypes, checkUnused } from './checks/tools.ts';

const STEPS: readonly ((root: string) => Finding | Promise<Finding>)[] = [
  checkFormat,
  checkLint,
  checkTypes,
  checkLayers,
  checkCasts,
  checkSizes,
  checkUnused,
  checkDependencies,
  checkReference,
];

/** Runs every step to its end, whatever an earlier one found, and tells each as it ends. */
export async function check(root: string, tell: (line: string) => void): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const step of STEPS) {
    const finding = await step(root);
    findings.push(finding);
    tell(`check ${isRed(finding) ? 'FAILED' : 'passed'}: ${finding.name}, read ${finding.read}`);
    for (const violation of finding.violations) tell(`  ${violation.replaceAll('\n', '\n  ')}`);
    if (finding.vacuous) tell('  it read nothing, so it proves nothing');
  }
  return findings;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const findings = await check(dirname(import.meta.dirname), console.log);
  if (findings.some(isRed)) process.exitCode = 1;
}
