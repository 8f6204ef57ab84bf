import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from './finding.ts';

const FIELDS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'] as const;
const PAGE = 'docs/dependencies.md';

/** Every dependency is pinned to one version and has its row in `docs/dependencies.md`, and no row lacks its dependency. */
export function checkDependencies(root: string): Finding {
  const manifests = ['package.json', ...globSync('packages/*/package.json', { cwd: root })];
  const violations: string[] = [];
  const used = new Set<string>();
  for (const file of manifests) {
    const manifest: Partial<Record<string, Record<string, string>>> = JSON.parse(
      readFileSync(join(root, file), 'utf8'),
    );
    for (const [name, version] of FIELDS.flatMap((field) => Object.entries(manifest[field] ?? {}))) {
      if (!/^\d+\.\d+\.\d+$/.test(version)) violations.push(`${file}: ${name} is not pinned (${version})`);
      if (!name.startsWith('@carillon/')) used.add(name);
    }
  }
  const page = readFileSync(join(root, PAGE), 'utf8');
  const told = new Set([...page.matchAll(/^\| `([^`]+)`/gm)].map(([, name = '']) => name));
  violations.push(...[...used].filter((name) => !told.has(name)).map((name) => `${PAGE}: no row for ${name}`));
  violations.push(...[...told].filter((name) => !used.has(name)).map((name) => `${PAGE}: ${name} is not used`));
  return {
    name: 'dependencies',
    read: `${used.size} in ${manifests.length} files`,
    vacuous: used.size === 0,
    violations,
  };
}
