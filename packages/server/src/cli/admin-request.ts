import type { Command } from 'commander';
import { CommandFailure, exitOf } from './exit-code.ts';
import type { CliContext } from './output.ts';
import { devCredential, type ServerOptions, serverUrl } from './server-address.ts';

/** Options of every command that asks a server's administration. */
export interface AdminOptions extends ServerOptions {
  readonly adminToken?: string;
}

export function addAdminOptions(command: Command): Command {
  return command
    .option('--url <url>', 'address of the server (CARILLON_URL)')
    .option('--json', 'results as lines of JSON')
    .option(
      '--admin-token <token>',
      'admin token (CARILLON_ADMIN_TOKEN; a development server on this machine gives its own)',
    );
}

export interface AdminRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: object;
}

/** Asks `/admin/…` and gives the answer's fields; throws a failure in the server's words. */
export async function adminRequest(
  context: CliContext,
  options: AdminOptions,
  { method, path, body }: AdminRequest,
): Promise<Readonly<Record<string, unknown>>> {
  const url = serverUrl(context, options);
  const admin = options.adminToken ?? context.env['CARILLON_ADMIN_TOKEN'] ?? (await devCredential(url, 'adminToken'));
  if (admin === undefined) throw new CommandFailure('usage', 'this needs the admin token: give --admin-token');
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: `Bearer ${admin}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
    signal: AbortSignal.timeout(30_000),
  });
  const answer: unknown = await response.json().catch(() => undefined);
  const facts = Object.fromEntries(Object.entries(typeof answer === 'object' && answer !== null ? answer : {}));
  if (response.ok) return facts;
  const detail = String(facts['detail'] ?? `${url} answered ${response.status}`);
  throw new CommandFailure(exitOf(String(facts['code']), facts['retryable'] === true), detail);
}
