import { type ChildProcess, type ExecFileOptions, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../packages/server/test/server-process.ts';

const ROOT = dirname(import.meta.dirname);
const TOOLS = join(ROOT, 'node_modules/.bin');
const START_MS = 30_000;
const execute = promisify(execFile);

interface Packed {
  readonly filename: string;
  readonly name: string;
  readonly files: readonly { readonly path: string }[];
}

let folder: string;
let empty: string;
let packed: readonly Packed[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'carillon-packing-'));
  empty = join(folder, 'empty');
  mkdirSync(empty);
  for (const dist of globSync('packages/*/dist', { cwd: ROOT })) rmSync(join(ROOT, dist), { recursive: true });
  await run(join(TOOLS, 'tsc'), ['--build'], { cwd: ROOT });
  const flags = ['pack', '--workspaces', '--json', '--pack-destination', folder];
  const packing = await run('npm', flags, { cwd: ROOT });
  packed = JSON.parse(packing);
  const install = ['install', '--no-audit', '--no-fund', '--prefer-offline'];
  const tarballs = packed.map(({ filename }) => join(folder, filename));
  writeFileSync(join(empty, 'package.json'), '{ "private": true, "type": "module" }');
  await run('npm', [...install, ...tarballs], { cwd: empty, env: outside() });
}, 300_000);

/** Both streams matter when it fails: npm and tsc tell their errors on different ones. */
async function run(program: string, args: readonly string[], options: ExecFileOptions): Promise<string> {
  try {
    const { stdout } = await execute(program, args, { ...options, encoding: 'utf8', maxBuffer: 64 * 1_048_576 });
    return stdout;
  } catch (error) {
    const { stdout, stderr } = Object(error);
    throw new Error(`${program} ${args.join(' ')} failed: ${stdout}${stderr}`, { cause: error });
  }
}

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The environment of somebody who has never seen this repository: no tool of it on the path, no condition set. */
function outside(): NodeJS.ProcessEnv {
  const path = (process.env['PATH'] ?? '').split(':').filter((entry) => !entry.includes('node_modules'));
  const inherited = Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_|VITEST|CARILLON_)/i.test(name));
  return { ...Object.fromEntries(inherited), PATH: path.join(':') };
}

test('every package is packed, with its build and README and nothing else', () => {
  const packages = readdirSync(join(ROOT, 'packages'));
  const allowed = /^(package\.json|README\.md|LICENSE|bin\/[\w-]+\.js|dist\/.*(?<!\.test)\.(js|js\.map|d\.ts))$/;

  expect(packed).toHaveLength(packages.length);
  for (const { name, files } of packed) {
    const paths = files.map(({ path }) => path);
    expect(paths, name).toEqual(expect.arrayContaining(['README.md', 'dist/index.js', 'dist/index.d.ts']));
    expect(
      paths.filter((path) => !allowed.test(path)),
      name,
    ).toEqual([]);
  }
});

test('the types of the installed packages hold in a strict program', async () => {
  const program = `import { createClient } from '@carillon/client';
    import { createZulipClient } from '@carillon/client/zulip';
    import { parseToken } from '@carillon/core';
    import { logSuite } from '@carillon/conformance';
    import { startServer } from 'carillon';
    const client = createClient({ url: 'http://127.0.0.1:4000' });
    for await (const { position } of client.subscribe('news')) console.log(parseToken(position)?.epoch);
    const zulip = createZulipClient({ email: 'a@example.org', apiKey: 'k', site: 'http://127.0.0.1:4000' });
    await zulip.callOnEachMessage(({ content }) => console.log(content), { narrow: [['channel', 'news']] });
    export type Used = typeof logSuite | typeof startServer;`;
  const types = [
    '--types',
    'node',
    '--typeRoots',
    join(ROOT, 'node_modules/@types'),
    '--lib',
    'es2024,dom,dom.asynciterable,esnext',
  ];
  const flags = ['--noEmit', '--ignoreConfig', '--strict', '--module', 'nodenext', '--target', 'es2024', ...types];
  writeFileSync(join(empty, 'program.ts'), program);

  expect(await run(join(TOOLS, 'tsc'), [...flags, 'program.ts'], { cwd: empty })).toBe('');
});

test('npx carillon dev runs there, takes a publish, hands it to a subscriber, and stops when told', async () => {
  const [port, internalPort] = [await freePort(), await freePort()];
  const ports = ['--port', String(port), '--internal-port', String(internalPort)];
  const server = spawn('npx', ['carillon', 'dev', ...ports], { cwd: empty, env: outside(), detached: true });
  const said = heard(server);
  try {
    const url = `http://127.0.0.1:${port}`;
    const token = await tokenOf(url, server, said);
    const env = { ...outside(), CARILLON_URL: url, CARILLON_TOKEN: token };
    const carillon = (...args: readonly string[]): Promise<string> =>
      run('npx', ['carillon', ...args], { cwd: empty, env, timeout: START_MS });

    await carillon('publish', 'news', '{"from":"a tarball"}', '--type', 'greeting');
    const received = await carillon('subscribe', 'news', '--since', 'earliest', '--count', '1', '--json');

    expect(JSON.parse(received)).toMatchObject({ type: 'greeting', topic: 'news', data: { from: 'a tarball' } });
    expect(readdirSync(empty)).toContain('.carillon');
    const gone = once(server, 'close', { signal: AbortSignal.timeout(START_MS) });
    signalGroup(server, 'SIGTERM');
    await gone;
    expect(await fetch(url).catch(() => 'gone')).toBe('gone');
  } finally {
    signalGroup(server, 'SIGKILL');
  }
});

function heard(child: ChildProcess): () => string {
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => (said += text));
  return () => said;
}

async function tokenOf(url: string, server: ChildProcess, said: () => string): Promise<string> {
  const deadline = Date.now() + START_MS;
  while (Date.now() < deadline) {
    if (server.exitCode !== null) throw new Error(`npx carillon dev ended with ${server.exitCode}: ${said()}`);
    const response = await fetch(`${url}/dev/credentials.json`).catch(() => undefined);
    if (response?.ok) return JSON.parse(await response.text()).token;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`npx carillon dev did not answer within ${START_MS} ms: ${said()}`);
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  process.kill(-child.pid, signal);
}
