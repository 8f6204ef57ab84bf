import { CarillonError, type Position } from '@carillon/core';
import { type Context, Hono } from 'hono';
import * as z from 'zod';
import {
  type AccessTokenView,
  type AccountView,
  type Audited,
  accountByName,
  continueDeletion,
  createAccessToken,
  createAccount,
  deleteAccount,
  listAccounts,
  restoreAccount,
  revokeAccessToken,
  suspendAccount,
} from '../domain/index.ts';
import { makeAccessToken, makeAccountKey, SCOPE } from './access-token.ts';
import { type AdminCallDeps, adminCall, audit, learned, readBody, readQuery } from './admin-call.ts';
import type { CredentialGate } from './gate.ts';
import { hashPassword } from './password.ts';

export interface AccountRoutesDeps extends AdminCallDeps {
  readonly gate: Pick<CredentialGate, 'caughtUp'>;
  /** The community's domain: `juliet` is `juliet@DOMAIN`. */
  readonly domain: string;
}

const newAccount = z.strictObject({
  name: z.string().min(1).max(100),
  displayName: z.string().max(200).default(''),
  kind: z.enum(['person', 'bot']).default('person'),
  role: z.enum(['owner', 'admin', 'moderator', 'member', 'guest']).default('member'),
  /** `NAME@DOMAIN` when absent. */
  email: z.email().max(254).optional(),
  /** Without one nobody signs in by password. */
  password: z.string().min(8).max(200).optional(),
});

const newToken = z.strictObject({
  kind: z.enum(['access', 'api-key']).default('access'),
  scopes: z.array(z.string().max(100).regex(SCOPE, 'is not a scope')).max(100).default(['read']),
});

const page = z.strictObject({
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
});

/** `/admin/accounts`: makes and shows accounts and their tokens. */
export function createAccountRoutes(deps: AccountRoutesDeps): Hono {
  const routes = new Hono();
  routes.post('/admin/accounts', async (context) => context.json(await add(deps, context), 201));
  routes.get('/admin/accounts', async (context) => context.json({ accounts: await list(deps, context) }));
  routes.get('/admin/accounts/:name', async (context) =>
    context.json(showAccount(await find(deps, context, context.req.param('name')), deps.domain)),
  );
  routes.post('/admin/accounts/:name/tokens', async (context) =>
    context.json(await addToken(deps, context, context.req.param('name')), 201),
  );
  for (const [verb, command] of [
    ['suspend', suspendAccount],
    ['restore', restoreAccount],
  ] as const) {
    routes.post(`/admin/accounts/:name/${verb}`, async (context) => {
      const call = { action: `accounts.${verb}`, name: context.req.param('name') };
      await change(deps, context, call, async (account, entry) => {
        return (await deps.commands.run(command, { input: { account }, entry })).positions;
      });
      return context.json(await show(deps, call.name));
    });
  }
  routes.delete('/admin/accounts/:name', async (context) => {
    const name = context.req.param('name');
    await change(deps, context, { action: 'accounts.delete', name }, async (account, entry) => {
      const { result: isOver, positions } = await deps.commands.run(deleteAccount, { input: { account }, entry });
      for (let over = isOver; !over; ) over = (await deps.commands.run(continueDeletion, { account })).result;
      return positions;
    });
    return context.json({ name: name.toLowerCase(), deleted: true });
  });
  routes.delete('/admin/access-tokens/:id', async (context) =>
    context.json(await removeToken(deps, context, context.req.param('id'))),
  );
  return routes;
}

async function add(deps: AccountRoutesDeps, context: Context): Promise<unknown> {
  const { password, email, ...wanted } = await readBody(context, newAccount);
  const call = { action: 'accounts.create', target: wanted.name };
  return adminCall(deps, context, call, async (entry) => {
    const secret = password === undefined ? {} : { password: await hashPassword(password) };
    const input = { ...wanted, email: email ?? `${wanted.name.toLowerCase()}@${deps.domain}`, ...secret };
    const { result } = await deps.commands.run(createAccount, { input, entry });
    return showAccount(result, deps.domain);
  });
}

async function list(deps: AccountRoutesDeps, context: Context): Promise<unknown> {
  const query = readQuery(context, page);
  return adminCall(deps, context, { action: 'accounts.list', target: '' }, async (entry) => {
    const { rows } = await deps.commands.query(listAccounts, query);
    await audit(deps, entry);
    return rows.map((account) => showAccount(account, deps.domain));
  });
}

async function find(deps: AccountRoutesDeps, context: Context, name: string): Promise<AccountView> {
  return adminCall(deps, context, { action: 'accounts.show', target: name.slice(0, 100) }, async (entry) => {
    const account = await accountNamed(deps, name);
    await audit(deps, entry);
    return account;
  });
}

async function addToken(deps: AccountRoutesDeps, context: Context, name: string): Promise<unknown> {
  const { kind, scopes } = await readBody(context, newToken);
  const call = { action: 'accounts.create-token', target: name.slice(0, 100) };
  return adminCall(deps, context, call, async (entry) => {
    const account = await accountNamed(deps, name);
    const { text, digest } = kind === 'access' ? makeAccessToken() : makeAccountKey();
    const input = { account: account.id, kind, digest, scopes };
    const { result } = await deps.commands.run(createAccessToken, { input, entry });
    return { ...showToken(result), token: text };
  });
}

async function removeToken(deps: AccountRoutesDeps, context: Context, text: string): Promise<unknown> {
  return adminCall(deps, context, { action: 'accounts.revoke-token', target: text.slice(0, 100) }, async (entry) => {
    const id = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    if (!Number.isSafeInteger(id)) throw new CarillonError('not-found', 'there is no such access token');
    const { positions } = await deps.commands.run(revokeAccessToken, { input: { id }, entry });
    await learned(deps.gate, positions);
    return { id: text, revoked: true };
  });
}

/** Answers once every connection of the account that ends has ended. */
async function change(
  deps: AccountRoutesDeps,
  context: Context,
  { action, name }: { readonly action: string; readonly name: string },
  run: (account: number, entry: Audited<unknown>['entry']) => Promise<readonly Position[]>,
): Promise<void> {
  await adminCall(deps, context, { action, target: name.slice(0, 100) }, async (entry) => {
    const { id: account } = await accountNamed(deps, name);
    await learned(deps.gate, await run(account, entry));
  });
}

async function show(deps: AccountRoutesDeps, name: string): Promise<object> {
  return showAccount(await accountNamed(deps, name), deps.domain);
}

async function accountNamed(deps: AccountRoutesDeps, name: string): Promise<AccountView> {
  const { rows } = await deps.commands.query(accountByName, { name: name.toLowerCase() });
  if (rows) return rows;
  throw new CarillonError('not-found', `there is no account ${name.slice(0, 100)}`);
}

function showAccount({ id, slug, kind, role, email, ...row }: AccountView, domain: string): object {
  return {
    id: String(id),
    name: slug,
    displayName: row.display_name,
    kind,
    role,
    email,
    jid: `${slug}@${domain}`,
    channel: String(row.channel),
    suspended: row.suspended_at !== null,
    createdAt: new Date(row.created_at).toISOString(),
  };
}

function showToken({ id, account, kind, scopes }: AccessTokenView): object {
  return { id: String(id), account: account?.slug ?? null, kind, scopes };
}
