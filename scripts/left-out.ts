import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const STREAMS_README = 'packages/server/src/protocols/streams/README.md';

/**
 * Tells a case that a suite leaves out by declaration, whatever the machine, from one that could not run here: a case
 * of the log suite that needs what an engine does not declare, and the cases that a protocol's README lists with the
 * reason (its own test fails when that list and the run differ).
 */
export function declarations(root: string): (skipped: string) => boolean {
  const text = readFileSync(join(root, STREAMS_README), 'utf8');
  const list = /<!-- listed -->([\s\S]*?)<!-- \/listed -->/.exec(text)?.[1] ?? '';
  const listed = list
    .split('\n')
    .flatMap((line) => (line.startsWith('- ') ? [line.slice(2).replaceAll(': ', ' ')] : []));
  return (skipped) =>
    /: log suite: .* \(needs [^)]+\)$/.test(skipped) || listed.some((name) => skipped.endsWith(`: ${name}`));
}
