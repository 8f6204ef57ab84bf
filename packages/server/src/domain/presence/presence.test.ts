import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  block,
  deleteAccount,
  ingestAccount,
  listPresences,
  onlineAccounts,
  ownAccount,
  readPresence,
  reportPresence,
  setOnline,
  suspendAccount,
  updateProfile,
} from '../index.ts';
import { type OpenDomain, openDomain } from '../testing/open-domain.ts';

let domain: OpenDomain;
let count = 0;
const maxMembers = 1_000;

beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain[Symbol.asyncDispose]());

const person = () => domain.account(`person${++count}`);
const ago = (ms: number) => Date.now() - ms;
const connect = (account: number, online: boolean, at = Date.now(), most = maxMembers) =>
  domain.run(setOnline, { account, online, at, maxMembers: most });
const report = (actor: number, status: 'active' | 'idle', at = Date.now(), most = maxMembers) =>
  domain.run(reportPresence, { actor, status, at, maxMembers: most });
const share = (actor: number, sharesPresence: boolean) =>
  domain.run(updateProfile, { actor, profile: {}, settings: { sharesPresence } });
const read = (viewer: number, account: number, most = maxMembers) =>
  domain.ask(readPresence, { viewer, account, maxMembers: most });

/** Runs something and gives what was told of presence meanwhile: topic and status. */
async function told(act: () => Promise<unknown>): Promise<readonly unknown[]> {
  const before = domain.heard.length;
  await act();
  return domain.since(before).flatMap(({ type, topics, data }) => {
    // What `presence.changed` says.
    const { status } = data as { status?: string };
    return type === 'presence.changed' ? [[...topics, status]] : [];
  });
}

describe('an account that comes and goes', () => {
  it('is told of once, however often it is said, with the times at which it was here', async () => {
    const [{ id }, other] = [await person(), await person()];
    const [came, left] = [ago(5_000), ago(1_000)];

    expect(await told(() => connect(id, true, came))).toEqual([['presence', 'active']]);
    expect(await told(() => connect(id, true))).toEqual([]);
    expect(await domain.ask(onlineAccounts, {})).toContain(id);
    expect(await read(other.id, id)).toEqual({ account: id, status: 'active', activeAt: came, idleAt: 0 });
    expect(await told(() => connect(id, false, left))).toEqual([['presence', 'offline']]);
    expect(await told(() => connect(id, false))).toEqual([]);
    expect(await read(other.id, id)).toEqual({ account: id, status: 'offline', activeAt: came, idleAt: left });
    expect(await domain.ask(onlineAccounts, {})).not.toContain(id);
  });

  it('is told of to members with its public facts alone', async () => {
    const { id } = await person();
    const before = domain.heard.length;
    const at = ago(1_000);
    await connect(id, true, at);

    expect(domain.since(before)).toEqual([
      {
        type: 'presence.changed',
        topics: ['presence'],
        data: { account: id, status: 'active', activeAt: at, idleAt: 0 },
      },
    ]);
  });

  it('is no bot, nobody from elsewhere, and nobody who is suspended or gone', async () => {
    const [bot, suspended, gone] = [await domain.account('bot', { kind: 'bot' }), await person(), await person()];
    const entry = { actor: 'test', action: 'test', target: 'test' };
    await connect(gone.id, true);
    await domain.run(suspendAccount, { input: { account: suspended.id }, entry });
    await domain.run(deleteAccount, { input: { account: gone.id }, entry });

    const url = 'https://verona.example/@friar';
    const remote = await domain.run(ingestAccount, { name: 'friar', domain: 'verona.example', displayName: '', url });

    for (const { id } of [bot, suspended, gone, remote]) {
      expect(await told(() => connect(id, true))).toEqual([]);
      expect(await told(() => connect(id, false))).toEqual([]);
    }
    await expect(report(bot.id, 'active')).rejects.toMatchObject({ code: 'forbidden' });
    await expect(report(suspended.id, 'active')).rejects.toMatchObject({ code: 'unauthorized' });
    expect(await domain.ask(onlineAccounts, {})).not.toContain(gone.id);
  });
});

describe('a report', () => {
  it('is told when it changes something, and at most once a minute', async () => {
    const { id } = await person();
    await connect(id, true, ago(300_000));

    expect(await told(() => report(id, 'active', ago(240_000)))).toEqual([]);
    expect(await told(() => report(id, 'idle', ago(200_000)))).toEqual([['presence', 'idle']]);
    expect(await told(() => report(id, 'active', ago(180_000)))).toEqual([]);
    expect(await read(id, id)).toMatchObject({ status: 'active' });
    expect(await told(() => report(id, 'active', ago(130_000)))).toEqual([['presence', 'active']]);
    expect(await told(() => report(id, 'idle', ago(100_000)))).toEqual([]);
    // Gone is told at once, and whoever comes back is active.
    expect(await told(() => connect(id, false, ago(99_000)))).toEqual([['presence', 'offline']]);
    expect(await told(() => connect(id, true, ago(98_000)))).toEqual([['presence', 'active']]);
  });

  it('makes nobody online, keeps the newest times, and knows no future', async () => {
    const { id } = await person();
    const at = ago(10_000);

    expect(await told(() => report(id, 'idle', at))).toEqual([]);
    await report(id, 'idle', at - 1_000);
    const seen = await report(id, 'active', Date.now() + 3_600_000);

    expect(seen).toMatchObject({ account: id, status: 'offline', idleAt: at });
    expect(seen.activeAt).toBeLessThanOrEqual(Date.now());
  });
});

describe('who may know', () => {
  it('is the account alone when it shares nothing, from the next word on', async () => {
    const [{ id }, other] = [await person(), await person()];
    await connect(id, true, ago(200_000));
    expect((await domain.ask(ownAccount, { account: id })).settings.sharesPresence).toBe(true);

    expect((await share(id, false)).settings.sharesPresence).toBe(false);
    expect([await read(other.id, id), (await read(id, id))?.status]).toEqual([undefined, 'active']);
    expect(await told(() => connect(id, true, ago(150_000)))).toEqual([['presence', 'offline']]);
    expect(await told(() => report(id, 'idle', ago(80_000)))).toEqual([[`account:${id}`, 'idle']]);
    expect(await told(() => connect(id, false, ago(70_000)))).toEqual([[`account:${id}`, 'offline']]);
    expect(await told(() => connect(id, true, ago(60_000)))).toEqual([[`account:${id}`, 'active']]);
    await share(id, true);
    expect(await told(() => connect(id, true))).toEqual([['presence', 'active']]);
  });

  it('is nobody else in a community of too many, and whoever was told before is told the end', async () => {
    const [{ id }, other] = [await person(), await person()];
    await connect(id, true);

    expect(await told(() => connect(id, true, Date.now(), 1))).toEqual([['presence', 'offline']]);
    expect(await told(() => connect(id, false, Date.now(), 1))).toEqual([[`account:${id}`, 'offline']]);
    expect(await told(() => connect(id, true, Date.now(), 1))).toEqual([[`account:${id}`, 'active']]);
    expect(await read(other.id, id, 1)).toBeUndefined();
    expect(await domain.ask(listPresences, { viewer: id, maxMembers: 1 })).toMatchObject([{ account: id }]);
    expect(await domain.ask(listPresences, { viewer: other.id, maxMembers: 1 })).toEqual([]);
  });

  it('is nobody behind a block, in either direction, and the list leaves out who was not here since', async () => {
    const [viewer, blocked, blocker, here, long] = [
      await person(),
      await person(),
      await person(),
      await person(),
      await person(),
    ];
    await domain.run(block, { actor: viewer.id, target: blocked.id, on: true });
    await domain.run(block, { actor: blocker.id, target: viewer.id, on: true });
    for (const { id } of [blocked, blocker, here]) await connect(id, true, ago(90_000));
    await connect(long.id, true, ago(90_000));
    const left = ago(80_000);
    await connect(long.id, false, left);
    const among = [viewer, blocked, blocker, here, long].map(({ id }) => id);
    const list = async (since?: number) =>
      (await domain.ask(listPresences, { viewer: viewer.id, maxMembers, ...(since === undefined ? {} : { since }) }))
        .map(({ account }) => account)
        .filter((account) => among.includes(account));

    expect(await list()).toEqual([here.id, long.id]);
    expect(await list(left)).toEqual([here.id, long.id]);
    expect(await list(left + 1)).toEqual([here.id]);
    for (const { id } of [blocked, blocker]) expect(await read(viewer.id, id)).toBeUndefined();
    expect(await read(here.id, blocked.id)).toMatchObject({ status: 'active' });
  });
});
