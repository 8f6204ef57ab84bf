import { readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { loadSettings, SETTINGS, type SettingDescription, type Settings } from '../config/index.ts';
import { CommandFailure } from './exit-code.ts';
import type { CliContext } from './output.ts';

export interface LoadedSettings {
  readonly settings: Settings;
  /** Where each setting comes from that is not at its default. */
  readonly origins: ReadonlyMap<string, string>;
}

/** Reads the settings of a command that was given the options below. */
export type ReadSettings = (presets?: Readonly<Record<string, unknown>>) => LoadedSettings;

/** Adds `--config` and one flag per name of every setting; help shows those with a short name, or none if `quiet`. */
export function addSettingOptions(
  command: Command,
  context: CliContext,
  { quiet = false }: { readonly quiet?: boolean } = {},
): ReadSettings {
  const flags = new Map<string, string>();
  command.option('--config <file>', 'settings file, YAML or JSON (CARILLON_CONFIG)');
  for (const setting of SETTINGS) {
    for (const flag of setting.flags) {
      const option = optionOf(setting, flag, flags);
      command.addOption(option.hideHelp(quiet || flag !== `--${setting.short}`));
    }
  }
  command.addHelpText('after', '\nEvery setting has a flag and a CARILLON_… variable: see "carillon config docs".');
  return (presets) => {
    const { config = context.env['CARILLON_CONFIG'] } = command.opts<{ config?: string }>();
    const file = config ? { name: config, text: readSettingsText(config) } : undefined;
    const loaded = loadSettings({ env: context.env, flags, ...(file && { file }), ...(presets && { presets }) });
    if ('settings' in loaded) return loaded;
    const lines = loaded.problems.map(({ source, name, message }) => `${source}: ${name} ${message}`);
    throw new CommandFailure('settings', countOf(lines.length), lines);
  };
}

function optionOf(setting: SettingDescription, flag: string, flags: Map<string, string>): Option {
  const value = setting.kind === 'boolean' ? ' [true|false]' : ` <${setting.unit ?? setting.kind}>`;
  const option = new Option(flag + value, firstSentence(setting.text)).argParser((text: string) => {
    flags.set(setting.path, text);
  });
  return setting.kind === 'boolean' ? option.preset('true') : option;
}

function firstSentence(text: string): string {
  return /^.*?[.:;](?=\s|$)/.exec(text)?.[0].replace(/[.:;]$/, '') ?? text;
}

function readSettingsText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new CommandFailure('settings', `cannot read the settings file ${file} (${reason})`);
  }
}

function countOf(problems: number): string {
  return problems === 1 ? 'one setting is wrong:' : `${problems} settings are wrong:`;
}
