import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Comment, type Node, parseSync, Visitor } from 'oxc-parser';
import type { Finding } from './finding.ts';
import { SOURCES } from './sources.ts';

interface Cast {
  readonly what: 'any' | 'as' | '!';
  readonly line: number;
  readonly explained: boolean;
}

/** Counts `any`, `as` and `!` outside tests; each needs a comment on its line or the line above. `as const` is free. */
export function checkCasts(root: string): Finding {
  const files = globSync(SOURCES, { cwd: root }).filter(
    (file) => !/\.test\.ts$|\/testing\/|^packages\/[^/]+\/test\//.test(file),
  );
  const counts = { any: 0, as: 0, '!': 0 };
  const violations: string[] = [];
  for (const file of files) {
    for (const { what, line, explained } of castsOf(file, readFileSync(join(root, file), 'utf8'))) {
      counts[what]++;
      if (!explained) violations.push(`${file}:${line}: \`${what}\` without a comment that says why it is true`);
    }
  }
  const read = `${files.length} files with ${counts.any} any, ${counts.as} as, ${counts['!']} !`;
  return { name: 'casts', read, vacuous: files.length === 0, violations };
}

function castsOf(file: string, text: string): Cast[] {
  const { program, comments } = parseSync(file, text);
  const lineAt = (offset: number): number => text.slice(0, offset).split('\n').length;
  const commented = new Set(comments.flatMap((comment) => linesOf(comment, lineAt)));
  const casts: Cast[] = [];
  const found = (what: Cast['what'], at: number): void => {
    const line = lineAt(at);
    casts.push({ what, line, explained: commented.has(line) || commented.has(line - 1) });
  };
  new Visitor({
    TSAnyKeyword: (node) => found('any', node.start),
    TSNonNullExpression: (node) => found('!', node.end),
    TSAsExpression: (node) => {
      if (text.slice(node.typeAnnotation.start, node.typeAnnotation.end) !== 'const') found('as', startOfType(node));
    },
  }).visit(program);
  return casts;
}

const startOfType = (node: { typeAnnotation: Node }): number => node.typeAnnotation.start;

function linesOf({ start, end }: Comment, lineAt: (offset: number) => number): number[] {
  const first = lineAt(start);
  return Array.from({ length: lineAt(end) - first + 1 }, (_, index) => first + index);
}
