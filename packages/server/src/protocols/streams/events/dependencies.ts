import type { LogStore, Sequencer } from '@carillon/core';
import type { Authenticator, Gate } from '../../../auth/index.ts';
import type { Hub, Presence } from '../../../hub/index.ts';
import type { Views } from '../../../view/index.ts';

/** Bounds of the native protocol; every one of them is a setting of the server. */
export interface EventsSettings {
  /** Bytes of a publish's body. */
  readonly maxBodyBytes: number;
  /** Bytes of one event's data. */
  readonly maxDataBytes: number;
  readonly maxBatch: number;
  /** Topics of one request or one WebSocket. */
  readonly maxTopics: number;
  /** Bytes of one WebSocket message. */
  readonly maxMessageBytes: number;
  readonly messagesPerSecond: number;
  readonly messageBurst: number;
  /** Topics on whose presence lists one WebSocket may stand. */
  readonly maxPresenceTopics: number;
  readonly maxPollWaitMs: number;
  /** Publishes that wait for the disk at once, over all clients. */
  readonly maxPendingPublishes: number;
}

export interface EventsDependencies {
  readonly presence: Omit<Presence, 'close'>;
  readonly authenticator: Authenticator;
  readonly gate: Gate;
  readonly hub: Hub;
  readonly views: Pick<Views, 'open' | 'excluding'>;
  readonly log: LogStore;
  readonly sequencer: Sequencer;
  readonly settings: EventsSettings;
  /** Something threw what is no `CarillonError`: a bug, for the operator's log. */
  readonly failed?: (error: unknown, where: string) => void;
  /** A subscription began: where its client left off, with events missing, or from now on. */
  readonly resumed?: (outcome: 'resumed' | 'gap' | 'fresh') => void;
}
