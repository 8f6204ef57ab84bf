import type { Sequencer } from '@carillon/core';
import type { Commands } from './domain/index.ts';
import type { HubLog } from './hub/index.ts';
import type { Log } from './log/index.ts';
import type { Telemetry } from './telemetry/index.ts';

/** Tells how long appends took and how they ended. */
export function timed(sequencer: Sequencer, telemetry: Telemetry): Sequencer {
  return {
    async append(events, idempotency) {
      const start = performance.now();
      try {
        const appended = await sequencer.append(events, idempotency);
        telemetry.appended(events.length, performance.now() - start, appended.duplicate);
        return appended;
      } catch (error) {
        telemetry.appendFailed(error, performance.now() - start);
        throw error;
      }
    },
    erase: (positions) => sequencer.erase(positions),
  };
}

/** Tells how long the hub's reads took. */
export function timedReads(log: Log, telemetry: Telemetry): HubLog {
  return {
    get head() {
      return log.head;
    },
    async read(query) {
      const start = performance.now();
      const page = await log.read(query);
      telemetry.read(performance.now() - start);
      return page;
    },
    lastRemoved: (topics) => log.lastRemoved(topics),
    onAdvance: (listener) => log.onAdvance(listener),
    onErase: (listener) => log.onErase(listener),
  };
}

/** Counts the questions to the database. */
export function counted(log: Log, telemetry: Telemetry): Commands {
  return {
    run: (command, input, idempotency) => log.run(command, input, idempotency),
    query(query, input) {
      telemetry.queried();
      return log.query(query, input);
    },
  };
}
