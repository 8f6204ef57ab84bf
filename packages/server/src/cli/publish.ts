import { createClient } from '@carillon/client';
import type { Command } from 'commander';
import type { CliContext } from './output.ts';
import { addServerOptions, type ServerOptions, serverAddress } from './server-address.ts';

interface PublishCommandOptions extends ServerOptions {
  readonly type: string;
  readonly text?: boolean;
  readonly key?: string;
}

export function addPublishCommand(program: Command, context: CliContext): void {
  const command = program
    .command('publish')
    .description('store an event; done once it is durable')
    .argument('<topic>', 'where to publish it: news, app:shop/orders')
    .argument('[data]', 'its data: JSON, or else text; read from standard input when absent or -')
    .option('--type <type>', 'its type', 'message')
    .option('--text', 'take the data as text even if it reads as JSON')
    .option('--key <key>', 'idempotency key: repeating the command with it stores nothing twice');
  addServerOptions(command).action(async (topic: string, data: string | undefined, options: PublishCommandOptions) => {
    const text = data === undefined || data === '-' ? await readAll(context.stdin) : data;
    const client = createClient(await serverAddress(context, options));
    const event = { topic, type: options.type, data: options.text ? text : parse(text) };
    const { positions, duplicate } = await client.publish(event, options.key ? { idempotencyKey: options.key } : {});
    if (options.json) context.out(JSON.stringify({ positions, duplicate }));
    else context.out(`${duplicate ? 'was there already' : 'stored'} at ${positions.join(' ')}`);
  });
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return text;
  }
}

async function readAll(input: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of input) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8').replace(/\n$/, '');
}
