import { randomUUID } from 'node:crypto';
import type { Leases, LogStore } from '@carillon/core';
import { type Commands, onlineAccounts, setOnline } from '../domain/index.ts';

export interface AccountPresenceDeps {
  readonly commands: Commands;
  readonly log: Pick<LogStore, 'onAdvance'>;
  readonly leases: Leases;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** How long an account without connections still counts as here. */
  readonly graceMs: number;
  /** How long an account is believed to be here when its node says nothing any more. */
  readonly ttlMs: number;
  /** As of the domain's messages. */
  readonly maxMembers: number;
  /** Somebody's coming or going could not be told; it is tried again. */
  readonly failed: (error: unknown) => void;
}

/** Tells the domain which accounts are here, by their connections on all nodes. */
export interface AccountPresence {
  /** An account's first connection on this node came, or its last one is gone. */
  connected(account: number, isConnected: boolean): void;
  close(): void;
}

export function startAccountPresence(deps: AccountPresenceDeps): AccountPresence {
  return new LeasedAccounts(deps);
}

/** A timer while it may come back, `here` else. */
type Stay = 'here' | NodeJS.Timeout;

/**
 * Each node holds one lease for each account that is connected to it, however often. Whoever is online in the state
 * and has no lease was left behind by a node that ended: those are looked for after the first grace, then at times.
 * Nothing is told when a server closes, because its clients come back.
 */
class LeasedAccounts implements AccountPresence {
  readonly #deps: AccountPresenceDeps;
  readonly #node = randomUUID();
  readonly #stays = new Map<number, Stay>();
  /** Whose coming could not be told. */
  readonly #untold = new Set<number>();
  readonly #stopListening: () => void;
  readonly #renewal: NodeJS.Timeout;
  #sweep: NodeJS.Timeout;
  #isClosed = false;

  constructor(deps: AccountPresenceDeps) {
    this.#deps = deps;
    this.#renewal = setInterval(() => this.#renew(), deps.ttlMs / 3).unref();
    this.#sweep = this.#sweepAfter(deps.graceMs);
    // Whether it may be known is the account's choice, and counts at once.
    this.#stopListening = deps.log.onAdvance((events) => {
      for (const { type, routing } of events) {
        const account = type === 'settings.updated' ? routing?.object : undefined;
        if (account !== undefined && this.#stays.has(account)) this.#run(this.#come(account));
      }
    });
  }

  connected(account: number, isConnected: boolean): void {
    if (this.#isClosed) return;
    const stay = this.#stays.get(account);
    if (!isConnected) {
      const leaving = setTimeout(() => this.#run(this.#go(account)), this.#deps.graceMs).unref();
      this.#stays.set(account, leaving);
      return;
    }
    this.#stays.set(account, 'here');
    if (stay === undefined) this.#run(this.#come(account));
    else if (stay !== 'here') clearTimeout(stay);
  }

  close(): void {
    this.#isClosed = true;
    this.#stopListening();
    clearInterval(this.#renewal);
    clearTimeout(this.#sweep);
    for (const stay of this.#stays.values()) if (stay !== 'here') clearTimeout(stay);
    this.#stays.clear();
  }

  async #come(account: number): Promise<void> {
    this.#untold.add(account);
    await this.#claim(account);
    if (!this.#stays.has(account)) {
      // Gone again meanwhile, for longer than the grace.
      this.#untold.delete(account);
      return this.#deps.leases.release(leaseName(account, this.#node), this.#node);
    }
    await this.#set(account, true);
    this.#untold.delete(account);
  }

  async #go(account: number): Promise<void> {
    this.#stays.delete(account);
    this.#untold.delete(account);
    await this.#deps.leases.release(leaseName(account, this.#node), this.#node);
    const others = await this.#deps.leases.list(leaseName(account, ''));
    // Back meanwhile: its coming waits for the claim before it is told, and the command is behind this one.
    if (others.length === 0 && !this.#stays.has(account)) await this.#set(account, false);
  }

  #claim(account: number): Promise<boolean> {
    return this.#deps.leases.claim(leaseName(account, this.#node), this.#node, this.#deps.ttlMs);
  }

  async #set(account: number, online: boolean): Promise<void> {
    const { commands, now, maxMembers } = this.#deps;
    if (!this.#isClosed) await commands.run(setOnline, { account, online, at: now(), maxMembers });
  }

  #renew(): void {
    // A lease that cannot be renewed now is tried again at the next round, well before it ends.
    for (const account of this.#stays.keys()) this.#claim(account).catch(() => undefined);
  }

  #sweepAfter(ms: number): NodeJS.Timeout {
    return setTimeout(() => {
      this.#run(this.#tidy());
      this.#sweep = this.#sweepAfter(this.#deps.ttlMs);
    }, ms).unref();
  }

  /** The state is read first: whoever is online in it had a lease before. */
  async #tidy(): Promise<void> {
    const { commands, leases } = this.#deps;
    const { rows: online } = await commands.query(onlineAccounts, {});
    const held = new Set((await leases.list(PREFIX)).map(({ name }) => accountOf(name)));
    const left = online.filter((account) => !held.has(account) && !this.#stays.has(account));
    for (const account of left) this.#run(this.#set(account, false));
    for (const account of this.#untold) if (this.#stays.has(account)) this.#run(this.#come(account));
  }

  #run(work: Promise<void>): void {
    work.catch((error: unknown) => {
      if (!this.#isClosed) this.#deps.failed(error);
    });
  }
}

const PREFIX = 'online/';

/** One folder of leases for each account. */
function leaseName(account: number, node: string): string {
  return `${PREFIX}${account}/${node}`;
}

function accountOf(name: string): number {
  return Number(name.slice(PREFIX.length, name.indexOf('/', PREFIX.length)));
}
