import type { LogStore } from '@carillon/core';
import {
  type Commands,
  dropUnusedMedia,
  filesToRemove,
  forgetFiles,
  hasUnusedMedia,
  unknownFiles,
} from '../domain/index.ts';
import type { MediaStore } from './store.ts';

export interface MediaChoreDependencies {
  readonly commands: Commands;
  readonly log: Pick<LogStore, 'onAdvance'>;
  readonly media: MediaStore;
  readonly now: () => number;
  readonly failed: (error: unknown) => void;
}

const TICK_MS = 600_000;
/** How long an upload may wait for its post, and a file for its row. */
const WAIT_MS = 86_400_000;
const FILES_AT_ONCE = 500;
/** Events by which files become nobody's. */
const DROPPING: ReadonlySet<string> = new Set(['post.deleted', 'account.deactivated']);

/**
 * Removes the files of deleted posts and accounts at once, also those that a stop left; every ten minutes uploads that
 * were never posted, and files that no row knows.
 */
export function startMediaChores(deps: MediaChoreDependencies): { close(): Promise<void> } {
  let isClosed = false;
  let underWay = Promise.resolve();
  /** After what is under way, so that no two remove the same. */
  const begin = (chore: () => Promise<void>): void => {
    underWay = underWay
      .then(() => (isClosed ? undefined : chore()))
      .catch((error: unknown) => {
        if (!isClosed) deps.failed(error);
      });
  };
  let isAsked = false;
  const removeSoon = (): void => {
    if (isAsked) return;
    isAsked = true;
    begin(() => {
      isAsked = false;
      return removeDropped(deps);
    });
  };
  const stopListening = deps.log.onAdvance((events) => {
    if (events.some(({ type }) => DROPPING.has(type))) removeSoon();
  });
  const timer = setInterval(() => begin(() => tidyMedia(deps)), TICK_MS).unref();
  removeSoon();
  return {
    async close() {
      isClosed = true;
      stopListening();
      clearInterval(timer);
      await underWay;
    },
  };
}

type Parts = Pick<MediaChoreDependencies, 'commands' | 'media' | 'now'>;

/** Once over everything. */
export async function tidyMedia({ commands, media, now }: Parts): Promise<void> {
  const wanted = { before: now() - WAIT_MS, limit: FILES_AT_ONCE };
  while ((await commands.query(hasUnusedMedia, wanted)).rows) await commands.run(dropUnusedMedia, wanted);
  await removeDropped({ commands, media });
  const old = await media.writtenBefore(wanted.before);
  for (let at = 0; at < old.length; at += FILES_AT_ONCE) {
    const names = old.slice(at, at + FILES_AT_ONCE);
    await media.remove((await commands.query(unknownFiles, { names })).rows);
  }
}

/** Files first, then what is known of them: a stop between leaves nothing but work to do again. */
async function removeDropped({ commands, media }: Omit<Parts, 'now'>): Promise<void> {
  for (;;) {
    const { rows: names } = await commands.query(filesToRemove, { limit: FILES_AT_ONCE });
    if (names.length === 0) return;
    await media.remove(names);
    await commands.run(forgetFiles, { names });
  }
}
