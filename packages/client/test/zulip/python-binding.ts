import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { API_KEY, EMAIL, type Played, type Run } from './vector.ts';

const PYTHON = join(import.meta.dirname, '../../../../clients/python');

type Told =
  | { readonly heard: unknown }
  | { readonly waitMs: number }
  | { readonly gap: number }
  | { readonly ends: unknown };

/** One interpreter that plays one run after the other. */
export class PythonBinding implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;
  #errors = '';

  constructor() {
    const env = { ...process.env, PYTHONPATH: join(PYTHON, 'src'), PYTHONDONTWRITEBYTECODE: '1' };
    const child = spawn('python3', [join(PYTHON, 'tests/play_vectors.py')], { env, stdio: 'pipe' });
    child.stderr.on('data', (chunk) => (this.#errors += String(chunk)));
    this.#reader = createInterface({ input: child.stdout });
    this.#lines = this.#reader[Symbol.asyncIterator]();
    this.#child = child;
  }

  async play({ vector, site, random, waited }: Run): Promise<Played> {
    const played: Played = { heard: [], waitsMs: [], gaps: [] };
    this.#tell(JSON.stringify({ ...vector, site, random, email: EMAIL, apiKey: API_KEY }));
    while (played.ends === undefined) {
      const told = await this.#next();
      if ('heard' in told) played.heard.push(told.heard);
      else if ('gap' in told) played.gaps.push(told.gap);
      else if ('ends' in told) played.ends = told.ends;
      else {
        played.waitsMs.push(told.waitMs);
        await waited();
        this.#tell('');
      }
    }
    return played;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }

  #tell(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  async #next(): Promise<Told> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`python3 ended: ${this.#errors}`);
    return JSON.parse(value) as Told;
  }
}
