import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { measure } from './measure.ts';
import { startCarillon } from './servers.ts';

/**
 * Counts the server's fsync and fdatasync calls from outside (strace) while publishes are acknowledged: one by one,
 * each acknowledgement is a batch of its own, so there must be at least one sync for each.
 */
export async function countSyncs(scratch: string): Promise<Readonly<Record<string, number>>> {
  await using target = await startCarillon(scratch);
  const figures: Record<string, number> = {};
  for (const outstanding of [1, 64]) {
    const file = join(scratch, `syncs-${outstanding}`);
    const tracer = spawn('strace', ['-f', '-qq', '-e', 'trace=fsync,fdatasync', '-o', file, '-p', String(target.pid)]);
    const ended = new Promise((resolve) => tracer.once('close', resolve));
    const load = { transport: 'sse', readers: 0, publishers: outstanding, phases: `closed:${outstanding}:3` } as const;
    const [, phase] = await measure(target, load);
    tracer.kill('SIGINT');
    await ended;
    const syncs = readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => /f(?:data)?sync\(.*= 0$/.test(line)).length;
    figures[`syncs per acknowledged publish, ${outstanding} outstanding`] = syncs / (phase?.acked ?? Number.NaN);
  }
  return figures;
}
