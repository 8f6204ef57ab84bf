import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { STORAGE_DEFAULTS } from '../../storage/index.ts';
import { openLog } from '../index.ts';
import { NOTES_ROOTS } from './roots.ts';

const EVENTS = 60;

/** Leaves a directory as a killed process does: sixty events, all of them in the write-ahead log only. */
export async function leaveKilled(directory: string): Promise<void> {
  const child = spawn(process.execPath, [...process.execArgv, fileURLToPath(import.meta.url), directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const signal = await new Promise((resolve) => child.once('exit', (_, by) => resolve(by)));
  if (signal !== 'SIGKILL') throw new Error('the child did not come to its end');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const directory = process.argv[2] ?? '';
  const log = await openLog({ settings: { ...STORAGE_DEFAULTS, directory }, threads: NOTES_ROOTS });
  for (let n = 1; n <= EVENTS; n += 1) {
    const data = Buffer.from(`text-${n}-${'x'.repeat(200)}`);
    await log.append([{ type: 'test.said', topics: ['stream:default/a'], data }]);
  }
  process.kill(process.pid, 'SIGKILL');
}
