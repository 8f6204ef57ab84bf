import type { Lease, Leases } from '@carillon/core';

const SWEEP_MS = 60_000;

/** The Leases of a single node: in memory, gone with the process, as are the connections that own them. */
export function createLocalLeases(deps: { readonly now?: () => number } = {}): Leases {
  return new LocalLeases(deps.now ?? Date.now);
}

/** Leases by the part of their name before each `/`, so that a listing only looks at its own branch. */
class Branch {
  readonly branches = new Map<string, Branch>();
  readonly leases = new Map<string, Lease>();

  get isBare(): boolean {
    return this.branches.size === 0 && this.leases.size === 0;
  }

  *all(): Generator<Lease> {
    yield* this.leases.values();
    for (const branch of this.branches.values()) yield* branch.all();
  }
}

class LocalLeases implements Leases {
  readonly #now: () => number;
  readonly #root = new Branch();
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
    this.#grow(name).leases.set(name, { name, owner, expiresAtMs: now + forMs, info });
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
    const branch = this.#walk(prefix).at(-1);
    const found = branch ? [...branch.all()] : [];
    return found
      .filter(({ name, expiresAtMs }) => name.startsWith(prefix) && expiresAtMs > now)
      .sort((left, right) => (left.name < right.name ? -1 : 1));
  }

  #find(name: string): Lease | undefined {
    return this.#walk(name).at(-1)?.leases.get(name);
  }

  /** The branches of a name from the root on; empty when its own does not exist. */
  #walk(name: string): readonly Branch[] {
    const path = [this.#root];
    for (const part of name.split('/').slice(0, -1)) {
      const next = path.at(-1)?.branches.get(part);
      if (!next) return [];
      path.push(next);
    }
    return path;
  }

  #grow(name: string): Branch {
    let branch = this.#root;
    for (const part of name.split('/').slice(0, -1)) {
      const next = branch.branches.get(part) ?? new Branch();
      branch.branches.set(part, next);
      branch = next;
    }
    return branch;
  }

  #drop({ name, owner }: Lease): void {
    const path = this.#walk(name);
    path.at(-1)?.leases.delete(name);
    const parts = name.split('/');
    for (let depth = path.length - 1; depth > 0 && path[depth]?.isBare; depth--) {
      path[depth - 1]?.branches.delete(parts[depth - 1] ?? '');
    }
    const owned = this.#byOwner.get(owner);
    if (owned?.delete(name) && owned.size === 0) this.#byOwner.delete(owner);
  }

  /** Forgets what nobody renewed. */
  #sweep(now: number): void {
    this.#nextSweepMs = now + SWEEP_MS;
    const over = [...this.#root.all()].filter(({ expiresAtMs }) => expiresAtMs <= now);
    for (const lease of over) this.#drop(lease);
  }
}
