import { readFileSync } from 'node:fs';
import { decodeText } from './decode-text.ts';
import { SETTINGS, type SettingDescription } from './describe.ts';
import { readSettingsFile, unknownSetting } from './file.ts';
import { nearestName } from './nearest.ts';
import { brokenRules } from './rules.ts';
import { type Settings, settingsSchema } from './settings.ts';

/** Where settings come from; what stands lower here wins. */
export interface SettingSources {
  /** Other defaults of a command, by path (`carillon dev`). */
  readonly presets?: Readonly<Record<string, unknown>>;
  readonly file?: { readonly name: string; readonly text: string };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Text of each flag by the path of its setting. */
  readonly flags?: ReadonlyMap<string, string>;
}

export interface SettingProblem {
  /** The name as its source spells it: a path, a variable, a flag. */
  readonly name: string;
  /** `file carillon.yaml`, `environment`, `flags`, `settings`. */
  readonly source: string;
  readonly message: string;
}

export type Loaded =
  | { readonly settings: Settings; readonly origins: ReadonlyMap<string, string> }
  | { readonly problems: readonly SettingProblem[] };

/** Variables that the commands read besides the settings. */
export const COMMAND_VARIABLES: readonly string[] = [
  'CARILLON_CONFIG',
  'CARILLON_URL',
  'CARILLON_TOKEN',
  'CARILLON_ADMIN_TOKEN',
];

interface Candidate {
  readonly name: string;
  readonly source: string;
  readonly value: unknown;
}

/** Merges all sources and checks the result. Either whole settings, or everything that is wrong, at once. */
export function loadSettings(sources: SettingSources): Loaded {
  const problems: SettingProblem[] = [];
  const chosen = new Map<string, Candidate>();
  for (const read of [readPresets, readFile, readEnvironment, readFlags]) read(sources, chosen, problems);
  for (const setting of SETTINGS) problems.push(...checkValue(setting, chosen.get(setting.path)));
  if (problems.length > 0) return { problems };

  const settings = settingsSchema.parse(assemble(chosen));
  const broken = brokenRules(settings).map(({ path, message }) => {
    const candidate = chosen.get(path);
    return { name: candidate?.name ?? path, source: candidate?.source ?? 'settings', message };
  });
  if (broken.length > 0) return { problems: broken };
  return { settings, origins: new Map([...chosen].map(([path, candidate]) => [path, originOf(candidate)])) };
}

type Read = (sources: SettingSources, chosen: Map<string, Candidate>, problems: SettingProblem[]) => void;

const readPresets: Read = ({ presets = {} }, chosen) => {
  for (const [path, value] of Object.entries(presets)) chosen.set(path, { name: path, source: 'command', value });
};

const readFile: Read = ({ file }, chosen, problems) => {
  if (!file) return;
  const source = `file ${file.name}`;
  const read = readSettingsFile(file.text);
  for (const problem of read.problems) problems.push({ ...problem, source });
  for (const [path, value] of read.values) chosen.set(path, { name: path, source, value });
};

const readEnvironment: Read = ({ env }, chosen, problems) => {
  const source = 'environment';
  const known = new Set<string>(COMMAND_VARIABLES);
  for (const setting of SETTINGS) {
    const forms = setting.env.flatMap((name) => (setting.secret ? [`${name}_FILE`, name] : [name]));
    for (const name of forms) known.add(name);
    const given = forms.filter((name) => env[name]);
    if (given.length > 1) problems.push({ name: given.join(', '), source, message: 'say the same setting; keep one' });
    const [name] = given;
    const text = name === undefined ? undefined : env[name];
    if (name === undefined || text === undefined) continue;
    if (setting.secret && name.endsWith('_FILE')) readSecret(setting, name, text, chosen, problems);
    else decode(setting, { name, source, value: text }, chosen, problems);
  }
  for (const name of Object.keys(env)) {
    if (!name.startsWith('CARILLON_') || known.has(name)) continue;
    problems.push({ name, source, message: unknownSetting(nearestName(name, known)) });
  }
};

const readFlags: Read = ({ flags = new Map() }, chosen, problems) => {
  for (const [path, value] of flags) {
    const setting = SETTINGS.find((candidate) => candidate.path === path);
    if (!setting) throw new Error(`no setting ${path}`);
    decode(setting, { name: setting.flags.at(-1) ?? path, source: 'flags', value }, chosen, problems);
  }
};

function readSecret(
  setting: SettingDescription,
  name: string,
  file: string,
  chosen: Map<string, Candidate>,
  problems: SettingProblem[],
): void {
  try {
    const value = readFileSync(file, 'utf8').trim();
    decode(setting, { name, source: 'environment', value }, chosen, problems);
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    problems.push({ name, source: 'environment', message: `cannot read ${file} (${reason})` });
  }
}

function decode(
  setting: SettingDescription,
  candidate: Candidate & { readonly value: string },
  chosen: Map<string, Candidate>,
  problems: SettingProblem[],
): void {
  const decoded = decodeText(candidate.value, setting.kind);
  if ('value' in decoded) chosen.set(setting.path, { ...candidate, value: decoded.value });
  else problems.push({ name: candidate.name, source: candidate.source, message: hide(setting, decoded.problem) });
}

function checkValue(setting: SettingDescription, candidate: Candidate | undefined): readonly SettingProblem[] {
  if (!candidate) return [];
  const checked = setting.schema.safeParse(candidate.value);
  if (checked.success) return [];
  return checked.error.issues.map((issue) => {
    const place = issue.path.length > 0 ? `at ${issue.path.map(String).join('.')}: ` : '';
    const message = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
    return { name: candidate.name, source: candidate.source, message: hide(setting, place + message) };
  });
}

/** Messages may quote what was written; a secret must not reach a terminal or a log that way. */
function hide(setting: SettingDescription, message: string): string {
  return setting.secret ? message.replaceAll(/"[^"]*"/g, '(hidden)') : message;
}

function assemble(chosen: ReadonlyMap<string, Candidate>): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const [path, { value }] of chosen) {
    const parts = path.split('.');
    const last = parts.pop() ?? path;
    let section = root;
    for (const part of parts) section = subsection(section, part);
    section[last] = value;
  }
  return root;
}

function subsection(section: Record<string, unknown>, name: string): Record<string, unknown> {
  const known = section[name];
  // Only this function makes what is stored under a section's name.
  if (known !== undefined) return known as Record<string, unknown>;
  const made: Record<string, unknown> = {};
  section[name] = made;
  return made;
}

function originOf(candidate: Candidate): string {
  return candidate.source === 'environment' || candidate.source === 'flags' ? candidate.name : candidate.source;
}
