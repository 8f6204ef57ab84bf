import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type OpenLogAt, openFollowed } from '@carillon/conformance';
import { STORAGE_DEFAULTS } from '../../storage/index.ts';
import { THREADS } from '../../threads.ts';
import { openLog as openEmbedded } from '../index.ts';

/** The embedded log as a copy of one that a sequencer in another process orders (kernel K3). */
export const openLog: OpenLogAt = async (directory) => {
  const ordered = join(directory, 'sequencer');
  const copied = join(directory, 'copy');
  await mkdir(ordered, { recursive: true });
  return openFollowed(ordered, async (_, follows) => {
    const settings = { ...STORAGE_DEFAULTS, directory: copied, readerThreads: 1 };
    const copy = await openEmbedded({ settings, threads: THREADS, follows });
    return {
      get head() {
        return copy.head;
      },
      read: (query) => copy.read(query),
      lastRemoved: (topics) => copy.lastRemoved(topics),
      onAdvance: (listener) => copy.onAdvance(listener),
      ingest: (events, sealedMs) => copy.ingest(events, sealedMs),
      forget: (positions) => copy.erase(positions),
      expire: (nowMs) => copy.expire(nowMs),
      close: () => copy.close(),
    };
  });
};
