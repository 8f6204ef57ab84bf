import type { LogStore } from '@carillon/core';
import {
  type Commands,
  collectStream,
  expireStreams,
  type StreamGarbage,
  streamChores,
} from '../../../domain/index.ts';
import type { KeepAlive } from './keep-alive.ts';

const TICK_MS = 250;
/** Live readers keep their streams alive at this pace, every three seconds. */
const TICKS_PER_RENEWAL = 12;
const GARBAGE_PER_TICK = 16;
const EVENTS_PER_COMMAND = 500;
const BYTES_PER_READ = 4_194_304;

export interface ChoreDependencies {
  readonly commands: Commands;
  readonly log: LogStore;
  readonly keepAlive: KeepAlive;
  readonly report: (error: unknown) => void;
}

/** Ends streams whose time has come and removes the events of deleted ones, a little at a time. */
export function startChores(deps: ChoreDependencies): { close(): Promise<void> } {
  let isClosed = false;
  let ticks = 0;
  let underWay = Promise.resolve();
  const tick = (): void => {
    ticks += 1;
    underWay = doChores(deps, { renew: ticks % TICKS_PER_RENEWAL === 0 })
      .catch((error: unknown) => {
        if (!isClosed) deps.report(error);
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

async function doChores(
  { commands, log, keepAlive }: ChoreDependencies,
  { renew }: { readonly renew: boolean },
): Promise<void> {
  if (renew) await keepAlive.renew();
  const { rows } = await commands.query(streamChores, { nowMs: Date.now(), limit: GARBAGE_PER_TICK });
  if (rows.due) await commands.run(expireStreams, {});
  for (const range of rows.garbage) await collect(commands, log, range);
}

/** One step: what is removed and how far that is are one commit, so a stop in between repeats nothing. */
async function collect(commands: Commands, log: LogStore, range: StreamGarbage): Promise<void> {
  const { topic, since, until } = range;
  if (log.head.position < until) return;
  const page = await log.read({
    topics: [{ topic, since }],
    after: since,
    until,
    limit: EVENTS_PER_COMMAND,
    maxBytes: BYTES_PER_READ,
  });
  if (page.kind === 'gap') {
    await commands.run(collectStream, { range, positions: [], upTo: Math.min(page.earliest, until) });
    return;
  }
  const positions = page.events.map((event) => event.position).filter((position) => position <= until);
  await commands.run(collectStream, { range, positions, upTo: Math.min(page.upTo, until) });
}
