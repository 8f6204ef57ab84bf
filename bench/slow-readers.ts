import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { measure, median } from './measure.ts';
import { startCarillon, type Target } from './servers.ts';

const STOPPED = 10;
const EVENT_BYTES = 20_000;
/** Long enough for a fresh process to reach its size. */
const BEFORE = 250e6 / EVENT_BYTES;
const MEANWHILE = 200e6 / EVENT_BYTES;
/** A little below what the machine takes, so that latency is not a queue's. */
const EVENTS_PER_SECOND = 500;

/**
 * Ten readers read 250 MB, then are stopped (SIGSTOP) while 200 MB more are published at the same pace: what the
 * server's memory grows by, the p99 of the others before and meanwhile, and whether the stopped ones then received
 * everything, in order, without a gap.
 */
export async function slowReaders(scratch: string): Promise<Readonly<Record<string, number>>> {
  await using target = await startCarillon(scratch);
  const origin = originOf(target);
  const readers = Array.from({ length: STOPPED }, () => openReader(origin.url, origin.token, BEFORE + MEANWHILE));
  await Promise.all(readers.map((reader) => reader.ready));

  const before = await publishBeside(target, origin, BEFORE);
  for (const reader of readers) reader.stop();
  const meanwhile = await publishBeside(target, origin, MEANWHILE);
  for (const reader of readers) reader.go();
  const complete = await Promise.all(readers.map((reader) => reader.complete));
  return {
    'ten stopped readers, 200 MB published: server memory grew by, MB (below 20)':
      (meanwhile.rssBytes - before.rssBytes) / 1e6,
    'p99 of the other readers before, ms': before.p99Ms,
    'p99 of the other readers meanwhile / before (at most 2)': meanwhile.p99Ms / before.p99Ms,
    'stopped readers that then received everything in order, without a gap': complete.filter(Boolean).length,
  };
}

interface Beside {
  readonly p99Ms: number;
  /** Median over the second half: garbage that waits for its collection comes and goes. */
  readonly rssBytes: number;
}

/** Publishes big events while a hundred readers hear small ones: the p99 of those, and the server's memory. */
async function publishBeside(target: Target, origin: Origin, events: number): Promise<Beside> {
  const seconds = Math.floor(events / EVENTS_PER_SECOND) - 3;
  const others = { transport: 'sse', readers: 100, publishers: 16, phases: `open:50:${seconds}` } as const;
  const samples: number[] = [];
  const sampler = setInterval(() => samples.push(rssBytes(target.pid)), 100);
  const [phases] = await Promise.all([measure(target, others), publishPaced(origin, events)]);
  clearInterval(sampler);
  const rss = median(samples.slice(samples.length / 2));
  return { p99Ms: phases.at(-1)?.p99Ms ?? Number.NaN, rssBytes: rss };
}

interface Origin {
  readonly url: string;
  readonly token: string;
}

function originOf(target: Target): Origin {
  const settings = new Map(
    target.load('sse').map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  );
  return { url: `http://127.0.0.1:${settings.get('port')}`, token: settings.get('token') ?? '' };
}

async function publishPaced({ url, token }: Origin, events: number): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ type: 'big', topic: 'slow', data: 'x'.repeat(EVENT_BYTES) });
  const start = performance.now();
  let next = 0;
  const publisher = async () => {
    while (next < events) {
      const early = start + (1000 * next++) / EVENTS_PER_SECOND - performance.now();
      if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
      const response = await fetch(`${url}/v1/events`, { method: 'POST', headers, body });
      if (!response.ok) throw new Error(`publish answered ${response.status}`);
      await response.arrayBuffer();
    }
  };
  await Promise.all(Array.from({ length: 8 }, publisher));
}

/** A reader in a process of its own, so that it can be stopped; it judges by positions and counts. */
function openReader(url: string, token: string, events: number) {
  const program = `
    const response = await fetch(process.argv[1], { headers: { accept: 'text/event-stream', authorization: 'Bearer ' + process.argv[2] } });
    let rest = '', last = '', count = 0, bad = 0;
    console.log('ready');
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      const blocks = (rest + chunk).split('\\n\\n');
      rest = blocks.pop();
      for (const block of blocks) {
        if (block.includes('event: gap')) bad++;
        const id = /^id: (.*)$/m.exec(block)?.[1];
        if (!id || !block.includes('data: ')) continue;
        if (id <= last) bad++;
        last = id;
        count++;
      }
      if (count >= ${events}) { console.log(bad ? 'bad' : 'complete'); process.exit(0); }
    }
    console.log('ended after ' + count);`;
  const address = `${url}/v1/events?topic=slow`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, address, token], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  const told = (word: string) =>
    new Promise<boolean>((resolve) => {
      const look = () => output.includes(word) && resolve(true);
      child.stdout.on('data', look);
      child.once('close', () => resolve(output.includes(word)));
    });
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const deadline = setTimeout(() => child.kill('SIGKILL'), 300_000);
  child.once('close', () => clearTimeout(deadline));
  return {
    ready: told('ready'),
    complete: told('complete'),
    stop: () => child.kill('SIGSTOP'),
    go: () => child.kill('SIGCONT'),
  };
}

function rssBytes(pid: number): number {
  return 4096 * Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
}
