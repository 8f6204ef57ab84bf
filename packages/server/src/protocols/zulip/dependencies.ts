import type { LogStore } from '@carillon/core';
import type { Gate, KeyAuthenticator, RateLimiter } from '../../auth/index.ts';
import type { Commands } from '../../domain/index.ts';
import type { Hub } from '../../hub/index.ts';
import type { BodyRenderer } from '../../render/index.ts';
import type { Views } from '../../view/index.ts';
import type { Queues } from './queues/queues.ts';

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

export interface ZulipParts {
  readonly gate: Pick<Gate, 'isValid'>;
  readonly hub: Pick<Hub, 'wait'>;
  readonly log: Pick<LogStore, 'head' | 'lastRemoved'>;
  readonly views: Pick<Views, 'open'>;
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

/** What calls work with. */
export interface ZulipDependencies extends ZulipParts {
  readonly queues: Queues;
}
