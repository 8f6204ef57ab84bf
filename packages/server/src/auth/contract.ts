import type { GrantedAction, Principal } from '@carillon/core';

/** Where a request may carry its credential; the first that is present counts. */
export interface CredentialSource {
  /** The `Authorization` header. */
  readonly authorization?: string | undefined;
  /** `access_token` of the query: browsers cannot set headers on EventSource and WebSocket. */
  readonly accessToken?: string | undefined;
}

/** An account's address with one of its API keys. */
export interface AccountKey {
  readonly email: string;
  readonly key: string;
  /** The community's own. */
  readonly domain: string;
}

export interface KeyAuthenticator {
  /**
   * Whose API key this is, when it is that of the account with this address: its e-mail address, or its name at the
   * community's domain, in any case. Throws `unauthorized` with the same words for all that does not count; `suspended`
   * among its facts says that key and address are right and the account may do nothing.
   */
  authenticateKey(key: AccountKey): Promise<Principal>;
}

export interface Authenticator {
  /**
   * Who is asking. JWT and API keys alike; without a credential the anonymous principal, if the settings grant it
   * anything. Throws `unauthorized` with the same words for missing, malformed, expired, unknown and revoked.
   */
  authenticate(source: CredentialSource): Promise<Principal>;
}

/** The one gate: every protocol asks it at subscribe, at every read batch and at publish. */
export interface Gate {
  isAllowed(principal: Principal, action: GrantedAction, topic: string): boolean;
  /** Throws `forbidden` naming the first topic that is refused. */
  require(principal: Principal, action: GrantedAction, topics: readonly string[]): void;
  /** Whether the credential itself still stands (not revoked, not expired). */
  isValid(principal: Principal): boolean;
  /** Calls back whenever a credential was revoked, after `isValid` already says no. */
  onRevoked(listener: (credentialId: string) => void): () => void;
}
