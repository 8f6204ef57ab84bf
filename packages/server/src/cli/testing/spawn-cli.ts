import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
const BIN = fileURLToPath(new URL('../../../bin/carillon.js', import.meta.url));
const SOURCE = '--conditions=carillon-source';

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface SpawnOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Starts `bin/carillon.js`, as an installed command does. */
  readonly bin?: boolean;
  /** Node's own flags. */
  readonly flags?: readonly string[];
}

/** One run of the command, as its own process in a folder of its own. */
export class CliRun {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  #out = '';
  #err = '';

  constructor(args: readonly string[], cwd: string, { input, env, bin, flags = [] }: SpawnOptions = {}) {
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('CARILLON_'));
    const start = bin ? [BIN] : [SOURCE, MAIN];
    this.child = spawn(process.execPath, [...flags, ...start, ...args], {
      cwd,
      env: { ...Object.fromEntries(inherited), ...env },
    });
    this.child.stdin?.end(input ?? '');
    this.child.stdout?.on('data', (chunk) => (this.#out += String(chunk)));
    this.child.stderr?.on('data', (chunk) => (this.#err += String(chunk)));
    this.ended = once(this.child, 'close').then(([code]) => ({ code, out: this.#out, err: this.#err }));
  }

  get out(): string {
    return this.#out;
  }

  /** The first line of output that is complete and passes. */
  async line(passes: (line: string) => boolean = () => true): Promise<string> {
    for (;;) {
      const lines = this.#out.split('\n').slice(0, -1);
      const found = lines.find(passes);
      if (found !== undefined) return found;
      const next = this.child.stdout ? once(this.child.stdout, 'data') : Promise.reject(new Error('no output'));
      const over = this.ended.then(({ code, err }) => Promise.reject(new Error(`ended with ${code}: ${err}`)));
      await Promise.race([next, over]);
    }
  }
}

/** A folder for runs, gone afterwards with whatever still runs in it. */
export class CliFolder implements AsyncDisposable {
  readonly path = mkdtempSync(join(tmpdir(), 'carillon-cli-'));
  readonly #runs: CliRun[] = [];

  start(args: readonly string[], options?: SpawnOptions): CliRun {
    const run = new CliRun(args, this.path, options);
    this.#runs.push(run);
    return run;
  }

  run(args: readonly string[], options?: SpawnOptions): Promise<Ended> {
    return this.start(args, options).ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { child } of this.#runs) child.kill('SIGKILL');
    await Promise.all(this.#runs.map(({ ended }) => ended));
    rmSync(this.path, { recursive: true });
  }
}
