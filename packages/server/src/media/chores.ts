import { type Commands, dropUnusedMedia, hasUnusedMedia, unknownFiles } from '../domain/index.ts';
import type { MediaStore } from './store.ts';

export interface MediaChoreDependencies {
  readonly commands: Commands;
  readonly media: MediaStore;
  readonly now: () => number;
  readonly failed: (error: unknown) => void;
}

const TICK_MS = 600_000;
/** How long an upload may wait for its post, and a file for its row. */
const WAIT_MS = 86_400_000;
const FILES_AT_ONCE = 500;

/** Removes uploads that were never posted, and files of uploads that are gone, every ten minutes. */
export function startMediaChores(deps: MediaChoreDependencies): { close(): Promise<void> } {
  let isClosed = false;
  let underWay = Promise.resolve();
  const tick = (): void => {
    underWay = tidyMedia(deps)
      .catch((error: unknown) => {
        if (!isClosed) deps.failed(error);
      })
      .finally(() => {
        if (!isClosed) timer = setTimeout(tick, TICK_MS).unref();
      });
  };
  let timer = setTimeout(tick, TICK_MS).unref();
  return {
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await underWay;
    },
  };
}

/** Once over everything. */
export async function tidyMedia({ commands, media, now }: Omit<MediaChoreDependencies, 'failed'>): Promise<void> {
  const wanted = { before: now() - WAIT_MS, limit: FILES_AT_ONCE };
  while ((await commands.query(hasUnusedMedia, wanted)).rows) {
    await media.remove((await commands.run(dropUnusedMedia, wanted)).result);
  }
  const old = await media.writtenBefore(wanted.before);
  for (let at = 0; at < old.length; at += FILES_AT_ONCE) {
    const names = old.slice(at, at + FILES_AT_ONCE);
    await media.remove((await commands.query(unknownFiles, { names })).rows);
  }
}
