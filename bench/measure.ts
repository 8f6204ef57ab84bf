import { spawn } from 'node:child_process';
import { buildPrograms, type Target, type Transport } from './servers.ts';

/** One line of the load program. */
export interface Phase {
  readonly phase: 'connect' | 'closed' | 'outstanding' | 'open' | 'idle';
  readonly amount: number;
  readonly seconds: number;
  readonly published: number;
  readonly acked: number;
  readonly delivered: number;
  readonly lost: number;
  readonly cpuSeconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly rssBefore: number;
  readonly rssBytes: number;
}

export interface Load {
  readonly transport: Transport;
  readonly readers: number;
  readonly publishers: number;
  /** `closed:IN_FLIGHT:SECONDS`, `outstanding:UNACKNOWLEDGED:SECONDS`, `open:PER_SECOND:SECONDS` or `idle:0:SECONDS`, separated by commas. */
  readonly phases: string;
}

/** Runs the load program against a server, on the second core; any lost delivery is an error. */
export async function measure(target: Target, load: Load): Promise<readonly Phase[]> {
  const wanted = [
    ...target.load(load.transport),
    `readers=${load.readers}`,
    `publishers=${load.publishers}`,
    `phases=${load.phases}`,
    `pid=${target.pid}`,
  ];
  const line = ['-c', 'ulimit -n "$(ulimit -Hn)"; exec taskset -c 1 "$@"', 'sh', buildPrograms().load, ...wanted];
  const child = spawn('sh', line, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...target.environment },
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`load on ${target.name} ended with ${code}`);
  const phases = output
    .trim()
    .split('\n')
    // One line per phase, as programs/load.c prints it.
    .map((text) => JSON.parse(text) as Phase);
  for (const phase of phases) {
    if (phase.lost)
      throw new Error(`${target.name}: ${phase.lost} deliveries of ${phase.phase}:${phase.amount} were lost`);
  }
  return phases;
}

export function deliveriesPerCpuSecond(phase: Phase): number {
  return phase.delivered / phase.cpuSeconds;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = Number.NaN, high = Number.NaN] = [sorted[(sorted.length - 1) >> 1], sorted[middle]];
  return (low + high) / 2;
}
