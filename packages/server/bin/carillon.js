#!/usr/bin/env -S node --max-semi-space-size=4
// Starts Carillon under a Node that it runs on. Plain JavaScript for old Nodes: this file is what `npx carillon` runs.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const LEAST_MAJOR = 24;
/** A young generation that a storm of connects cannot grow: half the memory of an idle connection, same throughput. */
const YOUNG = '--max-semi-space-size=4';
const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, '../src/cli/main.ts');
const built = join(here, '../dist/cli/main.js');
const fromSource = existsSync(source);
const isNewEnough = Number(process.versions.node.split('.')[0]) >= LEAST_MAJOR;

if (isNewEnough && !fromSource) await import(pathToFileURL(built).href);
else start(isNewEnough ? process.execPath : pinnedNode());

/** The Node that npm installed with this package, of exactly the version it is tested with. */
function pinnedNode() {
  const name = `node-${process.platform}-${process.arch}`;
  try {
    return join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), 'bin/node');
  } catch {
    return undefined;
  }
}

function start(node) {
  if (node === undefined) {
    console.error(
      `carillon: Node ${LEAST_MAJOR} is needed, this is ${process.version}, and no pinned one is installed`,
    );
    process.exitCode = 1;
    return;
  }
  const args = fromSource ? ['--conditions=carillon-source', source] : [built];
  const child = spawn(node, [YOUNG, ...args, ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  child.on('error', (error) => {
    console.error(`carillon: cannot start ${node} (${error.code})`);
    process.exitCode = 1;
  });
  // The child watches this channel and does not outlive us, even if we are killed without a chance to tell it.
  child.send('follow', () => undefined);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(name);
    if (signal === null) process.exitCode = code;
    else process.kill(process.pid, signal);
  });
}
