import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const HERE = import.meta.dirname;

/** 200 bytes of JSON with the one `$` that the load generator counts. */
export const PAYLOAD = JSON.stringify({ text: `$${'x'.repeat(188)}` });

export type Transport = 'sse' | 'ws';

/** A running server under test, and how the load generator talks to it. */
export interface Target extends AsyncDisposable {
  readonly name: string;
  readonly pid: number;
  /** Arguments of the load program for one transport. */
  load(transport: Transport): readonly string[];
  /** Extra environment of the load program. */
  readonly environment: Readonly<Record<string, string>>;
  /** Event-loop delay p99 in milliseconds since the last call, where the server tells it. */
  loopDelayP99Ms?(): Promise<number>;
}

export type StartTarget = (scratch: string) => Promise<Target>;

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Compiles the C programs with the machine's gcc into `bench/build`. */
export function buildPrograms(): { readonly ceiling: string; readonly load: string } {
  const out = join(HERE, 'build');
  mkdirSync(out, { recursive: true });
  const built = (name: string) => {
    const program = join(out, name);
    execFileSync('gcc', ['-O2', '-Wall', '-Wextra', '-o', program, join(HERE, 'programs', `${name}.c`)]);
    return program;
  };
  return { ceiling: built('ceiling'), load: built('load') };
}

export function scratchFolder(): string {
  return mkdtempSync(join(tmpdir(), 'carillon-bench-'));
}

export const startCeiling: StartTarget = async () => {
  const port = await freePort();
  const child = start(buildPrograms().ceiling, [String(port)]);
  await answers(`http://127.0.0.1:${port}/`, { method: 'POST', body: '{}' }, child);
  return target('ceiling', child, { load: () => [`port=${port}`, `body=${PAYLOAD}`] });
};

export const startNchan: StartTarget = async (scratch) => {
  const port = await freePort();
  const prefix = mkdtempSync(join(scratch, 'nchan-'));
  const configuration = readFileSync(join(HERE, 'peers/nchan.conf'), 'utf8');
  writeFileSync(
    join(prefix, 'nginx.conf'),
    configuration.replace('PORT', String(port)).replace('modules/', '/usr/lib/nginx/modules/'),
  );
  const child = start('/usr/sbin/nginx', ['-p', prefix, '-c', 'nginx.conf', '-e', 'stderr']);
  await answers(`http://127.0.0.1:${port}/pub`, { method: 'POST', body: '{}' }, child);
  const worker = Number(
    execFileSync('pgrep', ['-P', String(child.pid)], { encoding: 'utf8' })
      .trim()
      .split('\n')[0],
  );
  return target('nchan', child, {
    pid: worker,
    load: () => [`port=${port}`, 'subscribePath=/sub', 'publishPath=/pub', `body=${PAYLOAD}`],
  });
};

export interface CarillonTarget extends Target {
  readonly port: number;
  readonly url: string;
  /** As `carillon dev` gives them out. */
  readonly credentials: { readonly token: string; readonly adminToken: string };
}

/** The shipped command with default settings: `carillon dev` on an empty data directory. */
export async function startCarillon(scratch: string, flags: readonly string[] = []): Promise<CarillonTarget> {
  const [port, internalPort] = [await freePort(), await freePort()];
  const directory = mkdtempSync(join(scratch, 'carillon-'));
  const command = join(HERE, '../packages/server/src/cli/main.ts');
  const ports = ['--port', String(port), '--internal-port', String(internalPort)];
  const child = start(process.execPath, [...shippedFlags(), command, 'dev', ...ports, '--data', directory, ...flags]);
  const url = `http://127.0.0.1:${port}`;
  const response = await answers(`${url}/dev/credentials.json`, {}, child);
  // `carillon dev` gives out its own token here.
  const credentials = (await response.json()) as CarillonTarget['credentials'];
  const { token } = credentials;
  const data: unknown = JSON.parse(PAYLOAD);
  const body = JSON.stringify({ type: 'bench', topic: 'bench', data });
  const common = [`port=${port}`, `token=${token}`, 'publishPath=/v1/events', `body=${body}`];
  const parts = target('carillon', child, {
    load: (transport) => [...common, `subscribePath=/v1/events${transport === 'sse' ? '?topic=bench' : ''}`],
    environment: { LOAD_WS_SUBSCRIBE: '{"type":"subscribe","id":1,"topics":["bench"]}' },
    loopDelayP99Ms: async () => {
      const metrics = await (await fetch(`http://127.0.0.1:${internalPort}/metrics`)).text();
      return (
        1000 * Number(/^carillon_event_loop_delay_seconds\{quantile="0.99"\} (\S+)$/m.exec(metrics)?.[1] ?? Number.NaN)
      );
    },
  });
  return { ...parts, port, url, credentials };
}

/** The flags that `npm start` gives to Node. */
function shippedFlags(): readonly string[] {
  // `carillon dev` gives out its own token here.
  const manifest = JSON.parse(readFileSync(join(HERE, '../package.json'), 'utf8')) as { scripts: { start: string } };
  return manifest.scripts.start.split(' ').filter((word) => word.startsWith('--'));
}

interface Parts {
  readonly pid?: number;
  readonly load: (transport: Transport) => readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly loopDelayP99Ms?: () => Promise<number>;
}

function target(name: string, child: ChildProcess, parts: Parts): Target {
  return {
    name,
    pid: parts.pid ?? child.pid ?? 0,
    load: (transport) => [`transport=${transport}`, ...parts.load(transport)],
    environment: parts.environment ?? {},
    ...(parts.loopDelayP99Ms ? { loopDelayP99Ms: parts.loopDelayP99Ms } : {}),
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      const guard = setTimeout(() => child.kill('SIGKILL'), 15_000);
      await ended;
      clearTimeout(guard);
    },
  };
}

/** On the first core, with as many files as the machine lets us have; the load generator gets the second. */
function start(program: string, args: readonly string[]): ChildProcess {
  const line = ['-c', 'ulimit -n "$(ulimit -Hn)"; exec taskset -c 0 "$@"', 'sh', program, ...args];
  return spawn('sh', line, { stdio: ['ignore', 'ignore', 'inherit'] });
}

async function answers(url: string, init: RequestInit, child: ChildProcess): Promise<Response> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    if (child.exitCode !== null)
      throw new Error(`${child.spawnargs.at(3)} ended with ${child.exitCode} before it answered`);
    const response = await fetch(url, init).catch(() => undefined);
    if (response?.ok) return response;
    if (Date.now() > deadline) throw new Error(`no answer from ${url} within a minute`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
