/**
 * `npm run bench [-- --rounds=3 --readers=2000,10000]`: Carillon, with its durable log in the path, beside a C program
 * that only sends, and nchan, in interleaved rounds of one run. Prints ratios; writes `bench/results/latest.json`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureSystemPackages } from '../scripts/system-packages.ts';
import { mastodonStreams } from './mastodon.ts';
import { deliveriesPerCpuSecond, measure, median, type Phase } from './measure.ts';
import { removeFolder, scratchFolder, startCarillon, startCeiling, startNchan, type Transport } from './servers.ts';
import { slowReaders } from './slow-readers.ts';
import { countSyncs } from './syncs.ts';

const { values: options } = parseArgs({
  options: { rounds: { type: 'string', default: '3' }, readers: { type: 'string', default: '2000,10000' } },
});
const missing = ensureSystemPackages(join(import.meta.dirname, 'system-packages.txt')).map(({ name }) => name);
if (missing.length > 0) throw new Error(`the bench needs ${missing.join(', ')}: install them, or run it as root`);
const rounds = Number(options.rounds);
const sizes = options.readers.split(',').map(Number);
const scratch = scratchFolder();
const results: Record<string, number> = {};

function report(name: string, value: number, unit = ''): void {
  results[name] = value;
  console.log(`${name.padEnd(72)} ${value.toPrecision(4)} ${unit}`);
}

interface Case {
  readonly server: 'ceiling' | 'nchan' | 'carillon';
  readonly transport: Transport;
}

const CASES: readonly Case[] = [
  { server: 'ceiling', transport: 'sse' },
  // Beside each other what is compared with each other: the machine's speed drifts.
  { server: 'nchan', transport: 'sse' },
  { server: 'carillon', transport: 'sse' },
  { server: 'nchan', transport: 'ws' },
  { server: 'carillon', transport: 'ws' },
];
const STARTS = { ceiling: startCeiling, nchan: startNchan, carillon: startCarillon };

interface Round {
  readonly single: number;
  readonly batched: number;
  readonly p99Ms: number;
  readonly bytesPerConnection: number;
  readonly loopDelayP99Ms: number;
}

async function round({ server, transport }: Case, readers: number): Promise<Round> {
  await using target = await STARTS[server](scratch);
  const phases = 'open:20:2,closed:1:4,outstanding:64:4,open:1:5';
  const [connect, , single, batched, quiet] = await measure(target, { transport, readers, publishers: 64, phases });
  if (!connect || !single || !batched || !quiet) throw new Error('the load program skipped a phase');
  return {
    single: deliveriesPerCpuSecond(single),
    batched: deliveriesPerCpuSecond(batched),
    p99Ms: quiet.p99Ms,
    bytesPerConnection: (connect.rssBytes - connect.rssBefore) / readers,
    loopDelayP99Ms: (await target.loopDelayP99Ms?.()) ?? Number.NaN,
  };
}

async function fanOut(readers: number): Promise<void> {
  const seen = new Map<string, Round[]>();
  for (let index = 0; index < rounds; index++) {
    for (const wanted of CASES) {
      const key = `${wanted.server} ${wanted.transport}`;
      seen.set(key, [...(seen.get(key) ?? []), await round(wanted, readers)]);
    }
  }
  const middle = (key: string, field: keyof Round) => median((seen.get(key) ?? []).map((one) => one[field]));
  /** The median of each round's own ratio. */
  const ratio = (key: string, field: 'single' | 'batched', base: string) =>
    median((seen.get(key) ?? []).map((one, index) => one[field] / (seen.get(base)?.[index]?.single ?? Number.NaN)));
  for (const key of seen.keys()) {
    const [server = '', transport = ''] = key.split(' ');
    report(`${readers} readers, ${key}: one by one, deliveries per CPU-second`, middle(key, 'single'));
    report(`${readers} readers, ${key}: batched, deliveries per CPU-second`, middle(key, 'batched'));
    report(`${readers} readers, ${key}: memory per idle connection`, middle(key, 'bytesPerConnection'), 'bytes');
    report(`${readers} readers, ${key}: p99 at one event a second`, middle(key, 'p99Ms'), 'ms');
    if (server !== 'carillon') continue;
    report(`${readers} readers, ${key}: event-loop delay p99`, middle(key, 'loopDelayP99Ms'), 'ms');
    const against = (what: string, field: 'single' | 'batched', base: string) =>
      report(`${readers} readers, ${key}: ${what}`, ratio(key, field, base));
    against('one by one / ceiling (at least 0.5)', 'single', 'ceiling sse');
    against('one by one / nchan (above 1)', 'single', `nchan ${transport}`);
    against('batched / ceiling (at least 20)', 'batched', 'ceiling sse');
  }
}

async function publishes(): Promise<void> {
  const outstanding = [1, 100, 1000];
  const seen = outstanding.map((): number[] => []);
  for (let index = 0; index < rounds; index++) {
    await using target = await startCarillon(scratch);
    const phases = ['closed:100:2', ...outstanding.map((count) => `closed:${count}:4`)].join(',');
    const load = { transport: 'sse', readers: 0, publishers: 1000, phases } as const;
    const perSecond = (phase: Phase) => phase.acked / phase.seconds;
    (await measure(target, load)).slice(2).forEach((phase, at) => seen[at]?.push(perSecond(phase)));
  }
  outstanding.forEach((count, at) =>
    report(`durable publishes per second, ${count} outstanding`, median(seen[at] ?? [])),
  );
}

try {
  await publishes();
  for (const [name, value] of Object.entries(await countSyncs(scratch))) report(name, value);
  for (const [name, value] of Object.entries(await slowReaders(scratch))) report(name, value);
  for (const readers of sizes) await fanOut(readers);
  for (const [name, value] of Object.entries(await mastodonStreams(scratch, rounds))) report(name, value);
} finally {
  removeFolder(scratch);
}
const folder = join(import.meta.dirname, 'results');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'latest.json'), `${JSON.stringify(results, null, 2)}\n`);
