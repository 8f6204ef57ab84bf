/**
 * Carries ephemeral messages between threads, workers and nodes, at most once and in no promised order.
 * Every subscriber hears every message of its subject, the sender's own among them.
 */
export interface Bus {
  publish(subject: string, message: Uint8Array): void;
  subscribe(subject: string, listener: (message: Uint8Array) => void): () => void;
}

export interface Lease {
  readonly name: string;
  readonly owner: string;
  /** Milliseconds since 1970. */
  readonly expiresAtMs: number;
  /** Small data that others may see with the lease (a member's info). */
  readonly info: string;
}

/** Time-limited claims (presence, online, singleton jobs): gone when released or when their owner stops renewing. */
export interface Leases {
  /** Takes or renews a lease; `false` when another owner holds it. */
  claim(name: string, owner: string, forMs: number, info?: string): Promise<boolean>;
  release(name: string, owner: string): Promise<void>;
  /** Releases everything this owner holds. */
  releaseAll(owner: string): Promise<void>;
  /** Leases in force whose name starts with `prefix`, sorted by name. */
  list(prefix: string): Promise<readonly Lease[]>;
}
