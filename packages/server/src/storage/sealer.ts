import type { LogicalClock } from './clock.ts';

const DELAY_MS = 2;

/**
 * Tells which millisecond is sealed (kernel K8): one that the clock has passed and that no unflushed event carries.
 * Never beyond the newest durable stamp, because only that outlives a restart with a clock that stepped back.
 */
export class Sealer {
  readonly #clock: LogicalClock;
  readonly #onSealed: (sealedMs: number) => void;
  #sealedMs: number;
  #stamp: number;
  #timer: NodeJS.Timeout | undefined;

  /** `onSealed` is called when time alone seals the newest stamp, soon after the last commit. */
  constructor(clock: LogicalClock, stamp: number, onSealed: (sealedMs: number) => void) {
    this.#clock = clock;
    this.#sealedMs = stamp;
    this.#stamp = stamp;
    this.#onSealed = onSealed;
  }

  /** Everything up to this stamp is durable and nothing is under way; tells what that seals. */
  durable(stamp: number): number {
    this.#stamp = stamp;
    this.#sealedMs = Math.max(this.#sealedMs, this.#clock.now() > stamp ? stamp : stamp - 1);
    if (this.#sealedMs < stamp) this.#timer ??= setTimeout(() => this.#tick(), DELAY_MS);
    return this.#sealedMs;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #tick(): void {
    this.#timer = undefined;
    const before = this.#sealedMs;
    if (this.durable(this.#stamp) > before) this.#onSealed(this.#sealedMs);
  }
}
