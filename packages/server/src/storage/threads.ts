import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type MessagePort, type ResourceLimits, Worker } from 'node:worker_threads';

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
  resourceLimits: ResourceLimits = {},
): Worker {
  const isSource = root.pathname.endsWith('.ts');
  const flags = threadFlags(isSource);
  const options = { name, workerData, transferList: [...transfer], resourceLimits, ...flags };
  if (!isSource) return new Worker(root, options);
  // Source is compiled by each thread again; kept, a start takes a third of the time.
  const { NODE_COMPILE_CACHE = join(tmpdir(), 'node-compile-cache') } = process.env;
  return new Worker(root, { ...options, env: { ...process.env, NODE_COMPILE_CACHE } });
}

/**
 * A thread takes over this process's flags by itself. Listed one by one, V8's own (`--max-old-space-size`) are
 * refused, so a list is made only where the flags as they are would not do.
 */
function threadFlags(isSource: boolean): { readonly execArgv?: string[] } {
  const lacksCondition = isSource && !process.execArgv.includes(SOURCE_CONDITION);
  const isInline = process.execArgv.some((flag) => flag.startsWith('--input-type'));
  if (!lacksCondition && !isInline) return {};
  const kept = process.execArgv.filter((flag) => /^--(?:conditions|import|require)=/.test(flag));
  return { execArgv: lacksCondition ? [...kept, SOURCE_CONDITION] : kept };
}
