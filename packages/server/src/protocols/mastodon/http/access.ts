import type { Principal } from '@carillon/core';
import type { Context } from 'hono';
import type { Authenticator } from '../../../auth/index.ts';
import { invalidToken, needsUser, outsideScopes } from './failure.ts';
import { hasScope } from './scopes.ts';

/** Who may make a call. `Viewer` is what the call then knows of who is asking. */
export interface Access<Viewer extends number | null> {
  readonly kind: 'user' | 'anyone' | 'token';
  /** One of them is enough; none wanted when empty. */
  readonly scopes: readonly string[];
  /** Never there: carries the type alone. */
  readonly viewer?: Viewer;
}

/** Somebody who is signed in, with one of these scopes. */
export function user(...scopes: readonly string[]): Access<number> {
  return { kind: 'user', scopes };
}

/** Anybody; whoever is signed in needs one of the scopes. */
export function anyone(...scopes: readonly string[]): Access<number | null> {
  return { kind: 'anyone', scopes };
}

/** Whoever has a token, of an application alone too. */
export function token(...scopes: readonly string[]): Access<number | null> {
  return { kind: 'token', scopes };
}

/** Who is asking; null when no credential was given. Throws for one that does not count. */
export async function identify(authenticator: Authenticator, { req }: Context): Promise<Principal | null> {
  const authorization = req.header('authorization');
  const accessToken = req.query('access_token');
  if (authorization === undefined && accessToken === undefined) return null;
  const principal = await authenticator.authenticate({ authorization, accessToken });
  // Other credentials of this server speak for no account and no application of this protocol.
  if (principal.scopes === undefined) throw invalidToken();
  return principal;
}

/** Whoever is asking, as far as this access wants somebody; throws in the words of the protocol. */
export function admit<Viewer extends number | null>(access: Access<Viewer>, principal: Principal | null): Viewer {
  const { kind, scopes } = access;
  if (principal === null) {
    if (kind !== 'anyone') throw invalidToken();
    return viewerOf<Viewer>(null);
  }
  if (scopes.length > 0 && !hasScope(principal.scopes ?? [], scopes)) throw outsideScopes();
  if (kind === 'user' && principal.account === undefined) throw needsUser();
  return viewerOf<Viewer>(principal.account ?? null);
}

function viewerOf<Viewer extends number | null>(account: number | null): Viewer {
  // `user`, the only access without null, was refused above when there is no account.
  return account as Viewer;
}
