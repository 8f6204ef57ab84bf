import { Command } from 'commander';
import { addAccountCommands } from './account.ts';
import { addChannelCommands } from './channel.ts';
import { addConfigCommands } from './config-commands.ts';
import type { CliContext } from './output.ts';
import { addPublishCommand } from './publish.ts';
import { addServerCommands } from './server-commands.ts';
import { addSubscribeCommands } from './subscribe.ts';
import { addTokenCommand } from './token.ts';

/** All commands, ready to parse; errors are thrown, never printed. */
export function buildProgram(context: CliContext, version: string): Command {
  const program = new Command('carillon')
    .description('a realtime event server: publish once, every client is a cursor over one durable log')
    .version(version);
  addServerCommands(program, context);
  addPublishCommand(program, context);
  addSubscribeCommands(program, context);
  addTokenCommand(program, context);
  addAccountCommands(program, context);
  addChannelCommands(program, context);
  addConfigCommands(program, context);
  prepare(program, context);
  return program;
}

function prepare(command: Command, context: CliContext): void {
  command.exitOverride();
  command.configureOutput({
    writeOut: (text) => context.out(text.replace(/\n$/, '')),
    writeErr: (text) => context.err(text.replace(/\n$/, '')),
    outputError: () => undefined,
  });
  for (const child of command.commands) prepare(child, context);
}
