import { hash, randomBytes } from 'node:crypto';
import type { Principal } from '@carillon/core';

interface Entry {
  readonly principal: Principal;
  readonly untilMs: number;
}

/** A key withdrawn from a key set stops counting within this time. */
const KEPT_MS = 60_000;

/**
 * Verified credentials, so that a busy client does not cost a signature check or a query per request. Entries are
 * found by a hash under a key of this process: the memory holds no credential, and nobody can aim for a collision.
 */
export class CredentialCache {
  readonly #entries = new Map<string, Entry>();
  readonly #key = randomBytes(32).toString('base64');
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  get(credential: string, now: number): Principal | undefined {
    const name = this.#name(credential);
    const entry = this.#entries.get(name);
    if (!entry) return undefined;
    this.#entries.delete(name);
    if (entry.untilMs <= now) return undefined;
    this.#entries.set(name, entry);
    return entry.principal;
  }

  set(credential: string, principal: Principal, now: number): void {
    if (this.#most === 0) return;
    const oldest = this.#entries.size >= this.#most ? this.#entries.keys().next().value : undefined;
    if (oldest !== undefined) this.#entries.delete(oldest);
    const untilMs = Math.min(now + KEPT_MS, principal.expiresAtMs ?? Number.POSITIVE_INFINITY);
    this.#entries.set(this.#name(credential), { principal, untilMs });
  }

  #name(credential: string): string {
    // Digests are never shown, so a key in front is a keyed hash; it costs a third of an HMAC.
    return hash('sha256', this.#key + credential, 'base64');
  }
}
