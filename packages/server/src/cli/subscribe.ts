import { type CarillonEvent, createClient } from '@carillon/client';
import type { Command } from 'commander';
import { CommandFailure } from './exit-code.ts';
import type { CliContext } from './output.ts';
import { readPage } from './page.ts';
import { addServerOptions, type ServerOptions, serverAddress } from './server-address.ts';

interface SubscribeCommandOptions extends ServerOptions {
  readonly since?: string;
  readonly count?: string;
}

interface TailCommandOptions extends ServerOptions {
  readonly lines: string;
  readonly follow?: boolean;
}

export function addSubscribeCommands(program: Command, context: CliContext): void {
  const subscribe = program
    .command('subscribe')
    .description('print events as they come; survives restarts of the server')
    .argument('<topics...>', 'what to listen to')
    .option('--since <position>', 'begin after this position; "earliest" for everything kept')
    .option('--count <number>', 'stop after so many events');
  addServerOptions(subscribe).action(async (topics: readonly string[], options: SubscribeCommandOptions) => {
    const most = options.count === undefined ? Number.POSITIVE_INFINITY : wholeNumber(options.count, '--count');
    await follow(context, topics, options, { since: options.since, most });
  });

  const tail = program
    .command('tail')
    .description('print the newest events that are kept')
    .argument('<topics...>', 'what to look at')
    .option('-n, --lines <number>', 'how many', '10')
    .option('-f, --follow', 'go on with new ones');
  addServerOptions(tail).action(async (topics: readonly string[], options: TailCommandOptions) => {
    const most = wholeNumber(options.lines, '--lines');
    const since = await showNewest(context, topics, options, most);
    if (options.follow) await follow(context, topics, options, { since, most: Number.POSITIVE_INFINITY });
  });
}

interface FollowFrom {
  readonly since: string | undefined;
  readonly most: number;
}

async function follow(
  context: CliContext,
  topics: readonly string[],
  options: ServerOptions,
  { since, most }: FollowFrom,
): Promise<void> {
  const address = await serverAddress(context, options);
  // Asked once before listening, so that a wrong address, token or topic is an error and not a silent retry.
  const page = await readPage(address, topics, since, 1);
  let left = most;
  const { signal } = context;
  if (left <= 0) return;
  for await (const event of createClient(address).subscribe(topics, { from: since ?? page.position, signal })) {
    show(context, event, options);
    if (--left <= 0) return;
  }
}

/** Prints the last events and gives the position behind them. */
async function showNewest(
  context: CliContext,
  topics: readonly string[],
  options: ServerOptions,
  most: number,
): Promise<string> {
  const address = await serverAddress(context, options);
  let newest: CarillonEvent[] = [];
  let since = 'earliest';
  for (;;) {
    const page = await readPage(address, topics, since, 1_000);
    newest = most === 0 ? [] : [...newest, ...page.events].slice(-most);
    since = page.position;
    if (page.events.length === 0) break;
  }
  for (const event of newest) show(context, event, options);
  return since;
}

function show(context: CliContext, event: CarillonEvent, options: ServerOptions): void {
  if (options.json) return context.out(JSON.stringify(event));
  const data = event.data_base64 ?? (typeof event.data === 'string' ? event.data : JSON.stringify(event.data));
  context.out(`${event.time} ${event.topic} ${event.type} ${data ?? ''}`);
}

function wholeNumber(text: string, option: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new CommandFailure('usage', `${option} takes a whole number, not "${text}"`);
}
