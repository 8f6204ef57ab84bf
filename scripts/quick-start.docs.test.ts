import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ServerProcess, startServerProcess } from '../packages/server/test/server-process.ts';
import { type DocBlock, docBlocks, missingLines } from './doc-blocks.ts';

const ROOT = dirname(import.meta.dirname);
const COMMAND = `"${process.execPath}" --conditions=carillon-source ${join(ROOT, 'packages/server/src/cli/main.ts')}`;
const DEADLINE_MS = 10_000;

interface Running {
  readonly block: DocBlock;
  readonly child: ChildProcess;
  output: string;
}

describe.each(['docs/quick-start.md', 'README.md', 'docs/protocols/mastodon.md'])('%s', (page) => {
  const blocks = docBlocks(readFileSync(join(ROOT, page), 'utf8')).filter(({ script }) => !script.startsWith('npm ci'));
  const open: Running[] = [];
  let folder: string;
  let server: ServerProcess;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'carillon-docs-'));
    // In place of the `npm install` of a page.
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    server = await startServerProcess(join(folder, 'data'));
  });

  afterAll(async () => {
    for (const { child } of open) stopGroup(child);
    await server[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Exported variables live on from block to block, as in the reader's shell. */
  function start(block: DocBlock): Running {
    const kept = join(folder, 'environment');
    const script = block.script.replaceAll('http://127.0.0.1:4000', server.url).replaceAll('npx carillon', COMMAND);
    const whole = `set -euo pipefail\n[ -e ${kept} ] && . ${kept}\n${script}\nexport -p | grep -E ' (CARILLON_|TOKEN)' > ${kept} || true\n`;
    const child = spawn('bash', ['-c', whole], {
      cwd: folder,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PATH: `${dirname(process.execPath)}:${process.env['PATH']}` },
    });
    const running: Running = { block, child, output: '' };
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        running.output += text;
      });
    }
    return running;
  }

  test('has blocks to run', () => {
    expect(blocks.length).toBeGreaterThan(0);
  });

  test.each(blocks)('line $line does what it says', async (block) => {
    const running = start(block);
    if (block.stream) {
      open.push(running);
      await expect.poll(() => running.output, { timeout: DEADLINE_MS }).not.toBe('');
      return;
    }
    const [exitCode] = await once(running.child, 'close', { signal: AbortSignal.timeout(DEADLINE_MS * 3) });

    expect({ exitCode, output: running.output }).toMatchObject({ exitCode: 0 });
    expect({ missing: missingLines(block.promised, running.output), output: running.output }).toMatchObject({
      missing: [],
    });
  });

  test('what stays open shows what it promised', async () => {
    for (const running of open) {
      await expect
        .poll(() => missingLines(running.block.promised, running.output), { timeout: DEADLINE_MS })
        .toEqual([]);
    }
  });
});

function stopGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null) return;
  process.kill(-child.pid, 'SIGKILL');
}
