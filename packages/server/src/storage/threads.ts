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
  const isSource = root.pathname.endsWith('.ts');
  const execArgv = process.execArgv.filter((argument) => !argument.startsWith('--input-type'));
  if (isSource && !execArgv.includes(SOURCE_CONDITION)) execArgv.push(SOURCE_CONDITION);
  return new Worker(root, { name, workerData, transferList: [...transfer], execArgv });
}
