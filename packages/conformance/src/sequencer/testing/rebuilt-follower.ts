import type { OpenLogAt } from '../../log/contract.ts';
import { ReferenceLog } from '../../model/reference-log.ts';
import { openFollowed } from '../follower.ts';

/** A copy that holds nothing of its own and is rebuilt from the sequencer at every start. */
export const openLog: OpenLogAt = (directory) =>
  openFollowed(directory, async (_, epoch) => {
    const copy = new ReferenceLog(epoch);
    return {
      get head() {
        return copy.store.head;
      },
      read: copy.store.read,
      lastRemoved: copy.store.lastRemoved,
      onAdvance: copy.store.onAdvance,
      ingest: copy.ingest.bind(copy),
      forget: copy.sequencer.erase,
      close: copy.close.bind(copy),
    };
  });
