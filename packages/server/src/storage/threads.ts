import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type MessagePort, Worker } from 'node:worker_threads';

/** The modules that put the threads together: they name what the rooms below may not know. */
export interface ThreadRoots {
  readonly writer: URL;
  readonly reader: URL;
}

const SOURCE_CONDITION = '--conditions=carillon-source';

/** A module beside the one that asks, as source or as built, whichever is running. */
export function siblingModule(name: string, from: string): URL {
  return new URL(`${name}${from.endsWith('.ts') ? '.ts' : '.js'}`, from);
}

export function spawnThread(
  root: URL,
  name: string,
  workerData: object,
  transfer: readonly MessagePort[] = [],
): Worker {
  const execArgv = process.execArgv.filter((argument) => !argument.startsWith('--input-type'));
  const options = { name, workerData, transferList: [...transfer], execArgv };
  if (!root.pathname.endsWith('.ts')) return new Worker(root, options);
  if (!execArgv.includes(SOURCE_CONDITION)) execArgv.push(SOURCE_CONDITION);
  // Source is compiled by each thread again; kept, a start takes a third of the time.
  const { NODE_COMPILE_CACHE = join(tmpdir(), 'node-compile-cache') } = process.env;
  return new Worker(root, { ...options, env: { ...process.env, NODE_COMPILE_CACHE } });
}
