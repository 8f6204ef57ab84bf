import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { parseSync } from 'oxc-parser';
import type { Finding } from './finding.ts';
import {
  DRIVER,
  DRIVER_ROOM,
  FAMILIES,
  MAIN_THREAD,
  PACKAGES,
  ROOMS,
  ROOTS,
  THREAD_FACE,
  WITHOUT_NODE,
} from './layer-table.ts';

interface Import {
  readonly from: string;
  readonly specifier: string;
  /** The imported file, relative to the repository, when the specifier is a path. */
  readonly target: string | undefined;
  readonly typeOnly: boolean;
}

/** Reads every source file below `packages/`: what it imports must lie within the layer table's borders. */
export function checkLayers(root: string): Finding {
  const files = globSync('packages/*/{src,test}/**/*.ts', { cwd: root }).sort();
  const violations: string[] = [];
  const imports = files.flatMap((file) => importsOf(root, file, violations));
  for (const entry of imports) {
    const broken = isTest(entry.from) ? packageBorder(entry) : (packageBorder(entry) ?? sourceRule(entry));
    if (broken) violations.push(`${entry.from}: imports '${entry.specifier}': ${broken}`);
  }
  const known = new Set(files);
  for (const { from, specifier, target } of imports) {
    if (target !== undefined && !known.has(target)) violations.push(`${from}: imports '${specifier}': no such file`);
  }
  for (const file of files) {
    const isSource = packageOf(file) === 'server' && !isTest(file);
    if (isSource && roomRules(file) === undefined) violations.push(`${file}: lies in no known room`);
  }
  violations.push(...circles(imports), ...driverInMainThread(imports));
  const read = `${files.length} files with ${imports.length} imports`;
  return { name: 'layers', read, vacuous: files.length === 0 || imports.length === 0, violations };
}

function importsOf(root: string, file: string, violations: string[]): Import[] {
  const text = readFileSync(join(root, file), 'utf8');
  const { module, errors } = parseSync(file, text);
  if (errors.length > 0) violations.push(`${file}: cannot be parsed: ${errors[0]?.message}`);
  const named = (specifier: string, typeOnly: boolean): Import => {
    const target = specifier.startsWith('.') ? join(dirname(file), specifier) : undefined;
    return { from: file, specifier, target, typeOnly };
  };
  const found = module.staticImports.map(({ moduleRequest, entries }) =>
    named(moduleRequest.value, entries.length > 0 && entries.every((entry) => entry.isType)),
  );
  for (const { entries } of module.staticExports) {
    for (const { moduleRequest, isType } of entries) if (moduleRequest) found.push(named(moduleRequest.value, isType));
  }
  for (const [, specifier] of text.matchAll(/\b(?:import|require|getBuiltinModule)\(\s*['"`]([^'"`]+)['"`]/g)) {
    if (specifier) found.push(named(specifier, false));
  }
  return found;
}

const isTest = (file: string): boolean => /\.test\.ts$|\/testing\/|^packages\/[^/]+\/test\//.test(file);
const packageOf = (file: string): string => file.split('/')[1] ?? '';
const insideServer = (file: string): string => relative('packages/server/src', file);

function roomOf(file: string): string {
  const path = insideServer(file);
  const [first = '', second = '', third] = path.split('/');
  if (second === '') return first === 'main.ts' ? 'main' : '';
  const family = FAMILIES.find((folder) => path.startsWith(`${folder}/`) && path.split('/').length > 3);
  if (family) return `${family}/${third}`;
  return first === 'protocols' && third !== undefined ? `protocols/${second}` : first;
}

function packageBorder({ from, target }: Import): string | undefined {
  if (target === undefined || packageOf(target) === packageOf(from)) return undefined;
  return 'leaves its package by a path instead of the package name';
}

function sourceRule(entry: Import): string | undefined {
  const home = packageOf(entry.from);
  if (entry.target !== undefined && isTest(entry.target)) return 'a source may not know a test';
  const wanted = entry.specifier === 'carillon' ? 'server' : /^@carillon\/([^/]+)/.exec(entry.specifier)?.[1];
  if (wanted !== undefined && !PACKAGES[home]?.includes(wanted)) return `${home} may not know the package ${wanted}`;
  if (WITHOUT_NODE.includes(home) && entry.specifier.startsWith('node:')) return `${home} runs without Node`;
  return home === 'server' ? roomRule(entry, wanted) : undefined;
}

/** The rooms that this file may know; undefined when it lies in no room of the table. */
function roomRules(file: string): readonly string[] | undefined {
  if (ROOTS.includes(insideServer(file))) return Object.keys(ROOMS);
  const room = roomOf(file);
  return ROOMS[room.startsWith('protocols/') ? 'protocols/*' : room];
}

function roomRule({ from, specifier, target }: Import, wanted: string | undefined): string | undefined {
  const room = roomOf(from);
  if (specifier === DRIVER && room !== DRIVER_ROOM) return `only ${DRIVER_ROOM}/ may import the driver`;
  const allowed = roomRules(from) ?? [];
  if (wanted === 'client' && !allowed.includes('@client')) return `${room} may not know the client`;
  if (ROOTS.includes(insideServer(from)) || target === undefined || roomOf(target) === room) return undefined;
  const other = roomOf(target);
  if (!allowed.includes(other)) return `${room} may not know ${other === '' ? 'the composition root' : other}`;
  const isFace =
    other === 'main' || ['index.ts', THREAD_FACE].some((face) => insideServer(target) === `${other}/${face}`);
  return isFace || insideServer(target) === 'protocols/protocol.ts' ? undefined : `${other} is entered by its index.ts`;
}

/** Files that import each other at run time, each circle told once. */
function circles(imports: readonly Import[]): string[] {
  const edges = runtimeEdges(imports.filter(({ from }) => !isTest(from)));
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file);
    if (start >= 0) found.push(`import circle: ${[...path.slice(start), file].join(' -> ')}`);
    if (start >= 0 || done.has(file)) return;
    for (const next of edges.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of edges.keys()) visit(file, []);
  return found;
}

function driverInMainThread(imports: readonly Import[]): string[] {
  const edges = runtimeEdges(imports);
  const drivers = new Set(imports.filter(({ specifier }) => specifier === DRIVER).map(({ from }) => from));
  const reached = new Map(MAIN_THREAD.map((file) => [`packages/server/src/${file}`, file]));
  for (const [file, path] of reached) {
    for (const next of edges.get(file) ?? [])
      if (!reached.has(next)) reached.set(next, `${path} -> ${insideServer(next)}`);
  }
  return [...reached].filter(([file]) => drivers.has(file)).map(([, path]) => `${DRIVER} in the main thread: ${path}`);
}

function runtimeEdges(imports: readonly Import[]): Map<string, string[]> {
  const edges = new Map<string, string[]>();
  for (const { from, target, typeOnly } of imports) {
    if (target !== undefined && !typeOnly) edges.set(from, [...(edges.get(from) ?? []), target]);
  }
  return edges;
}
