import type { Command } from 'commander';
import { CommandFailure, exitOf } from './exit-code.ts';
import type { CliContext } from './output.ts';
import { devCredential, type ServerOptions, serverUrl } from './server-address.ts';
import { addSettingOptions, type ReadSettings } from './setting-options.ts';

interface TokenCommandOptions extends ServerOptions {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
  readonly subject?: string;
  readonly app?: string;
  readonly ttl: string;
  readonly offline?: boolean;
  readonly adminToken?: string;
}

export function addTokenCommand(program: Command, context: CliContext): void {
  const command = program
    .command('token')
    .description('mint a token (a JWT) with grants, at a running server or from its secret')
    .option('--publish <pattern>', 'may publish here; may be repeated', collect, [])
    .option('--subscribe <pattern>', 'may subscribe to this; may be repeated', collect, [])
    .option('--subject <name>', 'whom it speaks for')
    .option('--app <name>', 'its app; the default app when absent')
    .option('--ttl <seconds>', 'how long it lives', '3600')
    .option('--offline', 'sign with the first of auth.jwt.secrets instead of asking a server')
    .option('--url <url>', 'address of the server (CARILLON_URL)')
    .option('--json', 'results as lines of JSON')
    .option(
      '--admin-token <token>',
      'admin token (CARILLON_ADMIN_TOKEN; a development server on this machine gives its own)',
    );
  const readSettings = addSettingOptions(command, context, { quiet: true });
  command.action(async (options: TokenCommandOptions) => {
    if (options.publish.length + options.subscribe.length === 0) {
      throw new CommandFailure('usage', 'a token without grants may do nothing; give --publish or --subscribe');
    }
    if (!/^\d{1,12}$/.test(options.ttl)) throw new CommandFailure('usage', `--ttl takes seconds, not "${options.ttl}"`);
    const minted = options.offline ? await mintHere(readSettings, options) : await mintThere(context, options);
    context.out(options.json ? JSON.stringify(minted) : minted.token);
  });
}

interface Minted {
  readonly token: string;
}

async function mintHere(readSettings: ReadSettings, options: TokenCommandOptions): Promise<Minted> {
  const { settings } = readSettings();
  const { mintToken } = await import('../main.ts');
  const { subject, publish, subscribe } = options;
  const app = options.app ?? settings.auth.defaultApp;
  const lifetimeMs = Number(options.ttl) * 1000;
  const minted = await mintToken(
    { subject, app, grants: { publish, subscribe }, lifetimeMs },
    settings.auth.jwt,
    Date.now(),
  );
  const { token, credentialId, expiresAtMs } = minted;
  return { token, ...{ credentialId, app, publish, subscribe, expiresAt: new Date(expiresAtMs).toISOString() } };
}

async function mintThere(context: CliContext, options: TokenCommandOptions): Promise<Minted> {
  const url = serverUrl(context, options);
  const admin = options.adminToken ?? context.env['CARILLON_ADMIN_TOKEN'] ?? (await devCredential(url, 'adminToken'));
  if (admin === undefined) {
    throw new CommandFailure(
      'usage',
      'minting at a server needs its admin token: give --admin-token, or use --offline',
    );
  }
  const { subject, app, publish, subscribe } = options;
  const response = await fetch(`${url}/admin/tokens`, {
    method: 'POST',
    headers: { authorization: `Bearer ${admin}`, 'content-type': 'application/json' },
    body: JSON.stringify({ subject, app, publish, subscribe, ttl: Number(options.ttl) }),
    signal: AbortSignal.timeout(30_000),
  });
  const body: unknown = await response.json().catch(() => undefined);
  const facts = new Map(Object.entries(typeof body === 'object' && body !== null ? body : {}));
  const token: unknown = facts.get('token');
  if (response.ok && typeof token === 'string') return { ...Object.fromEntries(facts), token };
  const detail = String(facts.get('detail') ?? `${url} answered ${response.status}`);
  throw new CommandFailure(exitOf(String(facts.get('code')), facts.get('retryable') === true), detail);
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}
