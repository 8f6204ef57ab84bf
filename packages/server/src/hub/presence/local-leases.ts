import type { Lease, Leases } from '@carillon/core';

const SWEEP_MS = 60_000;

/** The Leases of a single node: in memory, gone with the process, as are the connections that own them. */
export function createLocalLeases(deps: { readonly now?: () => number } = {}): Leases {
  return new LocalLeases(deps.now ?? Date.now);
}

class LocalLeases implements Leases {
  readonly #now: () => number;
  /** Names up to their last `/`, so that a listing does not look at every lease. */
  readonly #folders = new Map<string, Map<string, Lease>>();
  readonly #byOwner = new Map<string, Set<string>>();
  #nextSweepMs: number;

  constructor(now: () => number) {
    this.#now = now;
    this.#nextSweepMs = now() + SWEEP_MS;
  }

  async claim(name: string, owner: string, forMs: number, info = ''): Promise<boolean> {
    const now = this.#now();
    if (now >= this.#nextSweepMs) this.#sweep(now);
    const held = this.#find(name);
    if (held && held.owner !== owner && held.expiresAtMs > now) return false;
    if (held && held.owner !== owner) this.#drop(held);
    this.#folderOf(name).set(name, { name, owner, expiresAtMs: now + forMs, info });
    const owned = this.#byOwner.get(owner);
    if (owned) owned.add(name);
    else this.#byOwner.set(owner, new Set([name]));
    return true;
  }

  async release(name: string, owner: string): Promise<void> {
    const held = this.#find(name);
    if (held?.owner === owner) this.#drop(held);
  }

  async releaseAll(owner: string): Promise<void> {
    for (const name of this.#byOwner.get(owner) ?? []) {
      const held = this.#find(name);
      if (held) this.#drop(held);
    }
  }

  async list(prefix: string): Promise<readonly Lease[]> {
    const now = this.#now();
    const isListed = (lease: Lease): boolean => lease.name.startsWith(prefix) && lease.expiresAtMs > now;
    const found: Lease[] = [];
    for (const folder of this.#foldersUnder(prefix)) found.push(...folder.values().filter(isListed));
    return found.sort((left, right) => (left.name < right.name ? -1 : 1));
  }

  *#foldersUnder(prefix: string): Generator<Map<string, Lease>> {
    for (const [folder, leases] of this.#folders) {
      if (folder.startsWith(prefix) || prefix.startsWith(folder)) yield leases;
    }
  }

  #find(name: string): Lease | undefined {
    return this.#folders.get(folderOf(name))?.get(name);
  }

  #folderOf(name: string): Map<string, Lease> {
    const folder = folderOf(name);
    const known = this.#folders.get(folder);
    if (known) return known;
    const fresh = new Map<string, Lease>();
    this.#folders.set(folder, fresh);
    return fresh;
  }

  #drop({ name, owner }: Lease): void {
    const folder = this.#folders.get(folderOf(name));
    if (folder?.delete(name) && folder.size === 0) this.#folders.delete(folderOf(name));
    const owned = this.#byOwner.get(owner);
    if (owned?.delete(name) && owned.size === 0) this.#byOwner.delete(owner);
  }

  /** Forgets what nobody renewed. */
  #sweep(now: number): void {
    this.#nextSweepMs = now + SWEEP_MS;
    for (const folder of this.#folders.values()) {
      for (const lease of folder.values()) if (lease.expiresAtMs <= now) this.#drop(lease);
    }
  }
}

function folderOf(name: string): string {
  return name.slice(0, name.lastIndexOf('/') + 1);
}
