import type { ErrorValue, NewEvent, Position } from '@carillon/core';
import type { PresenceMember } from '../../../hub/index.ts';
import type { Goodbye } from '../../../transport/index.ts';
import type { GapReason } from './start.ts';
import type { MessageContext, MessageId, PresenceAction } from './wire/message.ts';
import type { From } from './wire/subscribe.ts';

/**
 * All that one WebSocket connection is, as a plain value: it survives JSON between any two steps, so that each message
 * may be handled by another process (kernel K12).
 */
export type SessionState = {
  /** Names the connection on presence lists. */
  readonly connection: string;
  readonly subscriptions: readonly SubscribedTopic[];
  /** Topics on whose presence lists this connection stands. */
  readonly present: readonly string[];
  /** Everything of the subscriptions up to here was handed to the connection. */
  readonly position: Position;
  /** What is left of the message budget, and when that was counted (milliseconds since 1970). */
  readonly budget: { readonly left: number; readonly atMs: number };
};

export type SubscribedTopic = {
  readonly topic: string;
  /** Earlier events are not this subscription's (kernel K4). */
  readonly since: Position;
  /** Whether changes of its presence list are wanted too. */
  readonly presence: boolean;
};

/** What happened to a session. Positions travel as tokens, because a session does not know its log's epoch. */
export type Fact =
  | { readonly kind: 'message'; readonly text: string }
  | { readonly kind: 'binary' }
  /** A subscription may begin after `after`; `gap` when events before that are missing. */
  | {
      readonly kind: 'located';
      readonly id: MessageId | undefined;
      readonly topics: readonly string[];
      readonly presence: boolean;
      readonly after: Position;
      readonly token: string;
      readonly gap: GapReason | undefined;
    }
  | {
      readonly kind: 'published';
      readonly id: MessageId | undefined;
      readonly positions: readonly string[];
      readonly duplicate: boolean;
    }
  | {
      readonly kind: 'members';
      readonly id: MessageId | undefined;
      readonly topic: string;
      readonly action: PresenceAction;
      readonly members: readonly PresenceMember[];
    }
  | {
      readonly kind: 'presence';
      readonly topic: string;
      readonly action: 'entered' | 'left';
      readonly member: PresenceMember;
    }
  | { readonly kind: 'refused'; readonly id: MessageId | undefined; readonly error: ErrorValue };

/** What a session wants done, in this order. */
export type Action =
  | { readonly kind: 'send'; readonly text: string }
  | {
      readonly kind: 'locate';
      readonly id: MessageId | undefined;
      readonly topics: readonly string[];
      readonly presence: boolean;
      readonly from: From;
    }
  | { readonly kind: 'read'; readonly topics: readonly string[]; readonly after: Position }
  | { readonly kind: 'forget'; readonly topics: readonly string[] }
  | {
      readonly kind: 'publish';
      readonly id: MessageId | undefined;
      readonly events: readonly NewEvent[];
      readonly key: string | undefined;
    }
  | {
      readonly kind: 'presence';
      readonly id: MessageId | undefined;
      readonly topic: string;
      readonly action: PresenceAction;
      readonly info: string;
    }
  | { readonly kind: 'end'; readonly reason: Goodbye };

/** When a step is taken, and what the connection has been handed by then. */
export interface Moment {
  readonly nowMs: number;
  readonly position: Position;
  readonly token: string;
}

export interface SessionLimits extends MessageContext {
  readonly messagesPerSecond: number;
  readonly messageBurst: number;
  readonly maxPresenceTopics: number;
}

/** One step's input. */
export interface SessionInput {
  readonly fact: Fact;
  readonly moment: Moment;
}
