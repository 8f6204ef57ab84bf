import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { programArguments } from '../program.ts';
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

/** A child process, with whatever processes it starts, that appends to the log of a directory until it is killed. */
export class Appender {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #out = '';
  #err = '';

  constructor({ opener, directory, round, appenders = 8, env = process.env }: AppenderOptions) {
    const argv = [...programArguments(import.meta.url, './appender'), opener.href, directory, round, String(appenders)];
    this.#child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'pipe'], env, detached: true });
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
    const enough = (): boolean =>
      this.#out.split('"said":"acknowledged"').length > count || this.#child.exitCode !== null;
    await until(enough, `${count} appends are acknowledged (${this.#err})`, START_MS);
    if (this.#child.exitCode !== null) throw new Error(`the appender ended by itself: ${this.#err}`);
  }

  /** Resolves once the process is gone and everything that it said is here. */
  async end(signal?: NodeJS.Signals): Promise<{ readonly code: number | null; readonly said: readonly Said[] }> {
    if (signal && this.#child.pid && this.#child.exitCode === null) process.kill(-this.#child.pid, signal);
    await this.#ended;
    return { code: this.#child.exitCode, said: this.said };
  }
}
