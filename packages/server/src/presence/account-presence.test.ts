import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Leases } from '@carillon/core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { onlineAccounts, readEvent, setOnline, updateProfile } from '../domain/index.ts';
import { type OpenDomain, openDomain } from '../domain/testing/open-domain.ts';
import { createLocalLeases } from '../hub/index.ts';
import { createViews } from '../view/index.ts';
import { type AccountPresence, startAccountPresence } from './account-presence.ts';

vi.setConfig({ testTimeout: 60_000 });

const LONG_MS = 60_000;
const SOON = { timeout: 20_000 };

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'carillon-presence-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

interface Node extends AsyncDisposable {
  readonly presence: AccountPresence;
  readonly failed: ReturnType<typeof vi.fn>;
  /** Opens a connection of an account and gives how to close it. */
  open(account: number): Promise<Disposable>;
}

/** One node of a server as `main.ts` puts it together, as far as it concerns presence. */
function node(domain: OpenDomain, graceMs: number, leases: Leases = createLocalLeases(), ttlMs = LONG_MS): Node {
  const { log } = domain;
  const failed = vi.fn();
  const parts = { commands: log, log, now: Date.now, failed };
  const presence = startAccountPresence({ ...parts, leases, graceMs, ttlMs, maxMembers: 100 });
  const views = createViews({ ...parts, connected: (account, isHere) => presence.connected(account, isHere) });
  return {
    presence,
    failed,
    open: (account) => views.open(account),
    async [Symbol.asyncDispose]() {
      views.close();
      presence.close();
    },
  };
}

/** What was told of an account since the log was opened. */
function told({ heard }: OpenDomain, account: number): readonly string[] {
  const said = heard.map((event) => readEvent(event, 'presence.changed'));
  return said.flatMap((data) => (data?.account === account ? [data.status] : []));
}

/** Resolves once every command that was given before has been carried out; `account` is online. */
function flushed(domain: OpenDomain, account: number): Promise<undefined> {
  return domain.run(setOnline, { account, online: true, at: Date.now(), maxMembers: 100 });
}

test('several connections count once, and a gap within the grace is none', async () => {
  await using domain = await openDomain(directory);
  const [juliet, romeo] = await domain.accounts('juliet', 'romeo');
  await using here = node(domain, 200);

  const [first, second] = [await here.open(juliet.id), await here.open(juliet.id)];
  await expect.poll(() => told(domain, juliet.id), SOON).toEqual(['active']);
  first[Symbol.dispose]();
  second[Symbol.dispose]();
  const third = await here.open(juliet.id);
  // Whoever leaves after her and is told gone would have been told after her.
  (await here.open(romeo.id))[Symbol.dispose]();
  await expect.poll(() => told(domain, romeo.id), SOON).toEqual(['active', 'offline']);
  expect(told(domain, juliet.id)).toEqual(['active']);

  third[Symbol.dispose]();
  await expect.poll(() => told(domain, juliet.id), SOON).toEqual(['active', 'offline']);
  expect(here.failed).not.toHaveBeenCalled();
});

test('whoever is connected to another node stays, until that one has nobody either or is silent', async () => {
  await using domain = await openDomain(directory);
  const [juliet, romeo] = await domain.accounts('juliet', 'romeo');
  const leases = createLocalLeases();
  await using one = node(domain, 10, leases, 1_500);
  const two = node(domain, 10, leases, 1_500);
  const [left, right] = [await one.open(juliet.id), await two.open(juliet.id)];
  await two.open(romeo.id);
  await expect.poll(() => [told(domain, juliet.id), told(domain, romeo.id)], SOON).toEqual([['active'], ['active']]);

  left[Symbol.dispose]();
  (await one.open(romeo.id))[Symbol.dispose]();
  await expect.poll(async () => (await leases.list('online/')).length, SOON).toBe(2);
  await flushed(domain, romeo.id);
  expect([told(domain, juliet.id), told(domain, romeo.id)]).toEqual([['active'], ['active']]);
  right[Symbol.dispose]();
  await expect.poll(() => told(domain, juliet.id), SOON).toEqual(['active', 'offline']);
  // It ends without a word; the other one finds whom it left behind.
  await two[Symbol.asyncDispose]();
  await expect.poll(() => told(domain, romeo.id), SOON).toEqual(['active', 'offline']);
});

test('nobody is online for ever: after a kill whoever does not come back is told gone, and only they', async () => {
  const before = await openDomain(directory);
  const [juliet, romeo] = await before.accounts('juliet', 'romeo');
  const killed = node(before, LONG_MS);
  for (const { id } of [juliet, romeo]) await killed.open(id);
  await expect.poll(() => before.ask(onlineAccounts, {}), SOON).toEqual([juliet.id, romeo.id]);
  // As a kill leaves it: leases are gone with the process, the state is not.
  await killed[Symbol.asyncDispose]();
  await before[Symbol.asyncDispose]();

  await using domain = await openDomain(directory);
  await using restarted = node(domain, 100);
  restarted.presence.connected(juliet.id, true);

  await expect.poll(() => told(domain, romeo.id), SOON).toEqual(['offline']);
  expect(told(domain, juliet.id)).toEqual([]);
  expect(await domain.ask(onlineAccounts, {})).toEqual([juliet.id]);
});

test('the choice to share counts at once while it is here', async () => {
  await using domain = await openDomain(directory);
  const { id } = await domain.account('juliet');
  await using here = node(domain, LONG_MS);
  await here.open(id);
  await expect.poll(() => told(domain, id), SOON).toEqual(['active']);
  const share = (sharesPresence: boolean) =>
    domain.run(updateProfile, { actor: id, profile: {}, settings: { sharesPresence } });

  await share(false);
  await expect.poll(() => told(domain, id), SOON).toEqual(['active', 'offline']);
  await share(true);
  await expect.poll(() => told(domain, id), SOON).toEqual(['active', 'offline', 'active']);
});

test('a coming that could not be told is told later', async () => {
  await using domain = await openDomain(directory);
  const { id } = await domain.account('juliet');
  let isBroken = true;
  const leases = createLocalLeases();
  const failing: Leases = {
    claim: (...claim) => (isBroken ? Promise.reject(new Error('no leases')) : leases.claim(...claim)),
    release: (...lease) => leases.release(...lease),
    releaseAll: (owner) => leases.releaseAll(owner),
    list: (prefix) => leases.list(prefix),
  };
  await using here = node(domain, 10, failing, 100);
  await here.open(id);
  await expect.poll(() => here.failed, SOON).toHaveBeenCalled();
  expect(told(domain, id)).toEqual([]);

  isBroken = false;
  await expect.poll(() => told(domain, id), SOON).toEqual(['active']);
});

test('the state is left as it is when a server closes', async () => {
  await using domain = await openDomain(directory);
  const { id } = await domain.account('juliet');
  const here = node(domain, 0);
  await here.open(id);
  await expect.poll(() => told(domain, id), SOON).toEqual(['active']);

  await here[Symbol.asyncDispose]();
  here.presence.connected(id, false);
  await flushed(domain, id);

  expect(told(domain, id)).toEqual(['active']);
});
