import type { Command } from 'commander';
import { settingsJsonSchema, settingsReference, showSettings } from '../config/index.ts';
import type { CliContext, JsonOption } from './output.ts';
import { addSettingOptions } from './setting-options.ts';

export function addConfigCommands(program: Command, context: CliContext): void {
  const config = program.command('config').description('check, show and explain the settings');

  const check = config.command('check').description('read all settings and list everything that is wrong');
  const checked = addSettingOptions(check.option('--json', 'results as lines of JSON'), context);
  check.action(({ json }: JsonOption) => {
    const { origins } = checked();
    const text = `settings are fine; ${origins.size} differ from their defaults`;
    context.out(json ? JSON.stringify({ ok: true, changed: [...origins.keys()] }) : text);
  });

  const print = config.command('print').description('show the settings in force and where each comes from');
  const printed = addSettingOptions(print.option('--json', 'one line of JSON for each'), context);
  print.action(({ json }: JsonOption) => {
    const { settings, origins } = printed();
    for (const shown of showSettings(settings, origins)) {
      const text = `${shown.path} = ${JSON.stringify(shown.value) ?? '(none)'}  # ${shown.origin}`;
      context.out(json ? JSON.stringify({ ...shown, value: shown.value ?? null }) : text);
    }
  });

  config
    .command('docs')
    .description('print the reference page of all settings')
    .option('--json', 'their JSON Schema instead')
    .action(({ json }: JsonOption) => {
      context.out(json ? JSON.stringify(settingsJsonSchema()) : settingsReference());
    });
}
