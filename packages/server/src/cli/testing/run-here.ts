import { Readable } from 'node:stream';
import type { CliContext } from '../output.ts';
import { runCli } from '../run.ts';
import type { Ended } from './spawn-cli.ts';

/** The command line in this process: what a child would say, without the price of one. */
export async function runHere(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const out: string[] = [];
  const err: string[] = [];
  const context: CliContext = {
    env,
    stdin: Readable.from([]),
    out: (line) => out.push(`${line}\n`),
    err: (line) => err.push(`${line}\n`),
    signal: new AbortController().signal,
  };
  const code = await runCli(args, context, '1.2.3');
  return { code, out: out.join(''), err: err.join('') };
}
