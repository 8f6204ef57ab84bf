import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';

const COMMAND = join(import.meta.dirname, '../src/cli/main.ts');
const START_MS = 60_000;

export interface Credentials {
  readonly baseUrl: string;
  readonly adminToken: string;
  readonly token: string;
  readonly accounts: readonly { readonly username: string; readonly accessToken: string }[];
}

/** `carillon dev` as a process of its own, on ports and data that outlive it. */
export interface ServerProcess extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly internalUrl: string;
  readonly credentials: Credentials;
  readonly pid: number;
  /** kill -9, and waits until it is gone. */
  kill(): Promise<void>;
  /** SIGTERM, and waits for its end; the exit code. */
  stop(): Promise<number | null>;
  /** Starts again on the same data and ports; resolves when it answers. */
  start(): Promise<void>;
}

export async function startServerProcess(data: string, flags: readonly string[] = []): Promise<ServerProcess> {
  const [port, internalPort] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;
  let credentials: Credentials | undefined;

  async function start(): Promise<void> {
    const ports = ['--port', String(port), '--internal-port', String(internalPort)];
    const command = ['--conditions=carillon-source', COMMAND, 'dev', ...ports, '--data', data, ...flags];
    const started = spawn(process.execPath, command, { stdio: ['ignore', 'ignore', 'pipe'] });
    child = started;
    let said = '';
    started.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-4_000)));
    const deadline = Date.now() + START_MS;
    while (Date.now() < deadline) {
      if (started.exitCode !== null) throw new Error(`the server ended with ${started.exitCode}: ${said}`);
      const response = await fetch(`${url}/dev/credentials.json`).catch(() => undefined);
      if (response?.ok) {
        credentials = (await response.json()) as Credentials;
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    started.kill('SIGKILL');
    throw new Error(`the server did not answer within ${START_MS} ms: ${said}`);
  }

  async function end(signal: NodeJS.Signals): Promise<number | null> {
    const running = child;
    if (!running || running.exitCode !== null || running.signalCode !== null) return running?.exitCode ?? null;
    const gone = once(running, 'exit');
    running.kill(signal);
    await gone;
    return running.exitCode;
  }

  await start();
  return {
    url,
    port,
    internalUrl: `http://127.0.0.1:${internalPort}`,
    get credentials() {
      if (!credentials) throw new Error('the server never answered');
      return credentials;
    },
    get pid() {
      return child?.pid ?? 0;
    },
    start,
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
    [Symbol.asyncDispose]: async () => void (await end('SIGKILL')),
  };
}

export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
