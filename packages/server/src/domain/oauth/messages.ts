import type { Message } from '../../state/index.ts';

export interface OauthApp {
  readonly id: number;
  readonly clientId: string;
  readonly name: string;
  readonly website: string | null;
  readonly redirectUris: readonly string[];
  readonly scopes: readonly string[];
}

/** Secrets, codes and tokens come as SHA-256 of their texts. */
export const createOauthApp: Message<Omit<OauthApp, 'id'> & { secret: Uint8Array }, OauthApp> = {
  name: 'oauth.create-app',
};
/**
 * Forgets fifty applications at most that were registered before then and nobody has signed in with, or not any more;
 * one that got a token of its own since then stays.
 */
export const forgetUnusedApps: Message<{ before: number }, undefined> = { name: 'oauth.forget-unused-apps' };
export const oauthAppByClientId: Message<{ clientId: string }, (OauthApp & { secret: Uint8Array }) | undefined> = {
  name: 'oauth.app',
};
export const oauthAppById: Message<{ id: number }, OauthApp | undefined> = { name: 'oauth.app-by-id' };

export interface NewOauthCode {
  readonly digest: Uint8Array;
  readonly app: number;
  readonly account: number;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly challenge: string | null;
  readonly expiresAt: number;
}
export const createOauthCode: Message<NewOauthCode, undefined> = { name: 'oauth.create-code' };

export interface IssuedToken {
  readonly id: number;
  readonly account: number;
  readonly scopes: readonly string[];
  readonly createdAt: number;
}
/**
 * Trades a code for a token, once. A second time it gives nothing and revokes that token, as somebody else has the code
 * too (RFC 6749 §4.1.2). Throws `unauthorized`, and revokes nothing, when the code is unknown, expired, of another app
 * or redirect, or the verifier does not fit its challenge.
 */
export const redeemOauthCode: Message<
  { digest: Uint8Array; app: number; redirectUri: string; challenge: string | null; token: Uint8Array },
  IssuedToken | undefined
> = { name: 'oauth.redeem-code' };
/** A token that speaks for the app alone. There are twenty at once: the oldest ends for one more. */
export const createAppToken: Message<{ app: number; scopes: readonly string[]; token: Uint8Array }, IssuedToken> = {
  name: 'oauth.app-token',
};
/** Revokes a token of this app; tells nothing when there is none. Streams opened with it end. */
export const revokeOauthToken: Message<{ app: number; digest: Uint8Array }, undefined> = { name: 'oauth.revoke' };
