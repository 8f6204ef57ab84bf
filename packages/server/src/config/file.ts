import { parseDocument } from 'yaml';
import { SETTINGS } from './describe.ts';
import { nearestName } from './nearest.ts';

export interface FileProblem {
  readonly name: string;
  readonly message: string;
}

/** What a settings file says, by path of the setting. */
export interface FileSettings {
  readonly values: ReadonlyMap<string, unknown>;
  readonly problems: readonly FileProblem[];
}

/** Reads YAML, of which JSON is a part. Every unknown key and every misplaced value is a problem of its own. */
export function readSettingsFile(text: string): FileSettings {
  const document = parseDocument(text, { uniqueKeys: true });
  if (document.errors.length > 0) {
    return {
      values: new Map(),
      problems: document.errors.map((error) => ({ name: 'file', message: firstLine(error) })),
    };
  }
  const root: unknown = document.toJS({ maxAliasCount: 20 });
  const values = new Map<string, unknown>();
  const problems: FileProblem[] = [];
  if (root === null || root === undefined) return { values, problems };
  if (!isMap(root)) return { values, problems: [{ name: 'file', message: 'must hold a map of sections' }] };
  collect(root, '', values, problems);
  return { values, problems };
}

const LEAVES = new Set(SETTINGS.map((setting) => setting.path));
const SECTIONS = new Set(SETTINGS.flatMap((setting) => sectionsOf(setting.path)));

function collect(section: object, prefix: string, values: Map<string, unknown>, problems: FileProblem[]): void {
  for (const [key, value] of Object.entries(section)) {
    const path = prefix + key;
    if (LEAVES.has(path)) {
      if (value === null) problems.push({ name: path, message: 'has no value; give one or remove the line' });
      else values.set(path, value);
    } else if (!SECTIONS.has(path)) {
      problems.push({ name: path, message: unknownSetting(nearestName(path, [...LEAVES, ...SECTIONS])) });
    } else if (isMap(value)) {
      collect(value, `${path}.`, values, problems);
    } else if (value !== null) {
      problems.push({ name: path, message: 'is a section and needs settings below it' });
    }
  }
}

export function unknownSetting(nearest: string | undefined): string {
  return nearest === undefined ? 'is not a setting' : `is not a setting; did you mean ${nearest}?`;
}

function sectionsOf(path: string): readonly string[] {
  const parts = path.split('.');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('.'));
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function firstLine(error: Error): string {
  return error.message.split('\n', 1)[0]?.replace(/:$/, '') ?? 'is not valid YAML';
}
