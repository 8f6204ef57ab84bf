import type { Position } from '@carillon/core';
import type { Message, StoredQueue } from '../../state/index.ts';

export interface QueueWish {
  readonly account: number;
  readonly since: Position;
  readonly options: string;
  readonly idleAfterS: number;
  /** Queues of one account; beyond them those go that were used longest ago. */
  readonly most: number;
}

export interface QueueName {
  readonly account: number;
  readonly id: number;
}

/** Answers with the new queue. */
export const createQueue: Message<QueueWish, StoredQueue> = { name: 'queues.create' };

/** Somebody asked at one of these: they are not idle now. Unknown ones are passed over. */
export const useQueues: Message<{ readonly ids: readonly number[] }, void> = { name: 'queues.use' };

/** Whether there was such a queue of this account. */
export const endQueue: Message<QueueName, boolean> = { name: 'queues.end' };

/** Drops at most `limit` queues that have been idle for `keepS` seconds; answers with how many went. */
export const dropForgottenQueues: Message<{ readonly keepS: number; readonly limit: number }, number> = {
  name: 'queues.dropForgotten',
};

/** `undefined` when there is none, or it is another account's: nobody learns which. */
export const queueOf: Message<QueueName, StoredQueue | undefined> = { name: 'queues.of' };
