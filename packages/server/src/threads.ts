import { siblingModule, type ThreadRoots } from './storage/index.ts';

/** The roots of the storage threads, beside this module. */
export const THREADS: ThreadRoots = {
  writer: siblingModule('./writer-root', import.meta.url),
  reader: siblingModule('./reader-root', import.meta.url),
};
