import type { Event, Page } from '@carillon/core';
import { afterEach, describe, expect, it } from 'vitest';
import { createHub } from './create-hub.ts';
import type { Hub, WaitOptions } from './hub.ts';
import { FakeLog } from './testing/fake-log.ts';
import { fromStart, until } from './testing/fake-reader.ts';
import { turns } from './testing/turns.ts';

let hub: Hub | undefined;
afterEach(() => hub?.close());

function start(): { log: FakeLog; hub: Hub } {
  const log = new FakeLog();
  hub = createHub({ log });
  return { log, hub };
}

function ask(topics: readonly string[], more: Partial<WaitOptions> = {}): WaitOptions {
  const { signal } = new AbortController();
  const allowed = { mayRead: () => true, signal, timeoutMs: 60_000 };
  return { topics: fromStart(...topics), after: 0, limit: 10, maxBytes: 1_000_000, ...allowed, ...more };
}

function shown(page: Page): unknown {
  return page.kind === 'gap' ? page : { upTo: page.upTo, positions: page.events.map(({ position }) => position) };
}

describe('a wait', () => {
  it('is answered at once when something is there', async () => {
    const { log, hub } = start();
    log.publish('a');
    log.publish('b');
    log.publish('a');

    expect(shown(await hub.wait(ask(['a'])))).toEqual({ upTo: 3, positions: [1, 3] });
    expect(shown(await hub.wait(ask(['a'], { limit: 1 })))).toEqual({ upTo: 1, positions: [1] });
    expect(hub.counts.waits).toBe(0);
  });

  it('parks until something happens on one of its topics, and on no other', async () => {
    const { log, hub } = start();
    const answer = hub.wait(ask(['a', 'b']));
    await until('it is parked', () => hub.counts.waits === 1 && log.reads.length === 1);

    log.publish('c');
    await turns(5);
    expect(log.reads).toHaveLength(1);
    log.publish('b');

    expect(shown(await answer)).toEqual({ upTo: 2, positions: [2] });
    expect(hub.counts).toMatchObject({ waits: 0, groups: 0 });
  });

  it('is answered from memory by what comes while it is parked, above its floors and within its limits', async () => {
    const { log, hub } = start();
    const topics = [
      { topic: 'a', since: 0 },
      { topic: 'b', since: 3 },
    ];
    const accepts = ({ position }: Event) => position > 1;
    const answer = hub.wait(ask([], { topics, accepts, limit: 2 }));
    await until('it is parked', () => hub.counts.waits === 1 && log.reads.length === 1);

    log.publish('a');
    await turns(5);
    log.append({ topics: ['c'] }, { topics: ['b'] }, { topics: ['b'] }, { topics: ['a', 'b'] }, { topics: ['a'] });

    expect(shown(await answer)).toEqual({ upTo: 5, positions: [4, 5] });
    expect(log.reads).toHaveLength(1);
  });

  it('asks the log for what may have been erased since', async () => {
    const { log, hub } = start();
    const answer = hub.wait(ask(['a']));
    await until('it is parked', () => hub.counts.waits === 1 && log.reads.length === 1);

    log.append({ topics: ['a'] }, { topics: ['system'] });

    expect(shown(await answer)).toEqual({ upTo: 2, positions: [1] });
    expect(log.reads).toHaveLength(2);
  });

  it('hears of what becomes durable while it reads', async () => {
    const { log, hub } = start();
    log.holding = true;
    const answer = hub.wait(ask(['a']));
    await until('it reads', () => log.held.length === 1);

    log.publish('a');
    await until('the pass is over', () => hub.head.position === 1);
    log.holding = false;
    log.release();

    expect(shown(await answer)).toEqual({ upTo: 1, positions: [1] });
  });

  it('ends empty at its deadline with the newest position', async () => {
    const { log, hub } = start();
    const answer = hub.wait(ask(['a'], { timeoutMs: 60 }));
    await until('it is parked', () => log.reads.length === 1);
    log.publish('other');

    expect(shown(await answer)).toEqual({ upTo: 1, positions: [] });
    expect(log.reads).toHaveLength(1);
  });

  it('may ask without waiting', async () => {
    const { hub } = start();

    expect(shown(await hub.wait(ask(['a'], { timeoutMs: 0 })))).toEqual({ upTo: 0, positions: [] });
  });

  it('that does not wait is still told what is there, however long the log takes to say so', async () => {
    const { log, hub } = start();
    const later = hub.wait(ask(['b'], { timeoutMs: 120 }));
    await until('it is parked', () => log.reads.length === 1);
    log.publish('a');
    log.holding = true;

    const answer = hub.wait(ask(['a'], { timeoutMs: 0 }));
    await later;
    log.holding = false;
    log.release();

    expect(shown(await answer)).toEqual({ upTo: 1, positions: [1] });
  });

  it('ends soon after its deadline although the log does not answer', async () => {
    const { log, hub } = start();
    log.holding = true;

    expect(shown(await hub.wait(ask(['a'], { timeoutMs: 30 })))).toEqual({ upTo: 0, positions: [] });
  });

  it('does not tell a position that it has not looked at when a hint was lost', async () => {
    const { log, hub } = start();
    const answer = hub.wait(ask(['a'], { timeoutMs: 60 }));
    await until('it is parked', () => log.reads.length === 1);
    log.telling = false;
    log.publish('a');

    const page = await answer;
    expect(shown(page)).toEqual({ upTo: 0, positions: [] });
  });

  it('asks again when the next hint shows that one was lost', async () => {
    const { log, hub } = start();
    const answer = hub.wait(ask(['a']));
    await until('it is parked', () => log.reads.length === 1);
    log.telling = false;
    log.publish('a');
    log.loseHint();
    log.telling = true;

    log.publish('b');

    expect(shown(await answer)).toEqual({ upTo: 2, positions: [1] });
  });

  it('ends empty when its client goes, before or while it is parked', async () => {
    const { log, hub } = start();
    const client = new AbortController();
    const answer = hub.wait(ask(['a'], { signal: client.signal }));
    await until('it is parked', () => log.reads.length === 1);

    client.abort();

    expect(shown(await answer)).toEqual({ upTo: 0, positions: [] });
    expect(hub.counts.waits).toBe(0);
    expect(shown(await hub.wait(ask(['a'], { signal: client.signal })))).toEqual({ upTo: 0, positions: [] });
  });

  it('tells a gap, a broken log and refused topics', async () => {
    const { log, hub } = start();
    log.publish('a');
    log.publish('b');
    log.remove(1);

    expect(await hub.wait(ask(['a']))).toEqual({ kind: 'gap', earliest: 1 });
    await expect(hub.wait(ask(['a'], { mayRead: () => false }))).rejects.toMatchObject({ code: 'forbidden' });
    const mayRead = (topic: string) => topic !== 'a';
    expect(shown(await hub.wait(ask(['a', 'b'], { mayRead })))).toEqual({ upTo: 2, positions: [2] });
    log.failure = new Error('a bad sum');
    await expect(hub.wait(ask(['b']))).rejects.toBe(log.failure);
  });

  it('is told when it loses its last topic while parked', async () => {
    const { log, hub } = start();
    let isAllowed = true;
    const answer = hub.wait(ask(['a'], { mayRead: () => isAllowed }));
    await until('it is parked', () => log.reads.length === 1);

    isAllowed = false;
    hub.recheck();

    await expect(answer).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('goes on over what its asker does not want', async () => {
    const { log, hub } = start();
    for (let count = 0; count < 5; count++) log.publish('a');
    const accepts = ({ position }: { position: number }) => position > 5 && position % 2 === 1;

    const answer = hub.wait(ask(['a'], { limit: 2, accepts }));
    await until('it has read all pages', () => log.reads.length === 3);
    log.publish('a');
    await until('it was woken', () => log.reads.length === 4);
    expect(hub.counts.waits).toBe(1);
    log.publish('a');

    expect(shown(await answer)).toEqual({ upTo: 7, positions: [7] });
  });

  it('shares its read with all who ask the same', async () => {
    const { log, hub } = start();
    const answers = Array.from({ length: 250 }, () => hub.wait(ask(['a'])));
    await until('all are parked', () => hub.counts.waits === 250 && log.reads.length >= 3);
    await turns(5);
    log.reads = [];

    log.publish('a');

    for (const answer of answers) expect(shown(await answer)).toEqual({ upTo: 1, positions: [1] });
    expect(log.reads.length).toBeLessThanOrEqual(3);
  });

  it('is answered when the hub closes', async () => {
    const { log, hub } = start();
    const answer = hub.wait(ask(['a']));
    await until('it is parked', () => log.reads.length === 1);

    hub.close();

    expect(shown(await answer)).toEqual({ upTo: 0, positions: [] });
  });
});
