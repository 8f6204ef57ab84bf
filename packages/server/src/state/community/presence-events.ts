import type { PresenceStatus } from './rows/presences.ts';

export interface PresenceEvents {
  /** On `presence`, of shorter life than other topics; on its account's alone when only the account may know. */
  readonly 'presence.changed': {
    readonly account: number;
    readonly status: PresenceStatus;
    /** As of `PresenceRow`. */
    readonly activeAt: number;
    readonly idleAt: number;
  };
}
