import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createZulipClient } from '@carillon/client/zulip';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ServerProcess, startServerProcess } from '../server-process.ts';

const PYTHON = join(import.meta.dirname, '../../../../clients/python/src');
const DEADLINE_MS = 60_000;
const ROUNDS = 3;

interface Somebody {
  readonly username: string;
  readonly email: string;
  readonly apiKey: string;
  readonly accessToken: string;
}

let home: string;
let server: ServerProcess;
let romeo: Somebody;
let juliet: Somebody;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'carillon-zulip-'));
  server = await startServerProcess(join(home, 'data'));
  // `carillon dev` gives out more than the other suites use.
  const people = server.credentials.accounts as unknown as readonly Somebody[];
  [juliet, romeo] = [find(people, 'juliet'), find(people, 'romeo')];
  writeFileSync(join(home, 'aloharc'), `[api]\nemail=${juliet.email}\nkey=${juliet.apiKey}\nsite=${server.url}\n`);
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  rmSync(home, { recursive: true, force: true });
});

test('the program of the seed and our own client hear every message once through kill -9, whoever posts', async () => {
  const program = startSeed();
  const ended = new AbortController();
  const heard: string[] = [];
  const client = createZulipClient({ email: juliet.email, apiKey: juliet.apiKey, site: server.url });
  const listening = client.callOnEachMessage(
    ({ content }) => void heard.push(String(content).replace('@juliet ', '')),
    {
      signal: ended.signal,
    },
  );
  try {
    // Both are there once they have heard of something that is said until they have.
    await until('both listen', async () => {
      await post('is anybody there?');
      return heard.length > 0 && program.lines.length > 0;
    });
    const wanted: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      await postAll(wanted, round, 'zulip');
      await server.kill();
      await server.start();
      await postAll(wanted, round, 'mastodon');
    }
    const last = wanted.at(-1) ?? '';
    await until(
      'both have the last',
      async () => heard.includes(last) && program.lines.some((line) => line.includes(last)),
    );

    expect(heard.filter((content) => content.startsWith('message '))).toEqual(wanted);
    const printed = program.lines.map((line) => /'content': '(?:@juliet )?(message [^']+)'/.exec(line)?.[1]);
    expect(printed.filter((content) => content !== undefined)).toEqual(wanted);
    expect(program.lines.join('')).toContain("'sender_full_name': 'Romeo Montague'");
  } finally {
    ended.abort();
    program.child.kill('SIGKILL');
    await listening.catch(() => undefined);
  }
});

/** As printed in the guide, run as a stranger would: an rc file at home, the package on the path. */
function startSeed(): { readonly child: ChildProcess; readonly lines: string[] } {
  const env = { ...process.env, HOME: home, PYTHONPATH: PYTHON, PYTHONUNBUFFERED: '1' };
  const child = spawn('python3', [join(import.meta.dirname, 'seed.py')], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
  });
  return { child, lines };
}

async function postAll(wanted: string[], round: number, by: 'zulip' | 'mastodon'): Promise<void> {
  for (let count = 0; count < 5; count++) {
    const text = `message ${round} ${by} ${count}`;
    await (by === 'zulip' ? post(text) : postStatus(text));
    wanted.push(text);
  }
}

async function post(content: string): Promise<void> {
  const authorization = `Basic ${Buffer.from(`${romeo.email}:${romeo.apiKey}`).toString('base64')}`;
  const body = new URLSearchParams({ type: 'private', to: JSON.stringify([juliet.email]), content });
  await done(await fetch(`${server.url}/api/v1/messages`, { method: 'POST', headers: { authorization }, body }));
}

async function postStatus(status: string): Promise<void> {
  const headers = { authorization: `Bearer ${romeo.accessToken}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ status: `@juliet ${status}`, visibility: 'direct' });
  await done(await fetch(`${server.url}/api/v1/statuses`, { method: 'POST', headers, body }));
}

async function done(response: Response): Promise<void> {
  if (!response.ok) throw new Error(`${response.url}: ${response.status} ${await response.text()}`);
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + DEADLINE_MS; ; ) {
    if (await isSo()) return;
    if (Date.now() > deadline) throw new Error(`not within ${DEADLINE_MS} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function find(people: readonly Somebody[], name: string): Somebody {
  const found = people.find(({ username }) => username === name);
  if (!found) throw new Error(`nobody is ${name}`);
  return found;
}
