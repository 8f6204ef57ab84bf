import { CarillonError, isAppName } from '@carillon/core';
import { type Context, Hono } from 'hono';
import * as z from 'zod';
import {
  createKey,
  type KeyView,
  keyCredentialId,
  listAudit,
  listKeys,
  revokeKey,
  revokeToken,
} from '../domain/index.ts';
import type { BodyRenderer } from '../render/index.ts';
import { createAccountRoutes } from './account-routes.ts';
import { adminCall, audit, learned, readBody, readQuery, requireAdmin } from './admin-call.ts';
import { makeApiKey, readApiKey } from './api-key.ts';
import type { CredentialAuthenticator } from './authenticator.ts';
import { createCommunityRoutes } from './community-routes.ts';
import type { CredentialGate } from './gate.ts';
import { mintToken } from './mint.ts';
import { createOrganizationRoutes, type OrganizationRoutesDeps } from './organization-routes.ts';
import type { AuthSettings } from './settings.ts';

export interface AdminDeps extends OrganizationRoutesDeps {
  readonly authenticator: CredentialAuthenticator;
  readonly gate: Pick<CredentialGate, 'caughtUp'>;
  readonly settings: AuthSettings;
  /** Names of the apps of this installation. */
  readonly apps: Iterable<string>;
  /** The community's domain: `juliet` is `juliet@DOMAIN`. */
  readonly domain: string;
  /** Renders what administrators write. */
  readonly bodies: Pick<BodyRenderer, 'render'>;
  readonly now: () => number;
}

const patterns = z.array(z.string().min(1).max(200)).max(1_000).default([]);
const seconds = z
  .number()
  .int()
  .min(1)
  .max(2 ** 40);
const appName = z.string().refine(isAppName, 'is not an app name').optional();

const keySchema = z.strictObject({
  name: z.string().max(200).default(''),
  app: appName,
  publish: patterns,
  subscribe: patterns,
  /** Seconds from now; without end when absent. */
  ttl: seconds.optional(),
});

const tokenSchema = z.strictObject({
  subject: z.string().min(1).max(200).optional(),
  app: appName,
  publish: patterns,
  subscribe: patterns,
  ttl: seconds.default(3_600),
});

const revokeSchema = z.union(
  [
    z.strictObject({ token: z.string().min(1).max(20_000) }),
    z.strictObject({ credentialId: z.string().min(1).max(300) }),
    z.strictObject({ keyId: z.string().min(1).max(100) }),
  ],
  { error: 'name exactly one of token, credentialId, keyId' },
);

const auditQuery = z.strictObject({
  before: z.coerce.number().int().min(0).default(Number.MAX_SAFE_INTEGER),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
});

type Revocable = z.infer<typeof revokeSchema>;

/** `/admin/*`: API keys, minted tokens, revocation, accounts, and the audit of all of it. */
export function createAdminRoutes(deps: AdminDeps): Hono {
  const routes = new Hono();
  const apps = new Set(deps.apps);

  routes.use('/admin/*', async (context, next) => {
    await requireAdmin(deps.authenticator, context);
    await next();
    context.header('cache-control', 'no-store');
  });
  routes.post('/admin/keys', async (context) => context.json(await addKey(deps, apps, context), 201));
  routes.get('/admin/keys', async (context) => context.json({ keys: await showKeys(deps, context) }));
  routes.delete('/admin/keys/:id', async (context) =>
    context.json(await removeKey(deps, context, context.req.param('id'))),
  );
  routes.post('/admin/tokens', async (context) => context.json(await addToken(deps, apps, context), 201));
  routes.post('/admin/tokens/revoke', async (context) => context.json(await revoke(deps, context)));
  routes.get('/admin/audit', async (context) => context.json({ entries: await showAudit(deps, context) }));
  routes.route('/', createAccountRoutes(deps));
  routes.route('/', createCommunityRoutes(deps));
  routes.route('/', createOrganizationRoutes(deps));
  return routes;
}

async function addKey(deps: AdminDeps, apps: ReadonlySet<string>, context: Context): Promise<unknown> {
  const { name, publish, subscribe, ...wanted } = await readBody(context, keySchema);
  const app = requireApp(wanted.app ?? deps.settings.defaultApp, apps);
  const { id, digest, text } = makeApiKey();
  const end = wanted.ttl === undefined ? {} : { expiresAtMs: deps.now() + wanted.ttl * 1000 };
  const input = { id, digest, app, name, grants: { publish, subscribe }, ...end };
  const view = await adminCall(deps, context, { action: 'keys.create', target: keyCredentialId(id) }, async (entry) => {
    const { result } = await deps.commands.run(createKey, { input, entry });
    return result;
  });
  return { ...showKey(view), key: text };
}

async function showKeys(deps: AdminDeps, context: Context): Promise<unknown> {
  return adminCall(deps, context, { action: 'keys.list', target: '' }, async (entry) => {
    const { rows } = await deps.commands.query(listKeys, {});
    await audit(deps, entry);
    return rows.map(showKey);
  });
}

async function removeKey(deps: AdminDeps, context: Context, id: string): Promise<unknown> {
  const call = { action: 'keys.revoke', target: keyCredentialId(id).slice(0, 200) };
  return adminCall(deps, context, call, async (entry) => {
    const { result, positions } = await deps.commands.run(revokeKey, { input: { id }, entry });
    await learned(deps.gate, positions);
    return showKey(result);
  });
}

async function addToken(deps: AdminDeps, apps: ReadonlySet<string>, context: Context): Promise<unknown> {
  const { subject, publish, subscribe, ttl, ...wanted } = await readBody(context, tokenSchema);
  const app = requireApp(wanted.app ?? deps.settings.defaultApp, apps);
  return adminCall(deps, context, { action: 'tokens.mint', target: subject ?? '' }, async (entry) => {
    const request = { subject, app, grants: { publish, subscribe }, lifetimeMs: ttl * 1000 };
    const { token, credentialId, expiresAtMs } = await mintToken(request, deps.settings.jwt, deps.now());
    await audit(deps, { ...entry, target: `${credentialId} ${entry.target}`.trim() });
    return { token, credentialId, app, publish, subscribe, expiresAt: isoTime(expiresAtMs) };
  });
}

async function revoke(deps: AdminDeps, context: Context): Promise<unknown> {
  const wanted = await readBody(context, revokeSchema);
  const keyId = keyIdOf(wanted);
  if (keyId !== undefined) {
    await removeKey(deps, context, keyId);
    return { credentialId: keyCredentialId(keyId), revoked: true };
  }
  const target = 'credentialId' in wanted ? wanted.credentialId : 'a token';
  return adminCall(deps, context, { action: 'tokens.revoke', target }, async (entry) => {
    const input = await revocationOf(deps, wanted);
    const { positions } = await deps.commands.run(revokeToken, {
      input,
      entry: { ...entry, target: input.credentialId },
    });
    await learned(deps.gate, positions);
    return { credentialId: input.credentialId, revoked: true };
  });
}

async function showAudit(deps: AdminDeps, context: Context): Promise<unknown> {
  const query = readQuery(context, auditQuery);
  return adminCall(deps, context, { action: 'audit.list', target: '' }, async (entry) => {
    const { rows } = await deps.commands.query(listAudit, query);
    await audit(deps, entry);
    return rows.map(({ atMs, ...row }) => ({ ...row, at: isoTime(atMs) }));
  });
}

function keyIdOf(wanted: Revocable): string | undefined {
  if ('keyId' in wanted) return wanted.keyId;
  if ('token' in wanted) return readApiKey(wanted.token)?.id;
  const [, id] = /^key:(.*)$/.exec(wanted.credentialId) ?? [];
  return id;
}

/** Which credential to refuse and until when: a token that is not at hand is refused as long as any could live. */
async function revocationOf(
  deps: AdminDeps,
  wanted: Revocable,
): Promise<{ credentialId: string; expiresAtMs: number }> {
  if ('token' in wanted) {
    const { credentialId, expiresAtMs } = await deps.authenticator.verifyToken(wanted.token);
    return { credentialId, expiresAtMs };
  }
  if ('credentialId' in wanted && /^(?:jti|jwt):/.test(wanted.credentialId)) {
    const { maxLifetimeMs, clockSkewMs } = deps.settings.jwt;
    return { credentialId: wanted.credentialId, expiresAtMs: deps.now() + maxLifetimeMs + clockSkewMs };
  }
  throw new CarillonError(
    'bad-request',
    'credentialId: only credentials that begin with jti:, jwt: or key: can be revoked',
  );
}

function requireApp(app: string, apps: ReadonlySet<string>): string {
  if (apps.has(app)) return app;
  throw new CarillonError('not-found', `there is no app "${app}"; apps are named in the settings`);
}

function showKey({ grants, createdAtMs, expiresAtMs, revokedAtMs, ...view }: KeyView): Record<string, unknown> {
  return {
    ...view,
    ...grants,
    createdAt: isoTime(createdAtMs),
    ...(expiresAtMs === undefined ? {} : { expiresAt: isoTime(expiresAtMs) }),
    ...(revokedAtMs === undefined ? {} : { revokedAt: isoTime(revokedAtMs) }),
  };
}

function isoTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
