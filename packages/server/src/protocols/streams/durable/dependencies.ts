import type { LogStore } from '@carillon/core';
import type { Authenticator, Gate } from '../../../auth/index.ts';
import type { Commands } from '../../../domain/index.ts';
import type { Hub } from '../../../hub/index.ts';

export interface DurableSettings {
  /** How long a long poll waits for data before it is answered 204. */
  readonly longPollMs: number;
  /** Events and bytes of data that one answer gathers before it leaves. */
  readonly maxPageEvents: number;
  readonly maxPageBytes: number;
}

export const DEFAULT_DURABLE_SETTINGS: DurableSettings = {
  longPollMs: 30_000,
  maxPageEvents: 1_000,
  maxPageBytes: 1_048_576,
};

export interface DurableDependencies {
  readonly authenticator: Authenticator;
  readonly gate: Gate;
  readonly commands: Commands;
  readonly log: LogStore;
  readonly hub: Hub;
  readonly settings: DurableSettings;
  /** Hears of faults that no client is waiting to be told of. */
  readonly report: (error: unknown) => void;
}
