import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkCasts } from './casts.ts';
import { checkDependencies } from './dependencies.ts';
import { type Finding, isRed } from './finding.ts';
import { checkLayers } from './layers.ts';
import { checkSizes } from './sizes.ts';
import { checkFormat, checkLint, checkTypes, checkUnused } from './tools.ts';

type Check = (root: string) => Finding | Promise<Finding>;
type Files = Readonly<Record<string, string>>;

const REPOSITORY = dirname(dirname(import.meta.dirname));
const NOT_COPIED = ['node_modules', 'dist', '.git', '.carillon', 'results', 'build'];
/** The tools look at a part of the tree, so that each looks at it in seconds. */
const PART = [
  'packages/core',
  'scripts/checks',
  'scripts/suites.ts',
  'docs/dependencies.md',
  ...['package.json', 'vitest.config.ts', 'tsconfig.base.json', 'scripts/tsconfig.json'],
  ...['bench/tsconfig.json', 'bench/syncs.ts'],
  ...['.gitignore', 'biome.json', '.oxlintrc.json', 'knip.json'],
];
let whole: string;
let part: string;
let empty: string;
/** What a check says about the copy before anything is planted: others may be at work in the original. */
const saidBefore = new Map<Check, readonly string[]>();

const filter = (source: string): boolean => !NOT_COPIED.includes(basename(source));

beforeAll(() => {
  const folder = (): string => mkdtempSync(join(tmpdir(), 'carillon-planted-'));
  [whole, part, empty] = [folder(), folder(), folder()];
  cpSync(join(REPOSITORY, 'packages'), join(whole, 'packages'), { recursive: true, filter });
  for (const path of PART) cpSync(join(REPOSITORY, path), join(part, path), { recursive: true, filter });
  writeFileSync(
    join(part, 'tsconfig.json'),
    '{ "files": [], "references": [{ "path": "packages/core/tsconfig.build.json" }] }',
  );
  symlinkSync(join(REPOSITORY, 'node_modules'), join(part, 'node_modules'));
});

afterAll(() => {
  for (const root of [whole, part, empty]) rmSync(root, { recursive: true, force: true });
});

/** The lines that a check says only because of the planted files. */
async function saidBecauseOf(planted: Files, check: Check, tree: string): Promise<string> {
  const linesOf = ({ violations }: Finding): string[] => violations.join('\n').split('\n');
  const before = saidBefore.get(check) ?? linesOf(await check(tree));
  saidBefore.set(check, before);
  const restore = Object.entries(planted).map(([file, text]) => plant(tree, file, text));

  const after = await check(tree);

  for (const undo of restore) undo();
  expect(isRed(after)).toBe(true);
  return linesOf(after)
    .filter((line) => !before.includes(line))
    .join('\n');
}

function plant(tree: string, file: string, text: string): () => void {
  const path = join(tree, file);
  const original = existsSync(path) ? readFileSync(path) : undefined;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return () => (original ? writeFileSync(path, original) : rmSync(path));
}

const core = 'packages/core/src/planted.ts';
const inRoom = (room: string, name = 'planted.ts'): string => `packages/server/src/${room}/${name}`;
const exporting = 'export const planted = 1;\n';

interface Broken {
  readonly rule: string;
  readonly planted: Files;
  readonly said: string;
}

const brokenLayers: readonly Broken[] = [
  { rule: 'core imports Node', planted: { [core]: "import 'node:fs';\n" }, said: 'core runs without Node' },
  {
    rule: 'the client imports Node',
    planted: { 'packages/client/src/planted.ts': "export type { Stats } from 'node:fs';\n" },
    said: 'client runs without Node',
  },
  {
    rule: 'core knows another package',
    planted: { [core]: "import '@carillon/client';\n" },
    said: 'core may not know the package client',
  },
  {
    rule: 'a package is entered by a path',
    planted: { [core]: "import '../../client/src/planted.ts';\n", 'packages/client/src/planted.ts': exporting },
    said: 'leaves its package',
  },
  {
    rule: 'a test enters another package by a path',
    planted: {
      'packages/core/src/planted.test.ts': "import '../../client/src/planted.ts';\n",
      'packages/client/src/planted.ts': exporting,
    },
    said: 'leaves its package',
  },
  {
    rule: 'a room knows a room above it',
    planted: { [inRoom('storage')]: "import type { A } from '../hub/planted.ts';\n", [inRoom('hub')]: exporting },
    said: 'storage may not know hub',
  },
  {
    rule: 'a room knows the composition root',
    planted: { [inRoom('hub')]: "import '../main.ts';\n", 'packages/server/src/main.ts': exporting },
    said: 'hub may not know main',
  },
  {
    rule: 'a room is entered beside its index.ts',
    planted: { [inRoom('log')]: "import '../storage/planted.ts';\n", [inRoom('storage')]: exporting },
    said: 'storage is entered by its index.ts',
  },
  {
    rule: 'a protocol knows another protocol',
    planted: {
      [inRoom('protocols/planted')]: "import { streams } from '../streams/index.ts';\n",
      [inRoom('protocols/streams', 'index.ts')]: exporting,
    },
    said: 'protocols/planted may not know protocols/streams',
  },
  {
    rule: 'a room other than cli knows the client',
    planted: { [inRoom('hub')]: "import '@carillon/client';\n" },
    said: 'hub may not know the client',
  },
  { rule: 'a folder is no known room', planted: { [inRoom('utils')]: exporting }, said: 'lies in no known room' },
  {
    rule: 'another room imports the driver',
    planted: { [inRoom('log')]: "import { DatabaseSync } from 'node:sqlite';\n" },
    said: 'only storage/ may import the driver',
  },
  {
    rule: 'another room loads the driver at run time',
    planted: { [inRoom('log')]: "export const driver = process.getBuiltinModule('node:sqlite');\n" },
    said: 'only storage/ may import the driver',
  },
  {
    rule: 'the main thread reaches the driver',
    planted: {
      'packages/server/src/main.ts': "import './storage/planted-a.ts';\n",
      [inRoom('storage', 'planted-a.ts')]: "export * from './planted-b.ts';\n",
      [inRoom('storage', 'planted-b.ts')]: "export { DatabaseSync } from 'node:sqlite';\n",
    },
    said: 'node:sqlite in the main thread: main.ts -> storage/planted-a.ts -> storage/planted-b.ts',
  },
  {
    rule: 'two files import each other',
    planted: {
      [inRoom('hub', 'planted-a.ts')]: "export * from './planted-b.ts';\n",
      [inRoom('hub', 'planted-b.ts')]: "export * from './planted-a.ts';\n",
    },
    said: 'import circle: packages/server/src/hub/planted-a.ts -> packages/server/src/hub/planted-b.ts',
  },
  {
    rule: 'a source knows a test',
    planted: { [core]: "import '../test/planted.ts';\n", 'packages/core/test/planted.ts': exporting },
    said: 'a source may not know a test',
  },
  { rule: 'a file cannot be parsed', planted: { [core]: 'export const = ;\n' }, said: 'cannot be parsed' },
  { rule: 'an imported file is missing', planted: { [core]: "import './gone.ts';\n" }, said: 'no such file' },
];

describe('layers', () => {
  test.each(brokenLayers)('is red when $rule', async ({ planted, said }) => {
    expect(await saidBecauseOf(planted, checkLayers, whole)).toContain(said);
  });

  test('says nothing about a file that keeps to its borders', () => {
    const restore = plant(
      whole,
      inRoom('hub'),
      "import type { Event } from '@carillon/core';\nexport type Planted = Event;\n",
    );

    const { violations } = checkLayers(whole);

    restore();
    expect(violations.filter((line) => line.includes('planted'))).toEqual([]);
  });
});

interface BrokenFor extends Broken {
  readonly check: Check;
}

const brokenElsewhere: readonly BrokenFor[] = [
  {
    check: checkFormat,
    rule: 'a line is not formatted',
    planted: { [core]: 'export const planted = {a:1}\n' },
    said: core,
  },
  {
    check: checkLint,
    rule: 'nobody awaits a promise',
    planted: { [core]: 'async function late(): Promise<void> {}\nexport function planted(): void {\n  late();\n}\n' },
    said: 'no-floating-promises',
  },
  {
    check: checkLint,
    rule: 'a value is any',
    planted: { [core]: 'export const planted: any = 1;\n' },
    said: 'no-explicit-any',
  },
  {
    check: checkTypes,
    rule: 'a type is wrong',
    planted: { [core]: "export const planted: number = 'text';\n" },
    said: 'TS2322',
  },
  {
    check: checkTypes,
    rule: 'a type is wrong in a test',
    planted: { 'packages/core/src/planted.test.ts': "export const planted: number = 'text';\n" },
    said: 'TS2322',
  },
  {
    check: checkUnused,
    rule: 'nothing uses a file',
    planted: { [core]: exporting },
    said: core,
  },
  {
    check: checkUnused,
    rule: 'nothing uses an export',
    planted: {
      'scripts/planted-entry.ts': "import { used } from './checks/planted-lib.ts';\nused();\n",
      'scripts/checks/planted-lib.ts': 'export function used(): void {}\nexport function plantedAndUnused(): void {}\n',
    },
    said: 'plantedAndUnused',
  },
  {
    check: checkCasts,
    rule: 'a cast is not explained',
    planted: { [core]: 'const value: unknown = 1;\nexport const planted = value as number;\n' },
    said: `${core}:2: \`as\``,
  },
  {
    check: checkSizes,
    rule: 'a file is too long',
    planted: { [core]: exporting.repeat(301) },
    said: `${core}: 301 lines`,
  },
  {
    check: checkDependencies,
    rule: 'a dependency is neither pinned nor told',
    planted: { 'packages/planted/package.json': '{ "dependencies": { "planted-library": "^1.0.0" } }' },
    said: 'planted-library is not pinned (^1.0.0)\ndocs/dependencies.md: no row for planted-library',
  },
];

describe('the other steps', () => {
  test.each(brokenElsewhere)('$check.name is red when $rule', { timeout: 60_000 }, async ({ check, planted, said }) => {
    expect(await saidBecauseOf(planted, check, part)).toContain(said);
  });

  const steps = { checkFormat, checkLint, checkLayers, checkCasts, checkSizes, checkUnused };
  test.each(Object.entries(steps))('%s is red when it read nothing', { timeout: 60_000 }, async (_, check) => {
    expect(isRed(await check(empty))).toBe(true);
  });
});
