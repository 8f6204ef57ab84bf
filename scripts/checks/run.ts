import { spawn } from 'node:child_process';
import { join } from 'node:path';

const TOOLS = join(import.meta.dirname, '../../node_modules/.bin');

export interface Ran {
  readonly exitCode: number;
  /** Both streams, in the order in which they came. */
  readonly output: string;
}

/** Runs a program without a terminal, the pinned tools first on its path, and keeps what it printed. */
export function run(cwd: string, program: string, args: readonly string[]): Promise<Ran> {
  const env = { ...process.env, PATH: `${TOOLS}:${process.env['PATH'] ?? ''}`, NO_COLOR: '1', FORCE_COLOR: '0' };
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (chunk: string): void => {
      output += chunk;
    };
    child.stdout.setEncoding('utf8').on('data', keep);
    child.stderr.setEncoding('utf8').on('data', keep);
    child.once('error', reject);
    child.once('close', (code, signal) =>
      resolve({ exitCode: code ?? 1, output: signal ? `${output}${signal}` : output }),
    );
  });
}
