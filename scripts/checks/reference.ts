import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from './finding.ts';
import { run } from './run.ts';

const GENERATOR = 'scripts/generate-docs.ts';
const PAGES = 'docs/reference/*';

/** The committed reference pages are what the schemas generate now. The working tree is left as it was. */
export async function checkReference(root: string): Promise<Finding> {
  const committed = pages(root);
  const { exitCode, output } = await run(root, 'node', ['--conditions=carillon-source', GENERATOR]);
  const generated = pages(root);
  const violations = exitCode === 0 ? [] : [output.trim()];
  for (const [page, text] of generated) {
    if (committed.get(page) !== text) violations.push(`${page}: not what the schemas say: run \`npm run docs\``);
  }
  for (const [page, text] of committed) writeFileSync(join(root, page), text);
  return { name: 'reference', read: `${generated.size} pages`, vacuous: generated.size === 0, violations };
}

function pages(root: string): Map<string, string> {
  return new Map(globSync(PAGES, { cwd: root }).map((page) => [page, readFileSync(join(root, page), 'utf8')]));
}
