import type { LogStore, Sequencer } from '@carillon/core';
import type { Authenticator, Gate } from '../../../auth/index.ts';
import type { Hub } from '../../../hub/index.ts';
import type { Member } from './session-state.ts';

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

/** Who stands on the presence lists of topics: at most once, gone with the connection that entered. */
export interface Presence {
  /** Puts a member on a topic's list for this connection; entering again changes what it tells. */
  enter(topic: string, connection: string, member: Member): Promise<void>;
  leave(topic: string, connection: string): Promise<void>;
  /** Takes the connection off every list. */
  leaveAll(connection: string): Promise<void>;
  /** Each member once, however many connections it has. */
  members(topic: string): Promise<readonly Member[]>;
  /** Hears when a member's first connection entered or its last one left. */
  watch(topic: string, listener: (action: 'entered' | 'left', member: Member) => void): () => void;
}

export interface EventsDependencies {
  readonly presence: Presence;
  readonly authenticator: Authenticator;
  readonly gate: Gate;
  readonly hub: Hub;
  readonly log: LogStore;
  readonly sequencer: Sequencer;
  readonly settings: EventsSettings;
  /** Something threw what is no `CarillonError`: a bug, for the operator's log. */
  readonly failed?: (error: unknown, where: string) => void;
}
