import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const SCRIPT = new URL('./testing/idle-memory.ts', import.meta.url);
const CONNECTIONS = '1000';

/** Bytes that an idle event stream costs, the young generation's own growth left out. */
async function bytesPerStream(mode: 'taken' | 'plain'): Promise<number> {
  const flags = ['--expose-gc', '--max-semi-space-size=1', ...process.execArgv];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, SCRIPT.pathname, 'sse', CONNECTIONS, mode]);
  return Number(/"bytesEach":(\d+)/.exec(stdout)?.[1]);
}

it('an idle stream costs less than half of what it costs the ordinary way: Node took the fast path', async () => {
  const plain = await bytesPerStream('plain');
  const taken = await bytesPerStream('taken');

  expect(taken).toBeLessThan(plain / 2);
}, 60_000);
