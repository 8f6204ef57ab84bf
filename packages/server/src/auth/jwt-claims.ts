import { createHash } from 'node:crypto';
import { checkGrants, type Grants, isAppName } from '@carillon/core';
import * as z from 'zod';
import { Refusal } from './refusal.ts';
import type { AuthSettings, JwtAlgorithm } from './settings.ts';

const MOST_TOKEN_CHARACTERS = 16_384;
const FORM = /^[\w-]+\.[\w-]+\.[\w-]+$/;

const headerSchema = z.object({
  alg: z.enum(['HS256', 'RS256', 'EdDSA']),
  kid: z.string().max(200).optional(),
  // RFC 8725 §3.11: a token made for another purpose says so here.
  typ: z
    .string()
    .regex(/^(?:application\/)?(?:at\+)?jwt$/i)
    .optional(),
  crit: z.never().optional(),
});

const patterns = z.array(z.string().max(200)).max(1_000).default([]);

const claimsSchema = z.object({
  exp: z.number(),
  nbf: z.number().optional(),
  iat: z.number().optional(),
  iss: z.string().optional(),
  aud: z.union([z.string(), z.array(z.string()).max(100)]),
  sub: z.string().min(1).max(200).optional(),
  jti: z.string().min(1).max(200).optional(),
  app: z.string().refine(isAppName).optional(),
  publish: patterns,
  subscribe: patterns,
});

/** What a token says, before anybody checked its signature: enough to refuse it, never enough to believe it. */
export interface Claimed {
  readonly algorithm: JwtAlgorithm;
  readonly kid: string | undefined;
  readonly id: string;
  readonly app: string;
  readonly grants: Grants;
  readonly credentialId: string;
  readonly expiresAtMs: number;
}

/** Applies every rule that needs no key; throws a `Refusal` that says which one failed. */
export function readClaims(token: string, settings: AuthSettings, apps: ReadonlySet<string>, now: number): Claimed {
  if (token.length > MOST_TOKEN_CHARACTERS) throw new Refusal('the token is too long');
  if (!FORM.test(token)) throw new Refusal('not a JWT in compact form');
  const [head = '', body = '', signature = ''] = token.split('.');
  for (const part of [head, body, signature]) requireCanonical(part);
  const header = parsePart(head, headerSchema, 'header');
  const claims = parsePart(body, claimsSchema, 'claims');
  const { jwt } = settings;

  checkTimes(claims, jwt.clockSkewMs, jwt.maxLifetimeMs, now);
  const audiences = typeof claims.aud === 'string' ? [claims.aud] : claims.aud;
  if (!audiences.includes(jwt.audience)) throw new Refusal('the token is for another audience');
  if (jwt.issuer !== undefined && claims.iss !== jwt.issuer) throw new Refusal('the token is of another issuer');
  const app = claims.app ?? settings.defaultApp;
  if (!apps.has(app)) throw new Refusal('the token is for an unknown app');
  const grants = { publish: claims.publish, subscribe: claims.subscribe };
  requireGrants(grants, app);
  const credentialId = claims.jti === undefined ? `jwt:${digest(`${head}.${body}`)}` : `jti:${claims.jti}`;
  return {
    algorithm: header.alg,
    kid: header.kid,
    id: `jwt:${app}/${claims.sub ?? credentialId}`,
    app,
    grants,
    credentialId,
    expiresAtMs: Math.floor(claims.exp * 1000),
  };
}

function requireGrants(grants: Grants, app: string): void {
  try {
    checkGrants(grants, app);
  } catch (cause) {
    throw new Refusal('the token has grants that are none', { cause });
  }
}

/** Spare bits of the last character would give one signature many spellings. */
function requireCanonical(part: string): void {
  if (Buffer.from(part, 'base64url').toString('base64url') !== part) throw new Refusal('not canonical base64url');
}

function parsePart<Schema extends z.ZodType>(part: string, schema: Schema, name: string): z.infer<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(part, 'base64url')));
  } catch {
    throw new Refusal(`the ${name} is not JSON`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Refusal(`the ${name} breaks a rule at ${parsed.error.issues[0]?.path.join('.') ?? ''}`);
}

interface Times {
  readonly exp: number;
  readonly nbf?: number | undefined;
  readonly iat?: number | undefined;
}

function checkTimes(times: Times, skewMs: number, maxLifetimeMs: number, now: number): void {
  const expiresAtMs = times.exp * 1000;
  if (expiresAtMs <= now) throw new Refusal('the token has expired');
  if (expiresAtMs > now + maxLifetimeMs + skewMs) throw new Refusal('the token expires too late');
  for (const start of [times.nbf, times.iat]) {
    if (start !== undefined && start * 1000 > now + skewMs) throw new Refusal('the token is not yet valid');
  }
}

/** Names a token without a `jti`; of what is signed only, so that another signature over it is the same token. */
function digest(signed: string): string {
  return createHash('sha256').update(signed).digest('base64url').slice(0, 32);
}
