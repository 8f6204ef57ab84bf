import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { pause } from './wait.ts';

const COMMAND = fileURLToPath(new URL('../../packages/server/src/cli/main.ts', import.meta.url));
const SECRET = 'the-secret-of-the-fault-runs-only-0001';
const START_MS = 60_000;
const STDERR_KEPT = 8_000;
const DAY_SECONDS = 86_400;

export interface ServerOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
}

/** `carillon serve` on a data directory; ports stay the same over every restart. */
export class Server {
  readonly url: string;
  readonly token: string;
  readonly #ports: readonly [number, number];
  readonly #options: ServerOptions;
  #child: ChildProcess | undefined;
  #ended: Promise<unknown> = Promise.resolve();
  #said = '';

  private constructor(ports: readonly [number, number], options: ServerOptions) {
    this.#ports = ports;
    this.#options = options;
    this.url = `http://127.0.0.1:${ports[0]}`;
    this.token = signToken();
  }

  static async make(options: ServerOptions = {}): Promise<Server> {
    return new Server([await freePort(), await freePort()], options);
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get exitCode(): number | null {
    return this.#child?.exitCode ?? null;
  }

  /** The end of what it wrote to both of its outputs. */
  get said(): string {
    return this.#said;
  }

  /** Milliseconds until it was ready; throws with its own words when it ends instead. */
  async start(data: string): Promise<number> {
    const [port, internal] = this.#ports;
    const where = ['--port', `${port}`, '--internal-port', `${internal}`, '--data', data];
    const command = ['--conditions=carillon-source', COMMAND, 'serve', ...where, ...(this.#options.flags ?? [])];
    const settings = { CARILLON_AUTH_JWT_SECRETS: SECRET, CARILLON_RETENTION_APP_MS: `${DAY_SECONDS * 1000}` };
    const env = { ...process.env, ...settings, ...this.#options.env };
    const began = performance.now();
    this.#said = '';
    const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe'], env });
    this.#child = child;
    this.#ended = once(child, 'close');
    for (const output of [child.stdout, child.stderr]) {
      output.setEncoding('utf8').on('data', (text: string) => (this.#said = (this.#said + text).slice(-STDERR_KEPT)));
    }
    while (performance.now() - began < START_MS) {
      if (!this.isRunning)
        throw new Error(`the server ended with ${child.exitCode ?? child.signalCode}: ${this.#said}`);
      const ready = await fetch(`http://127.0.0.1:${internal}/health/ready`).catch(() => undefined);
      await ready?.arrayBuffer();
      if (ready?.ok) return performance.now() - began;
      await pause(10);
    }
    await this.end('SIGKILL');
    throw new Error(`the server was not ready within ${START_MS} ms: ${this.#said}`);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Signals, if a signal is given, and waits until it is gone. */
  async end(signal?: NodeJS.Signals): Promise<void> {
    if (this.isRunning && signal) this.signal(signal);
    await this.#ended;
  }
}

/** A token for everything in the default app, signed here and not by the code under test (RFC 7519, HS256). */
function signToken(): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const exp = Math.floor(Date.now() / 1000) + DAY_SECONDS;
  const claims = { aud: 'carillon', app: 'default', sub: 'faults', exp, publish: ['*'], subscribe: ['*'] };
  const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
  return `${text}.${createHmac('sha256', SECRET).update(text).digest('base64url')}`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('a TCP listener has a port');
  return address.port;
}
