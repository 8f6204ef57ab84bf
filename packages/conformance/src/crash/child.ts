import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { until } from '../until.ts';
import { heard, type Said } from './record.ts';

const START_MS = 30_000;

export interface AppenderOptions {
  readonly opener: URL;
  readonly directory: string;
  readonly round: string;
  readonly appenders?: number;
  readonly env?: NodeJS.ProcessEnv;
}

/** A child process that appends to the log of a directory until it is killed. */
export class Appender {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #out = '';
  #err = '';

  constructor({ opener, directory, round, appenders = 8, env = process.env }: AppenderOptions) {
    const program = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './appender.ts' : './appender.js', import.meta.url));
    const flags = [...process.execArgv.filter((flag) => flag.startsWith('--conditions')), ...sourceFlags()];
    const argv = [...flags, program, opener.href, directory, round, String(appenders)];
    this.#child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'pipe'], env });
    this.#ended = once(this.#child, 'close');
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.#out += text));
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#err += text));
  }

  get said(): readonly Said[] {
    return heard(this.#out);
  }

  get errors(): string {
    return this.#err;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Waits until this many appends were acknowledged. */
  async acknowledged(count: number): Promise<void> {
    const enough = (): boolean => this.#out.split('"said":"acknowledged"').length > count || this.#child.exitCode !== null;
    await until(enough, `${count} appends are acknowledged (${this.#err})`, START_MS);
    if (this.#child.exitCode !== null) throw new Error(`the appender ended by itself: ${this.#err}`);
  }

  /** Resolves once the process is gone and everything that it said is here. */
  async end(signal?: NodeJS.Signals): Promise<{ readonly code: number | null; readonly said: readonly Said[] }> {
    if (signal) this.#child.kill(signal);
    await this.#ended;
    return { code: this.#child.exitCode, said: this.said };
  }
}

/** Source modules of a checkout resolve under the source condition, also where a test runner set it in its own way. */
function sourceFlags(): string[] {
  return import.meta.url.endsWith('.ts') ? ['--conditions=carillon-source'] : [];
}
