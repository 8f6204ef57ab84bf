import type { ThreadRoots } from '../../storage/index.ts';

/** Threads with the commands of `notes.ts`. */
export const NOTES_ROOTS: ThreadRoots = {
  writer: new URL('./writer-root.ts', import.meta.url),
  reader: new URL('./reader-root.ts', import.meta.url),
};
