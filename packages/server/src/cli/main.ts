import { readFileSync } from 'node:fs';
import { runCli } from './run.ts';

const manifest: { readonly version: string } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
);
// Small buffers that wait for a slow reader keep the pool that they were cut from: a small one, here.
Buffer.poolSize = 8_192;

const gone = new AbortController();
process.stdout.on('error', () => gone.abort());

// Started through `bin/carillon.js` under an older Node: when that process is killed, this one must not live on.
process.on('message', (message) => {
  if (message === 'follow') process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
});
process.channel?.unref();

process.exitCode = await runCli(
  process.argv.slice(2),
  {
    env: process.env,
    stdin: process.stdin,
    out: (line) => void process.stdout.write(`${line}\n`),
    err: (line) => void process.stderr.write(`${line}\n`),
    signal: gone.signal,
  },
  manifest.version,
);
