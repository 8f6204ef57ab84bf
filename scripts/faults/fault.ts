/** What a fault run needs beyond Node; what is absent is reported by name, never passed over. */
export type Requirement = 'root' | 'gcc' | 'loop mount' | 'tmpfs';

/** Numbers and facts of one run, in the order in which they are shown. */
export type Figures = Readonly<Record<string, string | number>>;

/** One kind of misfortune, done to the real server or to the real log, and judged from outside. */
export interface Fault {
  readonly name: string;
  /** What is done and what must hold, one or two sentences. */
  readonly promise: string;
  /** Rounds of `npm run faults`; `npm test` runs a tenth of them, at least three. */
  readonly fullRounds: number;
  readonly needs: readonly Requirement[];
  /** Throws when the promise is broken. `scratch` is an empty directory of this run. */
  run(rounds: number, scratch: string): Promise<Figures>;
}

const SHARE = 10;
const LEAST = 3;

export function testRounds(fault: Fault): number {
  return Math.max(LEAST, Math.ceil(fault.fullRounds / SHARE));
}
