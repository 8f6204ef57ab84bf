import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const SCRIPT = new URL('./testing/idle-memory.ts', import.meta.url);
const CONNECTIONS = '1000';

/** Bytes that an idle event stream keeps on the heap: objects, counted after a collection, the same on any machine. */
async function bytesPerStream(mode: 'taken' | 'plain'): Promise<number> {
  const flags = ['--expose-gc', '--max-semi-space-size=1', ...process.execArgv];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, SCRIPT.pathname, 'sse', CONNECTIONS, mode]);
  return Number(/"heapBytesEach":(\d+)/.exec(stdout)?.[1]);
}

it('an idle stream keeps less than half of the objects that it keeps the ordinary way: Node took the fast path', async () => {
  const plain = await bytesPerStream('plain');
  const taken = await bytesPerStream('taken');

  expect(taken).toBeLessThan(plain / 2);
}, 60_000);
