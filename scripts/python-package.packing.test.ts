import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const ROOT = dirname(import.meta.dirname);
const execute = promisify(execFile);

let home: string;
let python: string;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'carillon-python-'));
  const environment = join(home, 'environment');
  python = join(environment, 'bin/python');
  await run('/usr/bin/python3', ['-m', 'venv', environment], home);
  const pip = ['-m', 'pip', 'install', '--no-index', '--no-cache-dir', './clients/python'];
  await run(python, pip, ROOT);
}, 300_000);

afterAll(() => rmSync(home, { recursive: true, force: true }));

/** As somebody who has set nothing and has no other package. */
async function run(program: string, args: readonly string[], cwd: string): Promise<string> {
  const env = { PATH: process.env['PATH'], HOME: home, PYTHONDONTWRITEBYTECODE: '1' };
  const { stdout, stderr } = await execute(program, args, { cwd, env }).catch((error: unknown) => {
    throw new Error(`${program} ${args.join(' ')}: ${Object(error).stdout}${Object(error).stderr}`, { cause: error });
  });
  return stdout + stderr;
}

test('the package that pip installed without an index has both names, and is one', async () => {
  writeFileSync(join(home, 'aloharc'), '[api]\nemail = juliet@example.org\nkey = k\nsite = https://chat.example.org\n');
  const program = [
    'import aloha, carillon',
    'assert aloha.Client is carillon.Client',
    'print(aloha.Client(config_file="~/aloharc").base_url, aloha.__version__, carillon.__file__)',
  ];

  const [url, version, file] = (await run(python, ['-c', program.join('\n')], home)).trim().split(' ');

  expect(url).toBe('https://chat.example.org/api/');
  expect(version).toBe('0.1.0');
  expect(file).toContain(home);
});

test('pip knows what it installed', async () => {
  const shown = await run(python, ['-m', 'pip', 'show', '--files', 'carillon'], home);

  expect(shown).toMatch(/^Version: 0\.1\.0$/m);
  expect(shown).toMatch(/^Requires: *$/m);
  expect(shown).toContain('aloha/__init__.py');
  expect(shown).not.toContain('..');
});

test('the installed package passes its own tests', async () => {
  const told = await run(python, ['-m', 'unittest', 'discover', '-s', join(ROOT, 'clients/python/tests')], home);

  expect(told).toMatch(/Ran [1-9]\d* tests[\s\S]*\nOK/);
});
