import {
  addQueue,
  type CommandContext,
  type Database,
  dropQueue,
  findQueue,
  forgottenQueues,
  queuesBeyond,
  useQueue,
} from '../../state/index.ts';
import {
  createQueue,
  dropForgottenQueues,
  endQueue,
  type QueueName,
  type QueueWish,
  queueOf,
  useQueues,
} from './messages.ts';

export const queueCommands = {
  [createQueue.name]: ({ db, now }: CommandContext, { most, ...wish }: QueueWish) => {
    const queue = addQueue(db, { ...wish, usedAtS: seconds(now) });
    for (const id of queuesBeyond(db, wish.account, most)) dropQueue(db, id);
    return queue;
  },
  [useQueues.name]: ({ db, now }: CommandContext, { ids }: { readonly ids: readonly number[] }) => {
    for (const id of ids) useQueue(db, id, seconds(now));
  },
  [endQueue.name]: ({ db }: CommandContext, { account, id }: QueueName) => {
    if (findQueue(db, id)?.account !== account) return false;
    dropQueue(db, id);
    return true;
  },
  [dropForgottenQueues.name]: (
    { db, now }: CommandContext,
    { keepS, limit }: { readonly keepS: number; readonly limit: number },
  ) => {
    const forgotten = forgottenQueues(db, seconds(now) - keepS, 0, limit);
    for (const id of forgotten) dropQueue(db, id);
    return forgotten.length;
  },
};

export const queueQueries = {
  [queueOf.name]: (db: Database, { account, id }: QueueName) => {
    const queue = findQueue(db, id);
    return queue?.account === account ? queue : undefined;
  },
};

function seconds(ms: number): number {
  return Math.floor(ms / 1_000);
}
