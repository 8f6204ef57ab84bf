import { afterEach, describe, expect, it } from 'vitest';
import { createHub } from './create-hub.ts';
import type { Hub } from './hub.ts';
import type { Reader } from './reader.ts';
import type { HubSettings } from './settings.ts';
import { FakeLog } from './testing/fake-log.ts';
import { FakeReader, fromStart, LINES, until } from './testing/fake-reader.ts';
import { turns } from './testing/turns.ts';

let hub: Hub | undefined;
afterEach(() => hub?.close());

async function start(topics: readonly string[], settings: Partial<HubSettings> = {}) {
  const log = new FakeLog();
  const opened = createHub({ log, settings });
  hub = opened;
  const owner = new FakeReader();
  const reader = opened.attach(owner, { encoding: LINES, topics: fromStart(...topics), after: 0 });
  await live(reader);
  return { log, hub: opened, owner, reader };
}

const live = (reader: Reader) => until('the reader is live', () => reader.live);

describe('added topics', () => {
  it('are replayed without what the reader has seen, then announced, then live', async () => {
    const { log, owner, reader } = await start(['a']);
    for (const topics of [['a'], ['b'], ['a', 'b'], ['c'], ['b']]) log.publish(...topics);
    await until('the reader is level', () => reader.position === 5);

    reader.addTopics(fromStart('b', 'c'), 1);
    log.publish('a', 'c');
    await live(reader);
    log.publish('c');

    await until('the last came', () => owner.positions.at(-1) === 7);
    expect(owner.frames).toEqual(['live 0 a', '1 a', '3 a', '2 b', '4 c', '5 b', '6 a c', 'live 6 b c', '7 c']);
  });

  it('that ask for nothing back begin now', async () => {
    const { log, owner, reader } = await start(['a']);
    log.publish('b');
    await until('the reader is level', () => reader.position === 1);

    reader.addTopics(fromStart('b'), 1);
    await live(reader);
    log.publish('b');

    await until('it came', () => owner.positions.length === 1);
    expect(owner.frames).toEqual(['live 0 a', 'live 1 b', '2 b']);
  });

  it('are announced one list for each call', async () => {
    const { owner, reader } = await start([]);

    reader.addTopics(fromStart('a'), 0);
    reader.addTopics(fromStart('b', 'c'), 0);

    await live(reader);
    expect(owner.frames).toEqual(['live 0 a', 'live 0 b c']);
  });

  it('hold the position back until their history is through', async () => {
    const { log, reader } = await start(['a']);
    for (let count = 0; count < 4; count++) log.publish('b');
    await until('the reader is level', () => reader.position === 4);
    log.holding = true;

    reader.addTopics(fromStart('b'), 1);

    expect(reader.position).toBe(1);
    expect(reader.live).toBe(false);
    log.holding = false;
    await until('it reads', () => log.held.length > 0 || reader.live);
    log.release();
    await live(reader);
    expect(reader.position).toBe(4);
  });

  it('that are removed in the midst of their replay leave the rest to the topics added after them', async () => {
    const { log, owner, reader } = await start(['a'], { pageEvents: 1 });
    for (let count = 0; count < 4; count++) log.publish('b', 'c');
    await until('the reader is level', () => reader.position === 4);
    log.holding = true;
    reader.addTopics(fromStart('b'), 0);
    reader.addTopics(fromStart('c'), 0);
    for (let page = 0; page < 2; page++) {
      await until('it reads', () => log.held.length > 0);
      log.release();
      await turns(2);
    }
    expect(owner.positions).toEqual([1, 2]);

    reader.removeTopics(['b']);
    log.holding = false;
    log.release();

    await live(reader);
    expect(owner.frames.slice(1)).toEqual(['1 b c', '2 b c', '3 c', '4 c', 'live 4 c']);
  });

  it('tell of a gap in their history', async () => {
    const { log, owner, reader } = await start(['a']);
    for (let count = 0; count < 5; count++) log.publish('b');
    await until('the reader is level', () => reader.position === 5);
    log.remove(3);

    reader.addTopics(fromStart('b'), 0);

    await live(reader);
    expect(owner.frames.slice(1)).toEqual(['gap 3', '4 b', '5 b', 'live 5 b']);
  });
});

describe('removed topics', () => {
  it('are silent from that moment, whatever was pending', async () => {
    const { log, owner, reader } = await start(['a', 'b']);

    log.publish('a');
    log.publish('b');
    reader.removeTopics(['a', 'never had']);

    await until('the other came', () => owner.positions.length > 0);
    log.publish('a', 'b');
    await until('the next came', () => owner.positions.at(-1) === 3);
    expect(owner.frames.slice(1)).toEqual(['2 b', '3 b']);
  });

  it('may be all of them, and others may follow', async () => {
    const { log, owner, reader } = await start(['a']);
    reader.removeTopics(['a']);
    log.publish('a');
    await until('its position moves on', () => reader.live && reader.position === 1);

    reader.addTopics(fromStart('b'), 1);
    log.publish('b');

    await until('it came', () => owner.positions.length === 1);
    expect(owner.errors).toEqual([]);
  });
});

describe('a membership', () => {
  it('shows nothing from before it began, through whatever topic it is the only one', async () => {
    const log = new FakeLog();
    hub = createHub({ log });
    for (const topics of [['a'], ['b'], ['a', 'b'], ['b']]) log.publish(...topics);
    const owner = new FakeReader();
    const topics = [
      { topic: 'a', since: 0 },
      { topic: 'b', since: 3 },
    ];

    const reader = hub.attach(owner, { encoding: LINES, topics, after: 0 });

    await live(reader);
    expect(owner.frames).toEqual(['1 a', '3 a', '4 b', 'live 4 a b']);
  });

  it('that begins with an event still on its way does not show that event', async () => {
    const { log, owner, reader } = await start(['a']);
    reader.addTopics([{ topic: 'b', since: 2 }], 0);

    log.publish('a', 'b');
    log.publish('b');
    log.publish('b');

    await until('the third came', () => owner.positions.at(-1) === 3);
    expect(owner.frames).toEqual(['live 0 a', '1 a', '3 b', 'live 3 b']);
  });
});

describe('rights', () => {
  it('are asked again before anything more is delivered', async () => {
    const { log, hub, owner, reader } = await start(['a', 'b']);
    owner.refused.add('a');

    hub.recheck();
    log.publish('a');
    log.publish('a', 'b');

    await until('what is left came', () => owner.positions.length === 1);
    expect(owner.frames.slice(1)).toEqual(['2 b']);
    expect(owner.errors).toEqual([]);
    await live(reader);
  });

  it('that are gone end the reader, although nothing happens', async () => {
    const { hub, owner } = await start(['a', 'b']);
    owner.refused.add('a').add('b');

    hub.recheck();

    await until('it failed', () => owner.errors.length > 0);
    expect(owner.errors).toMatchObject([{ code: 'forbidden' }]);
    expect(hub.counts.readers).toBe(0);
  });

  it('are asked of everybody, however many leave meanwhile', async () => {
    const { hub } = await start([]);
    const owners = Array.from({ length: 1_000 }, () => new FakeReader());
    const readers = owners.map((owner) => hub.attach(owner, { encoding: LINES, topics: fromStart('a'), after: 0 }));
    await until('all are live', () => readers.every((reader) => reader.live));
    for (const owner of owners) owner.refused.add('a');

    hub.recheck();
    for (const [index, reader] of readers.entries()) {
      if (index % 100 === 0) await turns(1);
      if (index % 3 === 0) reader.detach();
    }

    await until('all are gone', () => hub.counts.readers === 1);
    const told = owners.filter((owner) => owner.errors.length === 1).length;
    expect(told).toBeGreaterThanOrEqual(666);
  });

  it('are asked before a replay begins and again after its page came', async () => {
    const { log, hub } = await start([]);
    log.publish('a');
    const refused = new FakeReader();
    refused.refused.add('a');
    hub.attach(refused, { encoding: LINES, topics: fromStart('a'), after: 0 });
    await until('it failed', () => refused.errors.length > 0);
    expect(log.reads).toEqual([]);

    log.holding = true;
    const revoked = new FakeReader();
    hub.attach(revoked, { encoding: LINES, topics: fromStart('a'), after: 0 });
    await until('it reads', () => log.held.length > 0);
    revoked.refused.add('a');
    hub.recheck();
    log.release();

    await until('it failed', () => revoked.errors.length > 0);
    expect([...refused.frames, ...revoked.frames]).toEqual([]);
  });
});
