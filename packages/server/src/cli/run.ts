import { type Command, CommanderError } from 'commander';
import { nearestName } from '../config/index.ts';
import { CommandFailure } from './exit-code.ts';
import { type CliContext, tellFailure, toFailure } from './output.ts';
import { buildProgram } from './program.ts';

/** Runs one command line and gives the exit code. */
export async function runCli(args: readonly string[], context: CliContext, version: string): Promise<number> {
  const program = buildProgram(context, version);
  try {
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    const failure = error instanceof CommanderError ? usageFailure(error, program, args) : toFailure(error);
    return tellFailure(context, failure, { json: args.includes('--json') });
  }
}

function usageFailure(error: CommanderError, program: Command, args: readonly string[]): CommandFailure {
  const help = 'see "carillon --help"';
  if (error.code === 'commander.help') return new CommandFailure('usage', `name a command; ${help}`);
  const said = error.message.replace(/^error: /, '').replace(/\s*\n.*$/s, '');
  const [, unknown] = /^unknown (?:option|command) '([^']+)'/.exec(said) ?? [];
  if (unknown === undefined) return new CommandFailure('usage', `${said}; ${help}`);
  const nearest = nearestName(unknown.split('=', 1)[0] ?? unknown, namesIn(commandOf(program, args)));
  return new CommandFailure('usage', nearest === undefined ? `${said}; ${help}` : `${said}; did you mean ${nearest}?`);
}

/** The command that the words before the first option name. */
function commandOf(program: Command, args: readonly string[]): Command {
  let command = program;
  for (const word of args) {
    const child = command.commands.find((candidate) => candidate.name() === word);
    if (!child) break;
    command = child;
  }
  return command;
}

function namesIn(command: Command): readonly string[] {
  const options = command.options.flatMap(({ long, short }) => [long, short]);
  const commands = command.commands.map((child) => child.name());
  return [...options, '--help', ...commands].filter((name) => name !== undefined && name !== null);
}
