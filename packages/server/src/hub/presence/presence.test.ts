import { afterEach, describe, expect, it } from 'vitest';
import { until } from '../testing/fake-reader.ts';
import { createLocalBus } from './local-bus.ts';
import { createLocalLeases } from './local-leases.ts';
import { createPresence, type Presence, type PresenceChange } from './presence.ts';

const open: Presence[] = [];
afterEach(() => {
  for (const presence of open.splice(0)) presence.close();
});

/** Two nodes over one Bus and one set of leases. */
function twoNodes(ttlMs = 30_000): { here: Presence; there: Presence } {
  const shared = { bus: createLocalBus(), leases: createLocalLeases(), ttlMs };
  const here = createPresence(shared);
  const there = createPresence(shared);
  open.push(here, there);
  return { here, there };
}

function hear(presence: Presence, topic: string): { heard: string[]; stop: () => void } {
  const heard: string[] = [];
  const stop = presence.listen(topic, ({ action, member }: PresenceChange) => heard.push(`${action} ${member.id}`));
  return { heard, stop };
}

const ada = { id: 'ada', info: '{"name":"Ada"}' };
const bob = { id: 'bob', info: '{}' };

describe('presence', () => {
  it('lists members by id, each once', async () => {
    const { here, there } = twoNodes();

    await here.enter('room', 'c1', bob);
    await there.enter('room', 'c2', ada);
    await here.enter('room', 'c3', ada);
    await here.enter('other', 'c1', bob);

    expect(await there.list('room')).toEqual([ada, bob]);
  });

  it('tells of a member with its first connection and its last', async () => {
    const { here, there } = twoNodes();
    const { heard } = hear(there, 'room');
    await there.list('room');

    await Promise.all([here.enter('room', 'c1', ada), there.enter('room', 'c2', ada)]);
    await until('ada is heard', () => heard.length > 0);
    await here.leave('room', 'c1');
    await there.list('room');
    await there.leaveAll('c2');

    await until('she left', () => heard.length > 1);
    expect(heard).toEqual(['entered ada', 'left ada']);
  });

  it('tells of changed info', async () => {
    const { here } = twoNodes();
    const infos: string[] = [];
    here.listen('room', ({ member }) => infos.push(member.info));
    await here.list('room');

    await here.enter('room', 'c1', ada);
    await until('entered', () => infos.length === 1);
    await here.enter('room', 'c1', { ...ada, info: 'away' });

    await until('changed', () => infos.length === 2);
    expect(infos).toEqual([ada.info, 'away']);
  });

  it('lets a connection change which member it is', async () => {
    const { here } = twoNodes();
    await here.enter('room', 'c1', ada);

    await here.enter('room', 'c1', bob);

    expect(await here.list('room')).toEqual([bob]);
  });

  it('notices a node that died without a word, and keeps alive what lives', async () => {
    const { here, there } = twoNodes(60);
    const { heard } = hear(here, 'room');
    await here.enter('room', 'c1', ada);
    await there.enter('room', 'c2', bob);
    await until('both are heard', () => heard.length === 2);

    there.close();

    await until('bob is gone', () => heard.includes('left bob'));
    expect(await here.list('room')).toEqual([ada]);
    expect(heard).not.toContain('left ada');
  });

  it('leaves nothing behind when a connection ends while it enters', async () => {
    const { here } = twoNodes();

    await Promise.all([here.enter('room', 'c1', ada), here.leaveAll('c1')]);

    expect(await here.list('room')).toEqual([]);
  });

  it('stops telling', async () => {
    const { here } = twoNodes();
    const first = hear(here, 'room');
    const second = hear(here, 'room');
    await here.list('room');

    first.stop();
    await here.enter('room', 'c1', ada);

    await until('the other hears', () => second.heard.length === 1);
    expect(first.heard).toEqual([]);
  });

  it('keeps topics and ids with separators apart', async () => {
    const { here } = twoNodes();
    const odd = { id: 'a/b:c%2F', info: '' };

    await here.enter('room/1', 'c:1/2', odd);
    await here.enter('room', 'c2', ada);

    expect(await here.list('room/1')).toEqual([odd]);
    expect(await here.list('room')).toEqual([ada]);
  });

  it('limits topics of a connection and size of a member', async () => {
    const presence = createPresence({
      bus: createLocalBus(),
      leases: createLocalLeases(),
      maxInfoBytes: 20,
      maxTopicsPerConnection: 1,
    });
    open.push(presence);
    await presence.enter('room', 'c1', bob);

    await expect(presence.enter('other', 'c1', bob)).rejects.toMatchObject({ code: 'too-large' });
    await expect(presence.enter('room', 'c1', { id: 'x', info: 'y'.repeat(20) })).rejects.toMatchObject({
      code: 'too-large',
    });
    await expect(presence.enter('room', 'c1', { id: '', info: '' })).rejects.toMatchObject({ code: 'bad-request' });
  });
});
