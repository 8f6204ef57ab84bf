import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { measure } from './measure.ts';
import { startCarillon, type Target } from './servers.ts';

const STOPPED = 10;
const PUBLISHED_BYTES = 200e6;
const EVENT_BYTES = 20_000;

/**
 * Ten readers are stopped (SIGSTOP) while 200 MB are published: what the server's memory grows by, the p99 of the
 * others before and meanwhile, and whether the stopped ones then received everything, in order, without a gap.
 */
export async function slowReaders(scratch: string): Promise<Readonly<Record<string, number>>> {
  await using target = await startCarillon(scratch);
  const origin = originOf(target);
  const events = Math.ceil(PUBLISHED_BYTES / EVENT_BYTES);
  const stopped = Array.from({ length: STOPPED }, () => openReader(origin.url, origin.token, events));
  await Promise.all(stopped.map((reader) => reader.ready));

  const others = { transport: 'sse', readers: 100, publishers: 16, phases: 'open:50:2,open:50:6' } as const;
  const before = (await measure(target, others)).at(-1)?.p99Ms ?? Number.NaN;
  await publishMegabytes(origin, 500);
  for (const reader of stopped) reader.stop();
  const memory = rssBytes(target.pid);
  const [meanwhile] = await Promise.all([measure(target, others), publishMegabytes(origin, events - 500)]);
  const grown = rssBytes(target.pid) - memory;
  for (const reader of stopped) reader.go();
  const complete = await Promise.all(stopped.map((reader) => reader.complete));
  return {
    'ten stopped readers, 200 MB published: server memory grew by, MB (below 20)': grown / 1e6,
    'ten stopped readers: p99 of the others, ms, before': before,
    'ten stopped readers: p99 of the others, ms, meanwhile / before (at most 2)':
      (meanwhile.at(-1)?.p99Ms ?? Number.NaN) / before,
    'stopped readers that then received everything in order, without a gap': complete.filter(Boolean).length,
  };
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

async function publishMegabytes({ url, token }: Origin, events: number): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const padding = 'x'.repeat(EVENT_BYTES);
  let next = 0;
  const publisher = async () => {
    while (next < events) {
      const body = JSON.stringify({ type: 'big', topic: 'slow', data: { n: next++, padding } });
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
