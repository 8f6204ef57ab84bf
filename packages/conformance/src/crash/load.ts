import type { IdempotencyKey, NewEvent } from '@carillon/core';
import type { OpenLog } from '../log/contract.ts';
import { sinceStart, textEvent, textOf } from '../log/events.ts';
import { say } from './record.ts';

export const CRASH_TOPIC = 'stream:default/crash';

/** The events of an append, known from its key alone. */
export function batchOf(key: string, size: number): readonly NewEvent[] {
  return Array.from({ length: size }, (_, part) => textEvent(`${key} ${part} ${'·'.repeat(part * 40)}`, [CRASH_TOPIC]));
}

export function keyOf(key: string): IdempotencyKey {
  return { scope: 'crash', key, digest: key };
}

/** Appends from many appenders until `signal` or the process ends, and follows the log as a reader meanwhile. */
export async function loadLog(
  log: OpenLog,
  options: { round: string; appenders: number },
  signal: AbortSignal,
): Promise<void> {
  say({ said: 'opened', epoch: log.store.head.epoch, position: log.store.head.position });
  const appenders = Array.from({ length: options.appenders }, (_, appender) =>
    appendFor(log, `${options.round}-${appender}`, signal),
  );
  await Promise.all([...appenders, watch(log, signal)]);
}

async function appendFor({ sequencer }: OpenLog, name: string, signal: AbortSignal): Promise<void> {
  for (let n = 0; !signal.aborted; n += 1) {
    const key = `${name}-${n}`;
    const size = 1 + (n % 4);
    say({ said: 'tried', key, size });
    try {
      const { positions } = await sequencer.append(batchOf(key, size), keyOf(key));
      say({ said: 'acknowledged', key, positions });
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
      say({ said: 'refused', key, code });
      if (code === 'unavailable') return;
    }
  }
}

/** Says every event that a reader was shown. */
async function watch({ store }: OpenLog, signal: AbortSignal): Promise<void> {
  let after = store.head.position;
  while (!signal.aborted) {
    const page = await store.read({ topics: sinceStart(CRASH_TOPIC), after, limit: 500 });
    if (page.kind === 'gap') throw new Error(`a gap up to ${page.earliest} where nothing was removed`);
    for (const event of page.events) say({ said: 'saw', position: event.position, text: textOf(event) });
    after = page.upTo;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
