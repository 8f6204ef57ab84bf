import type { Command } from 'commander';
import { type AdminOptions, addAdminOptions, adminRequest } from './admin-request.ts';
import { CommandFailure } from './exit-code.ts';
import type { CliContext } from './output.ts';

interface CreateOptions extends AdminOptions {
  readonly displayName?: string;
  readonly email?: string;
  readonly password?: string;
  readonly role?: string;
  readonly bot?: boolean;
  readonly scope: readonly string[];
}

/** `carillon account create|list|suspend|restore`: the community's accounts, at a running server. */
export function addAccountCommands(program: Command, context: CliContext): void {
  const account = program
    .command('account')
    .description('make, list, suspend and restore the accounts of the community');
  const create = account
    .command('create')
    .description('make an account and, with --scope, an access token of it')
    .argument('<name>', '1 to 30 of a to z, 0 to 9 and _; it never changes')
    .option('--display-name <text>', 'what people read; the name when absent')
    .option('--email <address>', 'NAME@DOMAIN of the community when absent')
    .option('--password <text>', 'to sign in with; without one only tokens work')
    .option('--role <role>', 'owner, admin, moderator, member or guest')
    .option('--bot', 'a program, not a person')
    .option(
      '--scope <scope>',
      'a right of the access token to make, read or write:statuses; may be repeated',
      collect,
      [],
    );
  addAdminOptions(create).action(async (name: string, options: CreateOptions) => {
    const made = await makeAccount(context, name, options);
    context.out(options.json ? JSON.stringify(made) : describe(made));
  });

  const list = account.command('list').description('all accounts, in the order in which they were made');
  addAdminOptions(list).action(async (options: AdminOptions) => {
    for (let after = '0'; ; ) {
      const { accounts } = await adminRequest(context, options, {
        method: 'GET',
        path: `/admin/accounts?after=${after}&limit=1000`,
      });
      if (!Array.isArray(accounts)) throw new CommandFailure('failed', 'the server answered without a list');
      for (const found of accounts) context.out(options.json ? JSON.stringify(found) : describe(found));
      if (accounts.length < 1_000) return;
      after = String(accounts.at(-1).id);
    }
  });

  for (const [verb, about] of [
    ['suspend', 'end what an account has open, refuse its tokens and hide its profile and posts, until it is restored'],
    ['restore', 'let a suspended account be as it was'],
  ] as const) {
    const command = account.command(verb).description(about).argument('<name>', 'the name of the account');
    addAdminOptions(command).action(async (name: string, options: AdminOptions) => {
      const path = `/admin/accounts/${encodeURIComponent(name)}/${verb}`;
      const found = await adminRequest(context, options, { method: 'POST', path });
      context.out(options.json ? JSON.stringify(found) : describe(found));
    });
  }
}

async function makeAccount(
  context: CliContext,
  name: string,
  options: CreateOptions,
): Promise<Readonly<Record<string, unknown>>> {
  const { displayName, email, password, role, scope: scopes } = options;
  const body = { name, displayName, email, password, role, ...(options.bot ? { kind: 'bot' } : {}) };
  const made = await adminRequest(context, options, { method: 'POST', path: '/admin/accounts', body });
  if (scopes.length === 0) return made;
  const path = `/admin/accounts/${encodeURIComponent(name)}/tokens`;
  const { token } = await adminRequest(context, options, { method: 'POST', path, body: { scopes } });
  return { ...made, accessToken: token };
}

/** One line: name, address, role, the token if one was made, and whether the account is suspended. */
function describe(facts: Readonly<Record<string, unknown>>): string {
  const token = facts['accessToken'] === undefined ? [] : [facts['accessToken']];
  const state = facts['suspended'] === true ? ['suspended'] : [];
  return [facts['name'], facts['jid'], facts['role'], ...token, ...state].map(String).join('\t');
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}
