import type { Command } from 'commander';
import { isLoopbackHost } from '../config/index.ts';
import { CommandFailure } from './exit-code.ts';
import type { CliContext, JsonOption } from './output.ts';

/** Options of every command that talks to a running server. */
export interface ServerOptions extends JsonOption {
  readonly url?: string;
  readonly token?: string;
}

export interface ServerAddress {
  readonly url: string;
  readonly token?: string;
}

const DEFAULT_URL = 'http://127.0.0.1:4000';

export function addServerOptions(command: Command): Command {
  return command
    .option('--url <url>', `address of the server (CARILLON_URL; ${DEFAULT_URL})`)
    .option('--token <token>', 'token or API key (CARILLON_TOKEN; a development server on this machine gives its own)')
    .option('--json', 'results as lines of JSON');
}

export async function serverAddress(context: CliContext, options: ServerOptions): Promise<ServerAddress> {
  const url = serverUrl(context, options);
  const token = options.token ?? context.env['CARILLON_TOKEN'] ?? (await devCredential(url, 'token'));
  return token === undefined ? { url } : { url, token };
}

export function serverUrl(context: CliContext, { url }: ServerOptions): string {
  const written = url ?? (context.env['CARILLON_URL'] || DEFAULT_URL);
  if (!URL.canParse(written) || !/^https?:/.test(written)) {
    throw new CommandFailure('usage', `"${written}" is not an http address; write it like ${DEFAULT_URL}`);
  }
  return written.replace(/\/+$/, '');
}

/** What a development server on this machine gives out; `undefined` for any other server. */
export async function devCredential(url: string, name: 'token' | 'adminToken'): Promise<string | undefined> {
  if (!isLoopbackHost(new URL(url).hostname)) return undefined;
  const response = await fetch(`${url}/dev/credentials.json`, { signal: AbortSignal.timeout(5_000) });
  if (!response.ok) return undefined;
  const facts: unknown = await response.json();
  const value: unknown = typeof facts === 'object' && facts !== null ? Reflect.get(facts, name) : undefined;
  return typeof value === 'string' ? value : undefined;
}
