import { randomBytes } from 'node:crypto';
import { type Grants, NO_GRANTS, type Principal } from '@carillon/core';
import { type AccessTokenView, accessTokenCredentialId } from '../domain/index.ts';
import { digestOf } from './api-key.ts';

const FORM = /^(?:[A-Za-z0-9_-]{43}|[A-Za-z0-9]{32})$/;
/** A right of an access token, `read` or `write:statuses`. */
export const SCOPE = /^[a-z][a-z-]*(?::[a-z][a-z_-]*)*$/;

export interface SecretText {
  /** The whole text, shown once. */
  readonly text: string;
  readonly digest: Uint8Array;
}

/** 256 random bits as a bearer token of an account. */
export function makeAccessToken(): SecretText {
  return secret(randomBytes(32).toString('base64url'));
}

/** 128 random bits in the form that clients of API keys know: 32 letters and digits. */
export function makeAccountKey(): SecretText {
  return secret(randomBytes(16).toString('hex'));
}

export function secret(text: string): SecretText {
  return { text, digest: digestOf(text) };
}

/** Whether a credential may be the token or key of an account; only the state knows. */
export function looksLikeAccessToken(text: string): boolean {
  return FORM.test(text);
}

/** Whom an access token speaks for. What it may hear natively is what every member of the community may. */
export function tokenPrincipal({ id, account, scopes, app: oauthApp }: AccessTokenView, app: string): Principal {
  const credentialId = accessTokenCredentialId(id);
  const common = { app, admin: false, credentialId, scopes, ...(oauthApp === null ? {} : { oauthApp }) };
  if (account === null) return { ...common, id: `oauth-app:${oauthApp}`, grants: NO_GRANTS };
  return { ...common, id: `account:${account.id}`, grants: grantsOf(account.id, scopes), account: account.id };
}

function grantsOf(account: number, scopes: readonly string[]): Grants {
  if (!scopes.includes('read')) return NO_GRANTS;
  return { publish: [], subscribe: ['public', 'public:*', 'hashtag:*', 'community', 'presence', `account:${account}`] };
}
