import type { Grants } from './grants.ts';

/** Who a request speaks for, whatever scheme proved it. */
export interface Principal {
  /** Stable name for limits, idempotency and audit: `key:K1`, `jwt:SUBJECT`, `admin`. */
  readonly id: string;
  /** The one app this credential belongs to. */
  readonly app: string;
  readonly grants: Grants;
  /** May call `/admin/*`. */
  readonly admin: boolean;
  /** Names the credential for revocation; connections opened with it close when it is revoked. */
  readonly credentialId: string;
  /** The account of the community that it speaks for; absent for credentials of an app. */
  readonly account?: number;
  /** What an access token of an account may do, `read` or `write:statuses`. */
  readonly scopes?: readonly string[];
  /** The OAuth application that it was given to; it speaks for that alone when there is no account. */
  readonly oauthApp?: number;
  /** Milliseconds since 1970 after which connections close; absent for credentials without end. */
  readonly expiresAtMs?: number;
}
