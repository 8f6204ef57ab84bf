import { randomBytes } from 'node:crypto';
import { CarillonError, checkGrants, type Grants } from '@carillon/core';
import { SignJWT } from 'jose';
import type { JwtSettings } from './settings.ts';

export interface TokenRequest {
  /** Who the bearer is; absent for a token that speaks for nobody in particular. */
  readonly subject?: string | undefined;
  readonly app: string;
  readonly grants: Grants;
  /** From now, milliseconds. */
  readonly lifetimeMs: number;
}

export interface MintedToken {
  readonly token: string;
  /** Revokes it at `POST /admin/tokens/revoke`. */
  readonly credentialId: string;
  readonly expiresAtMs: number;
}

export type MintSettings = Pick<JwtSettings, 'secrets' | 'issuer' | 'audience' | 'maxLifetimeMs'>;

/** Signs a token with the first configured secret (HS256); needs no running server. */
export async function mintToken(request: TokenRequest, settings: MintSettings, now: number): Promise<MintedToken> {
  const [secret] = settings.secrets;
  if (secret === undefined) {
    throw new CarillonError('conflict', 'this server signs no tokens: auth.jwt.secrets is empty');
  }
  if (request.lifetimeMs > settings.maxLifetimeMs) {
    const most = Math.floor(settings.maxLifetimeMs / 1000);
    throw new CarillonError('bad-request', `ttl: a token lives at most ${most} s`, { facts: { limit: most } });
  }
  const { app, grants } = request;
  checkGrants(grants, app);
  const jti = randomBytes(16).toString('base64url');
  // Rounded up to whole seconds, but never past what the same settings would accept.
  const latest = Math.floor((now + settings.maxLifetimeMs) / 1000);
  const expires = Math.min(latest, Math.ceil((now + request.lifetimeMs) / 1000));
  const token = new SignJWT({ app, publish: grants.publish, subscribe: grants.subscribe })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setAudience(settings.audience)
    .setIssuedAt(Math.floor(now / 1000))
    .setExpirationTime(expires)
    .setJti(jti);
  if (request.subject !== undefined) token.setSubject(request.subject);
  if (settings.issuer !== undefined) token.setIssuer(settings.issuer);
  return {
    token: await token.sign(new TextEncoder().encode(secret)),
    credentialId: `jti:${jti}`,
    expiresAtMs: expires * 1000,
  };
}
