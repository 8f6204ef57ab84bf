import type { Command } from 'commander';
import { type AdminOptions, addAdminOptions, adminRequest } from './admin-request.ts';
import { CommandFailure } from './exit-code.ts';
import type { CliContext } from './output.ts';
import { addSettingOptions, type ReadSettings } from './setting-options.ts';

interface TokenCommandOptions extends AdminOptions {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
  readonly subject?: string;
  readonly app?: string;
  readonly ttl: string;
  readonly offline?: boolean;
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
    .option('--offline', 'sign with the first of auth.jwt.secrets instead of asking a server');
  addAdminOptions(command);
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
  const { subject, app, publish, subscribe } = options;
  const body = { subject, app, publish, subscribe, ttl: Number(options.ttl) };
  const minted = await adminRequest(context, options, { method: 'POST', path: '/admin/tokens', body });
  const { token } = minted;
  if (typeof token === 'string') return { ...minted, token };
  throw new CommandFailure('failed', 'the server answered without a token');
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}
