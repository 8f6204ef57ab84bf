import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NewEvent, Position } from '@carillon/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHub, type Encoding, type Hub } from '../../src/hub/index.ts';
import { FakeReader, fromStart, until } from '../../src/hub/testing/fake-reader.ts';
import { type Log, openLog } from '../../src/log/index.ts';
import { STORAGE_DEFAULTS } from '../../src/storage/index.ts';
import { THREADS } from '../../src/threads.ts';

const TOPICS = ['app:default/a', 'app:default/b', 'app:default/c'] as const;
const [A] = TOPICS;

let directory: string;
let log: Log;
let hub: Hub;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'carillon-hub-'));
  // A tail of a few events: whoever is behind reads from the disk.
  const settings = { ...STORAGE_DEFAULTS, directory, tailBytes: 20_000 };
  log = await openLog({ settings, threads: THREADS });
  hub = createHub({ log, settings: { maxPendingBytes: 4_096, pageEvents: 50 } });
});

afterEach(async () => {
  hub.close();
  await log.close();
  await rm(directory, { recursive: true });
});

function event(text: string, ...topics: readonly string[]): NewEvent {
  return { type: 'test', topics: topics.length > 0 ? topics : [A], data: Buffer.from(JSON.stringify(text)) };
}

const TEXTS: Encoding = {
  name: 'texts',
  encode: ({ position, data, erased }) =>
    Buffer.from(`${position} ${erased ? 'erased' : Buffer.from(data).toString()}\n`),
};

async function publish(count: number, each: (n: number) => NewEvent): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, n) => log.append([each(n)])));
}

describe('the hub on the embedded log', () => {
  it('brings everything to everybody once and in order: live, behind, stopped and coming back', async () => {
    const attach = (owner: FakeReader, topics: readonly string[], after: Position) =>
      hub.attach(owner, { encoding: TEXTS, topics: fromStart(...topics), after });
    const owners = new Map(TOPICS.map((topic) => [topic, new FakeReader()]));
    for (const [topic, owner] of owners) attach(owner, [topic], 0);
    const stopped = new FakeReader();
    stopped.taking = false;
    const stoppedReader = attach(stopped, TOPICS, 0);
    const texts = new Map<Position, readonly string[]>();
    const returning: FakeReader[] = [];

    for (let round = 0; round < 20; round++) {
      const topicsOf = (n: number) => TOPICS.filter((_, bit) => ((n % 7) + 1) & (1 << bit));
      const first = log.head.position + 1;
      await publish(100, (n) => event(`${round}/${n}`, ...topicsOf(n)));
      for (let n = 0; n < 100; n++) texts.set(first + n, topicsOf(n));
      const owner = new FakeReader();
      attach(owner, TOPICS, round * 50);
      returning.push(owner);
    }

    const all = [...texts.keys()];
    await until('the returning have all', () => returning.every((owner) => owner.positions.at(-1) === all.at(-1)));
    for (const [index, owner] of returning.entries()) expect(owner.positions).toEqual(all.slice(index * 50));
    for (const [topic, owner] of owners) {
      const wanted = all.filter((position) => texts.get(position)?.includes(topic));
      await until('the live ones have all', () => owner.positions.at(-1) === wanted.at(-1));
      expect(owner.positions).toEqual(wanted);
    }
    expect(stopped.pendingBytes).toBeLessThanOrEqual(4_096 + 65_536);
    expect(stoppedReader.live).toBe(false);

    stopped.drain();
    await until('the stopped one has all', () => stopped.positions.at(-1) === all.at(-1));
    expect(stopped.positions).toEqual(all);
  });

  it('answers long polls across what is in memory and what is not', async () => {
    await publish(500, (n) => event(`early ${n}`));
    const { signal } = new AbortController();
    const mayRead = () => true;
    const seen: Position[] = [];
    const poll = async () => {
      let after = 0;
      while (seen.length < 1_000) {
        const limits = { limit: 90, maxBytes: 100_000, timeoutMs: 5_000 };
        const page = await hub.wait({ topics: fromStart(A), after, mayRead, signal, ...limits });
        if (page.kind === 'gap') throw new Error(`a gap up to ${page.earliest}`);
        seen.push(...page.events.map(({ position }) => position));
        after = page.upTo;
      }
    };

    const polled = poll();
    for (let round = 0; round < 10; round++) await publish(50, (n) => event(`late ${round}/${n}`));
    await polled;

    expect(seen).toEqual(Array.from({ length: 1_000 }, (_, n) => n + 1));
  });

  it('shows nobody what was erased before it was delivered', async () => {
    await log.append([event('kept'), event('secret'), event('kept too')]);
    const live = new FakeReader();
    const reader = hub.attach(live, { encoding: TEXTS, topics: fromStart(A), after: 0 });
    await until('it is live', () => reader.live);
    expect(live.writes.join('')).toContain('secret');

    await log.erase([2]);
    const late = new FakeReader();
    hub.attach(late, { encoding: TEXTS, topics: fromStart(A), after: 0 });

    await until('it has all', () => late.positions.at(-1) === 3);
    expect(late.frames.slice(0, 3)).toEqual(['1 "kept"', '2 erased', '3 "kept too"']);
  });
});
