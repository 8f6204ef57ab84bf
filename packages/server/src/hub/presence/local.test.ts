import { describe, expect, it } from 'vitest';
import { createLocalBus } from './local-bus.ts';
import { createLocalLeases } from './local-leases.ts';

describe('local leases', () => {
  it('gives a name to one owner until it is released or ends', async () => {
    let now = 0;
    const leases = createLocalLeases({ now: () => now });

    expect(await leases.claim('job', 'a', 100)).toBe(true);
    expect(await leases.claim('job', 'b', 100)).toBe(false);
    await leases.release('job', 'b');
    expect(await leases.claim('job', 'b', 100)).toBe(false);
    now = 60;
    expect(await leases.claim('job', 'a', 100)).toBe(true);
    now = 159;
    expect(await leases.claim('job', 'b', 100)).toBe(false);
    now = 160;
    expect(await leases.claim('job', 'b', 100)).toBe(true);
    await leases.release('job', 'b');
    expect(await leases.claim('job', 'a', 100)).toBe(true);
  });

  it('lists what is in force under a prefix, sorted', async () => {
    let now = 0;
    const leases = createLocalLeases({ now: () => now });
    await leases.claim('p/a/2', 'x', 100, 'two');
    await leases.claim('p/a/1', 'y', 50, 'one');
    await leases.claim('p/ab/1', 'x', 100);
    await leases.claim('top', 'x', 100);

    const names = async (prefix: string) => (await leases.list(prefix)).map(({ name }) => name);
    expect(await leases.list('p/a/')).toEqual([
      { name: 'p/a/1', owner: 'y', expiresAtMs: 50, info: 'one' },
      { name: 'p/a/2', owner: 'x', expiresAtMs: 100, info: 'two' },
    ]);
    expect(await names('p/a')).toEqual(['p/a/1', 'p/a/2', 'p/ab/1']);
    expect(await names('p/a/2')).toEqual(['p/a/2']);
    now = 50;
    expect(await names('')).toEqual(['p/a/2', 'p/ab/1', 'top']);
  });

  it('releases all that an owner holds, and nothing of others', async () => {
    const leases = createLocalLeases();
    await leases.claim('a/1', 'x', 60_000);
    await leases.claim('b', 'x', 60_000);
    await leases.claim('a/2', 'y', 60_000);

    await leases.releaseAll('x');

    expect((await leases.list('')).map(({ name }) => name)).toEqual(['a/2']);
  });

  it('sweeps out what nobody renewed', async () => {
    let now = 0;
    const leases = createLocalLeases({ now: () => now });
    await leases.claim('a', 'x', 100);
    now = 120_000;
    await leases.claim('b', 'y', 100);
    await leases.releaseAll('x');

    expect((await leases.list('')).map(({ name }) => name)).toEqual(['b']);
  });
});

describe('the local bus', () => {
  it('reaches every listener of a subject, the sender among them, until it stops', async () => {
    const bus = createLocalBus();
    const heard: string[] = [];
    const listener = (message: Uint8Array) => heard.push(Buffer.from(message).toString());
    const stop = bus.subscribe('s', listener);
    bus.subscribe('s', listener);
    bus.subscribe('other', listener);

    bus.publish('s', Buffer.from('one'));
    await Promise.resolve();
    stop();
    stop();
    bus.publish('s', Buffer.from('two'));
    await Promise.resolve();

    expect(heard).toEqual(['one', 'one', 'two']);
  });
});
