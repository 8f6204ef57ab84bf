import { existsSync, globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Finding } from './finding.ts';
import { run } from './run.ts';

/** Biome, as formatter and import sorter only. */
export async function checkFormat(root: string): Promise<Finding> {
  const { exitCode, output } = await run(root, 'biome', ['check', '--max-diagnostics=none', '.']);
  const finding = judged('format', exitCode, output, /Checked (\d+) files?/);
  const named = new Set([...output.matchAll(/^(\S+?)(?::\d+:\d+)? .*━━━/gm)].map(([, file]) => file));
  return named.size === 0
    ? finding
    : { ...finding, violations: [...named].map((file) => `${file}: run npm run format`) };
}

/** oxlint with types, so that a promise nobody awaits is seen. */
export async function checkLint(root: string): Promise<Finding> {
  const { exitCode, output } = await run(root, 'oxlint', ['--type-aware', '--deny-warnings', '--format=default', '.']);
  return judged('lint', exitCode, output, /on (\d+) files? with/);
}

/** Types of sources and tests of every package, of the scripts, and then the build that is published. */
export async function checkTypes(root: string): Promise<Finding> {
  const homes = globSync('packages/*/src', { cwd: root }).map(dirname);
  const violations: string[] = [];
  let files = 0;
  for (const project of [...homes, 'scripts', 'bench'].map((home) => `${home}/tsconfig.json`)) {
    if (!existsSync(join(root, project))) violations.push(`${project}: missing`);
    const { exitCode, output } = await run(root, 'tsc', ['--noEmit', '--listFiles', '-p', project]);
    const lines = output.split('\n');
    files += lines.filter((line) => line.startsWith(root) && !line.includes('/node_modules/')).length;
    if (exitCode !== 0) violations.push(...lines.filter((line) => line !== '' && !line.startsWith('/')));
  }
  const { exitCode, output } = await run(root, 'tsc', ['--build']);
  if (exitCode !== 0) violations.push(`tsc --build: ${output.trim()}`);
  const unbuilt = homes.filter((home) => !existsSync(join(root, home, 'dist/index.js')));
  violations.push(...unbuilt.map((home) => `${home}: tsc --build made no dist/index.js (is it in tsconfig.json?)`));
  return { name: 'types', read: `${files} files`, vacuous: files === 0, violations };
}

/** knip: exports, files and dependencies that nothing uses. */
export async function checkUnused(root: string): Promise<Finding> {
  const counted = ['--performance-fn', 'getImportsAndExports'];
  const { exitCode, output } = await run(root, 'knip', ['--no-progress', '--no-config-hints', ...counted]);
  return judged('unused', exitCode, output, /getImportsAndExports +(\d+)/);
}

function judged(name: string, exitCode: number, output: string, counter: RegExp): Finding {
  const files = Number(counter.exec(output)?.[1] ?? 0);
  return { name, read: `${files} files`, vacuous: files === 0, violations: exitCode === 0 ? [] : [output.trim()] };
}
