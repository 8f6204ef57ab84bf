/** When the next pass may start: at once after a quiet time, a little later under load. */
export class PassTimer {
  readonly #floorMs: number;
  #startedMs = 0;
  #mayStartMs = 0;
  #immediate: NodeJS.Immediate | undefined;
  #timeout: NodeJS.Timeout | undefined;

  constructor(floorMs: number) {
    this.#floorMs = floorMs;
  }

  get waiting(): boolean {
    return this.#immediate !== undefined || this.#timeout !== undefined;
  }

  started(): void {
    this.#startedMs = performance.now();
  }

  /**
   * The pause after a pass is as long as the pass took, but at most the floor: an event that reaches few readers
   * costs nothing and waits for nothing, many readers get fewer and larger writes.
   */
  finished(): void {
    const end = performance.now();
    this.#mayStartMs = end + Math.min(this.#floorMs, end - this.#startedMs);
  }

  schedule(run: () => void): void {
    if (this.waiting) return;
    const waitMs = this.#mayStartMs - performance.now();
    if (waitMs < 1) this.soon(run);
    else {
      this.#timeout = setTimeout(() => {
        this.#timeout = undefined;
        run();
      }, waitMs);
    }
  }

  /** In the next turn of the event loop. */
  soon(run: () => void): void {
    this.#immediate = setImmediate(() => {
      this.#immediate = undefined;
      run();
    });
  }

  close(): void {
    clearImmediate(this.#immediate);
    clearTimeout(this.#timeout);
  }
}
