import type { Principal } from '@carillon/core';
import { type CompactJWSHeaderParameters, compactVerify, errors } from 'jose';
import { type Claimed, readClaims } from './jwt-claims.ts';
import type { JwtKeys } from './jwt-keys.ts';
import { Refusal } from './refusal.ts';
import type { AuthSettings } from './settings.ts';

/** Tokens always end. */
export type TokenPrincipal = Principal & { readonly expiresAtMs: number };

export interface JwtVerifier {
  /** Who the token speaks for; throws a `Refusal`. */
  verify(token: string): Promise<TokenPrincipal>;
}

/**
 * Checks JSON Web Tokens (RFC 7519, RFC 8725). All claims are judged before any key is looked for, so that a token
 * that could not count anyway causes no request; keys named by the token itself (`jku`, `x5u`, `jwk`) are never used.
 */
export function createJwtVerifier(
  settings: AuthSettings,
  apps: ReadonlySet<string>,
  keys: JwtKeys,
  now: () => number,
): JwtVerifier {
  return {
    async verify(token) {
      const claimed = readClaims(token, settings, apps, now());
      if (!(await isSigned(token, claimed, keys))) throw new Refusal('no configured key made this signature');
      const { id, app, grants, credentialId, expiresAtMs } = claimed;
      return { id, app, grants, admin: false, credentialId, expiresAtMs };
    },
  };
}

async function isSigned(token: string, claimed: Claimed, keys: JwtKeys): Promise<boolean> {
  const algorithms = [claimed.algorithm];
  for (const key of keys.configured(claimed.algorithm)) {
    if (await passes(() => compactVerify(token, key, { algorithms }))) return true;
  }
  const remote = keys.remote(claimed.algorithm);
  if (!remote || claimed.kid === undefined) return false;
  return passes(() =>
    compactVerify(token, (header: CompactJWSHeaderParameters, jws) => remote(header, jws), { algorithms }),
  );
}

/** A wrong signature is an answer; a key set that cannot be fetched is a refusal that the operator should read. */
async function passes(verify: () => Promise<unknown>): Promise<boolean> {
  try {
    await verify();
    return true;
  } catch (error) {
    if (error instanceof errors.JWSSignatureVerificationFailed) return false;
    if (error instanceof errors.JWKSNoMatchingKey) return false;
    throw new Refusal(error instanceof Error ? error.message : 'the signature could not be checked', { cause: error });
  }
}
