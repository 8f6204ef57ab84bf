import { until } from '@carillon/conformance';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DEADLINE_MS, type EventsServer, startEvents } from '../../../../test/events/harness.ts';
import { type OrderReader, READERS, untilHeard } from '../../../../test/events/order-readers.ts';
import { publish } from '../../../../test/events/requests.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 60_000 });

/** Subscribe (or come back), publish, disconnect, revoke. */
type Step = 'S' | 'P' | 'D' | 'R';

const LENGTH = 7;
const AT_ONCE = 32;
let server: EventsServer;

beforeAll(async () => {
  server = await startEvents();
  server.credentials.issue('publisher');
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  expect(server.failures).toEqual([]);
});

/** Every order of the steps that can happen; three publishes in a row say nothing that two do not. */
function orders(prefix: readonly Step[] = []): readonly (readonly Step[])[] {
  if (prefix.length === LENGTH) return [prefix];
  const isConnected = prefix.lastIndexOf('S') > Math.max(prefix.lastIndexOf('D'), prefix.lastIndexOf('R'));
  const next: Step[] = [];
  if (prefix.at(-1) !== 'P' || prefix.at(-2) !== 'P') next.push('P');
  if (isConnected) next.push('D');
  if (!isConnected && !prefix.includes('R')) next.push('S');
  if (!prefix.includes('R')) next.push('R');
  return next.flatMap((step) => orders([...prefix, step]));
}

interface Run {
  readonly reader: OrderReader;
  readonly token: string;
  readonly topic: string;
  /** What the reader must hear, once and in this order, if it stays long enough. */
  readonly due: number[];
  revoked: boolean;
  joined: boolean;
  next: number;
}

async function take(run: Run, step: Step): Promise<void> {
  switch (step) {
    case 'S':
      expect(await run.reader.connect()).toBe(true);
      run.joined = true;
      return;
    case 'P':
      run.next++;
      if (run.joined && !run.revoked) run.due.push(run.next);
      await publish(server.url, 'publisher', { topic: run.topic, type: 't', data: run.next });
      return;
    case 'D':
      return run.reader.disconnect();
    case 'R': {
      const isConnected = !run.reader.ended;
      server.credentials.revoke(run.token);
      run.revoked = true;
      if (isConnected) await until(() => run.reader.ended, 'the connection is closed', DEADLINE_MS);
    }
  }
}

async function follow(kind: string, steps: readonly Step[]): Promise<void> {
  const topic = `${kind}-${steps.join('')}`;
  const token = server.credentials.issue(topic);
  const open = READERS[kind];
  if (!open) throw new Error(`no reader ${kind}`);
  const reader = open(server.url, topic, token);
  const run: Run = { reader, token, topic, due: [], revoked: false, joined: false, next: 0 };
  for (const step of steps) await take(run, step);
  if (run.revoked) {
    reader.disconnect();
    expect(await reader.connect(), topic).toBe(false);
    reader.disconnect();
    // What was on its way when the credential fell may have been cut off; nothing after it, nothing out of order.
    expect(reader.heard, topic).toEqual(run.due.slice(0, reader.heard.length));
    return;
  }
  if (steps.at(-1) === 'D' || !run.joined || reader.ended) await take(run, 'S');
  await take(run, 'P');
  await untilHeard(reader, run.due.length, topic);
  expect(reader.heard, topic).toEqual(run.due);
  reader.disconnect();
}

describe('the rule of delivery', () => {
  it.each(Object.keys(READERS))(
    'holds for %s in every order of subscribe, publish, disconnect and revoke',
    async (kind) => {
      const all = orders();
      expect(all).toHaveLength(162);
      for (let from = 0; from < all.length; from += AT_ONCE) {
        await Promise.all(all.slice(from, from + AT_ONCE).map((steps) => follow(kind, steps)));
      }
    },
  );
});
