/** Where the time comes from; injected by tests. */
export interface TimeSource {
  /** Milliseconds since 1970, as the machine believes. */
  wall(): number;
  /** Milliseconds of a clock that only runs forward. */
  monotonic(): number;
}

const MACHINE_TIME: TimeSource = { wall: () => Date.now(), monotonic: () => performance.now() };

/** A clock in milliseconds since 1970 that never steps back, whatever the machine's does, also over a restart. */
export class LogicalClock {
  readonly #source: TimeSource;
  #value: number;
  #read: number;

  /** `lastStamp` is the newest stamp ever given. */
  constructor(lastStamp: number, source: TimeSource = MACHINE_TIME) {
    this.#source = source;
    this.#value = Math.max(source.wall(), lastStamp + 1);
    this.#read = source.monotonic();
  }

  now(): number {
    const read = this.#source.monotonic();
    this.#value = Math.max(this.#source.wall(), this.#value + (read - this.#read));
    this.#read = read;
    return Math.floor(this.#value);
  }
}

const IDS_FROM_MS = Date.UTC(2020, 0, 1);
const IDS_PER_MS = 4_096;

/** No id that is given at this time or later, in milliseconds since 1970, is below this one. */
export function firstIdOf(time: number): number {
  return Math.max(0, (time - IDS_FROM_MS) * IDS_PER_MS);
}

/** The next time-sortable id: milliseconds since 2020 shifted by 12 bits, plus a sequence. */
export function nextId(lastId: number, now: number): number {
  return Math.max(lastId + 1, (now - IDS_FROM_MS) * IDS_PER_MS);
}
