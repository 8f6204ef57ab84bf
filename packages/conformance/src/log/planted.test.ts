import type { LogStore, Sequencer } from '@carillon/core';
import { expect, test } from 'vitest';
import { ReferenceLog } from '../model/reference-log.ts';
import { LOG_CASES } from './cases.ts';
import type { LogCapabilities, OpenLog } from './contract.ts';
import { runCase } from './suite.ts';

const CAPABILITIES: LogCapabilities = { reopen: false, readsOwnWrites: true, expire: true };

function broken(change: (log: ReferenceLog) => { store?: Partial<LogStore>; sequencer?: Partial<Sequencer> }) {
  return async (): Promise<OpenLog> => {
    const log = new ReferenceLog();
    const { store = {}, sequencer = {} } = change(log);
    const { read, lastRemoved, onAdvance } = log.store;
    return {
      sequencer: { ...log.sequencer, ...sequencer },
      // Keeps an accessor of the change an accessor.
      store: Object.defineProperties(
        { head: log.store.head, read, lastRemoved, onAdvance },
        { head: { get: () => log.store.head }, ...Object.getOwnPropertyDescriptors(store) },
      ),
      expire: log.expire.bind(log),
      close: log.close.bind(log),
    };
  };
}

/** Logs that break one promise each: a suite that passes one of them would be worth nothing. */
const PLANTED: Readonly<Record<string, () => Promise<OpenLog>>> = {
  'forgets idempotency keys': broken(({ sequencer }) => ({
    sequencer: { append: (events) => sequencer.append(events) },
  })),
  'takes any digest': broken(({ sequencer }) => ({
    sequencer: { append: (events, key) => sequencer.append(events, key && { ...key, digest: '' }) },
  })),
  'shares keys between scopes': broken(({ sequencer }) => ({
    sequencer: { append: (events, key) => sequencer.append(events, key && { ...key, scope: '' }) },
  })),
  'ignores floors': broken(({ store }) => ({
    store: { read: (query) => store.read({ ...query, topics: query.topics.map((one) => ({ ...one, since: 0 })) }) },
  })),
  'ignores until': broken(({ store }) => ({
    store: { read: ({ until: _, ...query }) => store.read(query) },
  })),
  'ignores the limit': broken(({ store }) => ({ store: { read: (query) => store.read({ ...query, limit: 1_000 }) } })),
  'loses an event at a page’s end': broken(({ store }) => ({
    store: {
      async read(query) {
        const page = await store.read(query);
        return page.kind === 'page' && page.events.length === query.limit ? { ...page, upTo: page.upTo + 1 } : page;
      },
    },
  })),
  'keeps a quiet reader where it is': broken(({ store }) => ({
    store: {
      async read(query) {
        const page = await store.read(query);
        return page.kind === 'page' ? { ...page, upTo: page.events.at(-1)?.position ?? query.after } : page;
      },
    },
  })),
  'tells of no gap': broken((log) => ({
    store: {
      async read(query) {
        const page = await log.store.read(query);
        return page.kind === 'gap' ? log.store.read({ ...query, after: page.earliest }) : page;
      },
    },
  })),
  'erases nothing': broken(() => ({ sequencer: { erase: async () => {} } })),
  'seals too early': broken(({ store }) => ({
    store: {
      get head() {
        return { ...store.head, sealedMs: Date.now() + 1 };
      },
    },
  })),
  'stores a batch one by one': broken(({ sequencer }) => ({
    sequencer: {
      async append(events, key) {
        const positions: number[] = [];
        for (const [n, event] of events.entries()) {
          const one = await sequencer.append([event], key && { ...key, key: `${key.key} ${n}` });
          await new Promise((resolve) => setImmediate(resolve));
          positions.push(...one.positions);
        }
        return { positions, duplicate: false };
      },
    },
  })),
};

test.each(Object.entries(PLANTED))('a log that %s fails the suite', async (_, open) => {
  const failed: string[] = [];
  for (const one of LOG_CASES.filter(({ needs = [] }) => needs.every((need) => CAPABILITIES[need]))) {
    await runCase(one, open, CAPABILITIES).catch(() => failed.push(one.name));
    if (failed.length > 0) break;
  }

  expect(failed).toHaveLength(1);
});
