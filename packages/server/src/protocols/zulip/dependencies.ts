import type { KeyAuthenticator, RateLimiter } from '../../auth/index.ts';
import type { Commands } from '../../domain/index.ts';
import type { BodyRenderer } from '../../render/index.ts';

/** Bounds and names of this protocol; each is a setting of the server. */
export interface ZulipSettings {
  /** Without a slash at the end; by it every link begins. */
  readonly baseUrl: () => string;
  readonly domain: string;
  /** What holds of `title`, `description` and `registrations` where administrators said nothing. */
  readonly title: string;
  readonly description: string;
  readonly registrations: boolean;
  /** Calls within five minutes; a fifth of them within a minute are allowed. */
  readonly callsPerUser: number;
  readonly callsPerAddress: number;
}

export interface ZulipDependencies {
  readonly authenticator: KeyAuthenticator;
  readonly commands: Commands;
  readonly bodies: Pick<BodyRenderer, 'render'>;
  /** Shared with whoever else lets people sign in. */
  readonly limiter: RateLimiter;
  readonly settings: ZulipSettings;
  /** A development server: it gives keys to whoever is on this machine. */
  readonly dev: boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Something threw what is no `CarillonError`: a bug, for the operator's log. */
  readonly failed: (error: unknown, where: string) => void;
}
