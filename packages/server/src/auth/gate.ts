import {
  CarillonError,
  type Event,
  type GrantedAction,
  isDomainTopic,
  isGranted,
  type LogStore,
  type Position,
  type Principal,
} from '@carillon/core';
import { listRevocations, readRestoration, readRevocation } from '../domain/index.ts';
import type { Commands } from '../state/index.ts';
import type { Views } from '../view/index.ts';
import type { Gate } from './contract.ts';
import { unauthorized } from './refusal.ts';

export interface GateDeps {
  readonly log: Pick<LogStore, 'onAdvance'>;
  readonly commands: Pick<Commands, 'query'>;
  /** Says what accounts may read; without it they read no channels. */
  readonly views?: Pick<Views, 'find'>;
  readonly now: () => number;
  /** The revocations could not be read again after events were missed: nothing is allowed until they are. */
  readonly failed: (error: unknown) => void;
}

/** The gate with what credentials' own room needs beside. */
export interface CredentialGate extends Gate {
  isRevoked(credentialId: string): boolean;
  /** Resolves once every revocation up to this position counts. */
  caughtUp(position: Position): Promise<void>;
  close(): void;
}

/** Opens the gate: it knows every revocation in force before it answers anything, and learns new ones from the log. */
export async function createGate(deps: GateDeps): Promise<CredentialGate> {
  const gate = new RevocationGate(deps);
  try {
    await gate.load();
  } catch (error) {
    gate.close();
    throw error;
  }
  return gate;
}

interface Waiter {
  readonly position: Position;
  readonly resolve: () => void;
}

class RevocationGate implements CredentialGate {
  readonly #deps: GateDeps;
  /** Credential → when it expires by itself. */
  readonly #revoked = new Map<string, number>();
  readonly #listeners = new Set<(credentialId: string) => void>();
  readonly #unlisten: () => void;
  #waiters: Waiter[] = [];
  /** Every revocation up to here is known; below 0 while none may be assumed. */
  #seen = -1;
  #loading: Promise<void> | undefined;
  #sweepAt = 1_000;

  constructor(deps: GateDeps) {
    this.#deps = deps;
    // Listening begins before the first load, so that a revocation is in one of them, whenever it commits.
    this.#unlisten = deps.log.onAdvance((events) => this.#advance(events));
  }

  isAllowed(principal: Principal, action: GrantedAction, topic: string): boolean {
    return this.isValid(principal) && this.#isGranted(principal, action, topic);
  }

  require(principal: Principal, action: GrantedAction, topics: readonly string[]): void {
    if (!this.isValid(principal)) throw unauthorized();
    const refused = topics.find((topic) => !this.#isGranted(principal, action, topic));
    if (refused === undefined) return;
    throw new CarillonError('forbidden', `the credential does not grant ${action} on "${refused}"`);
  }

  isValid(principal: Principal): boolean {
    if (this.#seen < 0 || this.#revoked.has(principal.credentialId)) return false;
    return principal.expiresAtMs === undefined || principal.expiresAtMs > this.#deps.now();
  }

  isRevoked(credentialId: string): boolean {
    return this.#seen < 0 || this.#revoked.has(credentialId);
  }

  onRevoked(listener: (credentialId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  caughtUp(position: Position): Promise<void> {
    if (this.#seen >= position) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push({ position, resolve }));
  }

  close(): void {
    this.#unlisten();
    this.#listeners.clear();
    this.#reach(Number.MAX_SAFE_INTEGER);
  }

  /** Reads all revocations in force; several calls at once share one more read. */
  load(): Promise<void> {
    this.#loading ??= this.#read().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #read(): Promise<void> {
    const { rows, position } = await this.#deps.commands.query(listRevocations, {});
    for (const { credentialId, expiresAtMs } of rows) this.#add(credentialId, expiresAtMs);
    this.#reach(position);
  }

  #isGranted(principal: Principal, action: GrantedAction, topic: string): boolean {
    const isGrantedItself = isGranted(principal.grants, principal.app, action, topic);
    if (action !== 'subscribe' || !isDomainTopic(topic)) return isGrantedItself;
    const { account, scopes } = principal;
    // What belongs to members is read by members, by their memberships, and by nobody else's grants (kernel K11).
    if (account === undefined) return isGrantedItself && (principal.admin || !isOfMembers(topic));
    const view = this.#deps.views?.find(account);
    if (isChannel(topic)) return scopes?.includes('read') === true && view?.mayRead(topic) === true;
    return isGrantedItself && view?.mayRead(topic) !== false;
  }

  #advance(events: readonly Event[]): void {
    const [first] = events;
    const last = events.at(-1);
    if (!first || !last || last.position <= this.#seen) return;
    for (const event of events) this.#apply(event);
    if (first.position <= this.#seen + 1) return this.#reach(last.position);
    // Events were missed, or the first load is still under way: the state knows them.
    this.load().then(
      () => this.#reach(last.position),
      (error: unknown) => this.#lose(error),
    );
  }

  #apply(event: Event): void {
    const revocation = readRevocation(event);
    if (revocation) this.#add(revocation.credentialId, revocation.expiresAtMs);
    const restored = readRestoration(event);
    if (restored !== undefined) this.#revoked.delete(restored);
  }

  #add(credentialId: string, expiresAtMs: number): void {
    if (this.#revoked.has(credentialId)) return;
    this.#revoked.set(credentialId, expiresAtMs);
    for (const listener of this.#listeners) listener(credentialId);
    if (this.#revoked.size >= this.#sweepAt) this.#sweep();
  }

  /** Forgets tokens that have expired by themselves. */
  #sweep(): void {
    const now = this.#deps.now();
    for (const [credentialId, expiresAtMs] of this.#revoked) {
      if (expiresAtMs <= now) this.#revoked.delete(credentialId);
    }
    this.#sweepAt = Math.max(1_000, 2 * this.#revoked.size);
  }

  #reach(position: Position): void {
    if (position > this.#seen) this.#seen = position;
    const due = this.#waiters.filter((waiter) => waiter.position <= this.#seen);
    if (due.length === 0) return;
    this.#waiters = this.#waiters.filter((waiter) => waiter.position > this.#seen);
    for (const waiter of due) waiter.resolve();
  }

  #lose(error: unknown): void {
    this.#seen = -1;
    this.#deps.failed(error);
  }
}

function isChannel(topic: string): boolean {
  return topic.startsWith('channel:') || topic.startsWith('channel-meta:');
}

function isOfMembers(topic: string): boolean {
  return isChannel(topic) || topic.startsWith('account:') || topic.startsWith('list:');
}
