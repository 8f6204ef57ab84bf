import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from './finding.ts';
import { SOURCES } from './sources.ts';

const MAX_LINES = 300;

/** Longer files, each with the reason why it is one file. */
const LONG_FILES: Readonly<Record<string, string>> = {};

/** No source file is longer than 300 lines without a reason, and no reason outlives its file. */
export function checkSizes(root: string): Finding {
  const sizes = globSync(SOURCES, { cwd: root }).map((file) => {
    return { file, lines: readFileSync(join(root, file), 'utf8').split('\n').length - 1 };
  });
  const long = sizes.filter(({ lines }) => lines > MAX_LINES);
  const isLong = (file: string): boolean => long.some((entry) => entry.file === file);
  const excused = Object.keys(LONG_FILES);
  const violations = [
    ...long.filter(({ file }) => !excused.includes(file)).map(({ file, lines }) => `${file}: ${lines} lines`),
    ...excused.filter((file) => !isLong(file)).map((file) => `${file}: excused, but not long`),
  ];
  const sorted = sizes.map(({ lines }) => lines).sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return {
    name: 'sizes',
    read: `${sizes.length} files, median ${median} lines`,
    vacuous: sizes.length === 0,
    violations,
  };
}
