import type { LogStore } from '@carillon/core';
import type { Authenticator, CredentialGate, Gate, RateLimiter } from '../../auth/index.ts';
import type { Commands } from '../../domain/index.ts';
import type { Hub } from '../../hub/index.ts';
import type { MediaStore } from '../../media/index.ts';
import type { BodyRenderer } from '../../render/index.ts';
import type { Views } from '../../view/index.ts';

/** Bounds and names of this protocol; each is a setting of the server. */
export interface MastodonSettings {
  /** Without a slash at the end; by it every link in an entity begins. */
  readonly baseUrl: () => string;
  readonly domain: string;
  /** What holds of `title`, `description` and `registrations` where administrators said nothing. */
  readonly title: string;
  readonly description: string;
  readonly version: string;
  readonly maxMessageBytes: number;
  /** Subscriptions of one WebSocket. */
  readonly maxSubscriptions: number;
  readonly maxPostCharacters: number;
  readonly maxMediaBytes: number;
  readonly maxPixels: number;
  /** Where uploaded files are kept. */
  readonly mediaDirectory: string;
  readonly registrations: boolean;
  /** Calls within five minutes. */
  readonly callsPerUser: number;
  readonly callsPerToken: number;
  readonly callsPerAddress: number;
}

export interface MastodonDependencies {
  readonly authenticator: Authenticator;
  readonly gate: Gate & Pick<CredentialGate, 'caughtUp'>;
  readonly hub: Hub;
  readonly log: LogStore;
  readonly views: Views;
  readonly commands: Commands;
  /** Checks and keeps uploaded files. */
  readonly media: MediaStore;
  readonly bodies: Pick<BodyRenderer, 'render'>;
  readonly settings: MastodonSettings;
  /** Shared with whoever else lets people sign in, so that nobody has more guesses for it; one of its own when absent. */
  readonly limiter?: RateLimiter;
  readonly now: () => number;
  /** Something threw what is no `CarillonError`: a bug, for the operator's log. */
  readonly failed: (error: unknown, where: string) => void;
  readonly resumed?: (outcome: 'resumed' | 'gap' | 'fresh') => void;
}
