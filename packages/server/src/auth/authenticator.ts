import { ALL_GRANTS, CarillonError, type Principal } from '@carillon/core';
import { accessTokenCredentialId, accessTokenOf, apiKeyOf, keyById, keyCredentialId } from '../domain/index.ts';
import type { Commands } from '../state/index.ts';
import { looksLikeAccessToken, tokenPrincipal } from './access-token.ts';
import { type ApiKey, digestOf, isSameDigest, readApiKey } from './api-key.ts';
import type { AccountKey, Authenticator, CredentialSource, KeyAuthenticator } from './contract.ts';
import { CredentialCache } from './credential-cache.ts';
import type { CredentialGate } from './gate.ts';
import { createJwtVerifier, type JwtVerifier, type TokenPrincipal } from './jwt.ts';
import { createJwtKeys, type JwtKeys } from './jwt-keys.ts';
import { Refusal, unauthorized } from './refusal.ts';
import type { AuthSettings } from './settings.ts';

export interface AuthenticatorDeps {
  readonly settings: AuthSettings;
  /** Names of the apps of this installation. */
  readonly apps: Iterable<string>;
  readonly commands: Pick<Commands, 'query'>;
  readonly gate: Pick<CredentialGate, 'isRevoked'>;
  readonly now: () => number;
  /** Why a credential did not count: for the log, never for the answer. */
  readonly refused?: (reason: string) => void;
  /** The settings' keys when absent. */
  readonly keys?: JwtKeys;
}

/** The authenticator with what the administrators' routes need beside. */
export interface CredentialAuthenticator extends Authenticator, KeyAuthenticator {
  /** What a JWT stands for, revoked or not; throws `bad-request` saying why when it counts for nothing. */
  verifyToken(token: string): Promise<TokenPrincipal>;
}

const LEAST_ADMIN_TOKEN = 32;

/** Throws `bad-request` naming the setting when one cannot be used. */
export function createAuthenticator(deps: AuthenticatorDeps): CredentialAuthenticator {
  return new EveryScheme(deps);
}

class EveryScheme implements CredentialAuthenticator {
  readonly #deps: AuthenticatorDeps;
  readonly #jwt: JwtVerifier;
  readonly #apps: ReadonlySet<string>;
  readonly #cache: CredentialCache;
  readonly #adminDigest: Uint8Array | undefined;
  readonly #admin: Principal;
  readonly #anonymous: Principal | undefined;

  constructor(deps: AuthenticatorDeps) {
    const { settings } = deps;
    const { adminToken, anonymous, defaultApp: app } = settings;
    if (adminToken !== undefined && adminToken.length < LEAST_ADMIN_TOKEN) {
      throw new CarillonError('bad-request', `auth.adminToken needs at least ${LEAST_ADMIN_TOKEN} characters`);
    }
    this.#deps = deps;
    this.#apps = new Set(deps.apps);
    this.#jwt = createJwtVerifier(settings, this.#apps, deps.keys ?? createJwtKeys(settings.jwt), deps.now);
    this.#cache = new CredentialCache(settings.cachedTokens);
    this.#adminDigest = adminToken === undefined ? undefined : digestOf(adminToken);
    this.#admin = { id: 'admin', app, grants: ALL_GRANTS, admin: true, credentialId: 'admin' };
    if (anonymous.publish.length + anonymous.subscribe.length > 0) {
      const { publish, subscribe } = anonymous;
      this.#anonymous = {
        id: 'anonymous',
        app,
        grants: { publish, subscribe },
        admin: false,
        credentialId: 'anonymous',
      };
    }
  }

  authenticate(source: CredentialSource): Promise<Principal> {
    return this.#answering(async () => {
      const credential = readCredential(source);
      if (credential === undefined) return this.#anonymousOr();
      return this.#remembering(credential, () => this.#identify(credential));
    });
  }

  authenticateKey(wanted: AccountKey): Promise<Principal> {
    const email = wanted.email.toLowerCase();
    // No bearer credential has a line feed in it.
    return this.#answering(() =>
      this.#remembering(`${email}\n${wanted.key}`, () => this.#identifyAccountKey({ ...wanted, email })),
    );
  }

  /** Looks a credential up once in a while; one that was revoked since is looked up again, which tells why it ended. */
  async #remembering(credential: string, identify: () => Promise<Principal>): Promise<Principal> {
    const { gate, now: clock } = this.#deps;
    const now = clock();
    const known = this.#cache.get(credential, now);
    if (known && !gate.isRevoked(known.credentialId)) return known;
    const principal = await identify();
    if (gate.isRevoked(principal.credentialId)) throw new Refusal('the credential was revoked');
    this.#cache.set(credential, principal, now);
    return principal;
  }

  /** Every refusal in the same words. */
  async #answering(identify: () => Promise<Principal>): Promise<Principal> {
    try {
      return await identify();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#deps.refused?.(error.message);
      throw unauthorized();
    }
  }

  async verifyToken(token: string): Promise<TokenPrincipal> {
    try {
      return await this.#jwt.verify(token);
    } catch (cause) {
      if (!(cause instanceof Refusal)) throw cause;
      throw new CarillonError('bad-request', `token: ${cause.message}`, { cause });
    }
  }

  #anonymousOr(): Principal {
    if (this.#anonymous) return this.#anonymous;
    throw new Refusal('no credential');
  }

  async #identify(credential: string): Promise<Principal> {
    if (isSameDigest(digestOf(credential), this.#adminDigest)) return this.#admin;
    const key = readApiKey(credential);
    if (key) return this.#identifyKey(key);
    if (looksLikeAccessToken(credential)) return this.#identifyAccessToken(credential);
    return this.#jwt.verify(credential);
  }

  async #identifyAccessToken(credential: string): Promise<Principal> {
    const { rows: token } = await this.#deps.commands.query(accessTokenOf, { digest: digestOf(credential) });
    if (!token) throw new Refusal('unknown or revoked access token, or one of a suspended account');
    return tokenPrincipal(token, this.#deps.settings.defaultApp);
  }

  async #identifyAccountKey({ email, key, domain }: AccountKey): Promise<Principal> {
    const { rows: stored } = await this.#deps.commands.query(apiKeyOf, { digest: digestOf(key) });
    if (!stored) throw new Refusal('unknown or revoked API key of an account');
    const { id, owner, scopes, suspended } = stored;
    const addresses = [owner.email, `${owner.slug}@${domain}`];
    if (!addresses.includes(email)) throw new Refusal(`the API key of account ${owner.id} with another address`);
    if (suspended) {
      this.#deps.refused?.(`the API key ${accessTokenCredentialId(id)} of a suspended account`);
      throw unauthorized({ suspended: true });
    }
    return tokenPrincipal({ id, account: owner, kind: 'api-key', scopes, app: null }, this.#deps.settings.defaultApp);
  }

  async #identifyKey(key: ApiKey): Promise<Principal> {
    const { rows: stored } = await this.#deps.commands.query(keyById, { id: key.id });
    if (!isSameDigest(key.digest, stored?.digest) || !stored) throw new Refusal('unknown API key');
    const { app, grants, expiresAtMs } = stored;
    if (!this.#apps.has(app)) throw new Refusal('the API key is of an unknown app');
    if (stored.revokedAtMs !== undefined) throw new Refusal('the API key was revoked');
    if (expiresAtMs !== undefined && expiresAtMs <= this.#deps.now()) throw new Refusal('the API key has expired');
    const credentialId = keyCredentialId(key.id);
    const principal = { id: credentialId, app, grants, admin: false, credentialId };
    return expiresAtMs === undefined ? principal : { ...principal, expiresAtMs };
  }
}

/** A header that is no bearer credential is a wrong credential, not a missing one. */
function readCredential({ authorization, accessToken }: CredentialSource): string | undefined {
  if (authorization === undefined) return accessToken;
  const match = /^bearer +(\S+)$/i.exec(authorization);
  if (match?.[1] === undefined) throw new Refusal('the Authorization header holds no bearer token');
  return match[1];
}
