/** Something with a deadline that may be taken off before. */
export interface Deadline {
  /** On the clock that the wheel was given, in milliseconds. */
  readonly deadlineMs: number;
  /** Where it hangs on the wheel; -1 while it does not. */
  spoke: number;
  place: number;
  /** Called once, at most one tick after the deadline, off the wheel already. */
  due(): void;
}

const SPOKES = 1_024;

/** One timer for any number of deadlines: putting on and taking off cost the same few steps for all of them. */
export class DeadlineWheel {
  readonly #now: () => number;
  readonly #tickMs: number;
  readonly #spokes: Deadline[][] = Array.from({ length: SPOKES }, () => []);
  #tick: number;
  #timer: NodeJS.Timeout | undefined;
  #count = 0;

  constructor(now: () => number, tickMs: number) {
    this.#now = now;
    this.#tickMs = tickMs;
    this.#tick = this.#tickOf(now());
  }

  get count(): number {
    return this.#count;
  }

  put(deadline: Deadline): void {
    if (this.#count++ === 0) {
      this.#tick = this.#tickOf(this.#now());
      this.#timer = setInterval(() => this.#turn(), this.#tickMs);
    }
    this.#hang(deadline);
  }

  take(deadline: Deadline): void {
    if (deadline.spoke < 0) return;
    this.#unhang(deadline);
    if (--this.#count === 0) clearInterval(this.#timer);
  }

  /** Everything on the wheel, in no order. */
  *all(): Generator<Deadline> {
    for (const spoke of this.#spokes) yield* spoke.slice();
  }

  #turn(): void {
    const now = this.#now();
    const last = this.#tickOf(now);
    const due: Deadline[] = [];
    // A clock that jumped ahead further than the wheel reaches has still only so many spokes.
    const first = Math.max(this.#tick, last - SPOKES);
    for (let tick = first; tick < last; tick++) {
      for (const deadline of this.#spokes[tick % SPOKES] ?? []) if (deadline.deadlineMs <= now) due.push(deadline);
    }
    this.#tick = last;
    for (const deadline of due) {
      if (deadline.spoke < 0) continue;
      this.take(deadline);
      deadline.due();
    }
  }

  #hang(deadline: Deadline): void {
    const spoke = Math.max(this.#tick, this.#tickOf(deadline.deadlineMs)) % SPOKES;
    deadline.spoke = spoke;
    deadline.place = (this.#spokes[spoke]?.push(deadline) ?? 0) - 1;
  }

  #unhang(deadline: Deadline): void {
    const spoke = this.#spokes[deadline.spoke];
    const last = spoke?.pop();
    if (spoke && last && last !== deadline) {
      spoke[deadline.place] = last;
      last.place = deadline.place;
    }
    deadline.spoke = -1;
  }

  #tickOf(timeMs: number): number {
    return Math.floor(timeMs / this.#tickMs);
  }
}
