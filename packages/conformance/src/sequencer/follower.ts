import type { Epoch, Event, LogStore, Position } from '@carillon/core';
import type { OpenLog } from '../log/contract.ts';
import { SocketSequencer } from './client.ts';

/** The reader's copy of a log that is ordered elsewhere. */
export interface FollowerStore extends LogStore {
  /** Takes the next events with the positions, times and ids they were given; resolves when they are durable here. */
  ingest(events: readonly Event[], sealedMs: number): Promise<void>;
  /** Replaces the data of these events, as the sequencer did. */
  forget(positions: readonly Position[]): Promise<void>;
  expire?(nowMs: number): Promise<void>;
  close(): Promise<void>;
}

export type OpenFollowerStore = (directory: string, epoch: Epoch) => Promise<FollowerStore>;

/** Opens both halves of a directory: the sequencer in a child process, and a copy that has caught up and follows it. */
export async function openFollowed(directory: string, openStore: OpenFollowerStore): Promise<OpenLog> {
  const sequencer = await SocketSequencer.start(directory);
  const store = await openStore(directory, sequencer.epoch);
  let work: Promise<void> = Promise.resolve();
  let failed: unknown;
  const caughtUp = Promise.withResolvers<void>();
  const then = (step: () => Promise<void>): void => {
    work = work.then(step).catch((error: unknown) => {
      failed ??= error;
    });
  };
  sequencer.follow(store.head.position, {
    ordered: ({ events, sealedMs }) => then(() => store.ingest(events, sealedMs)),
    erased: (positions) => then(() => store.forget(positions)),
    sealed: (sealedMs) => {
      then(() => store.ingest([], sealedMs));
      void work.then(caughtUp.resolve);
    },
  });
  await caughtUp.promise;
  if (failed) throw new Error('the copy could not follow', { cause: failed });
  return {
    sequencer,
    store,
    ...(store.expire ? { expire: store.expire.bind(store) } : {}),
    async close() {
      await sequencer.close();
      await work;
      await store.close();
      if (failed) throw new Error('the copy could not follow', { cause: failed });
    },
  };
}
