import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { loadSettings, type RunningServer, startServer } from '../../src/index.ts';
import { ask } from '../events/requests.ts';
import { RawStream } from '../events/sse-client.ts';
import { WsClient } from '../events/ws-client.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

interface Member {
  readonly id: number;
  readonly token: string;
}

let server: RunningServer;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'carillon-presence-'));
  const presets = {
    ...{ 'storage.dataDir': directory, 'server.port': 0, 'log.level': 'error' },
    'community.presenceGraceMs': 100,
  };
  const loaded = loadSettings({ env: {}, presets });
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));
  server = await startServer(loaded.settings, { dev: true });
});

afterAll(async () => {
  await server.close();
  await rm(directory, { recursive: true });
});

async function call(path: string, body: object): Promise<Record<string, unknown>> {
  const headers = { 'content-type': 'application/json' };
  const token = server.dev?.adminToken ?? '';
  const answer = await ask(`${server.url}${path}`, { method: 'POST', token, headers, body: JSON.stringify(body) });
  if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
  // What the tests of these calls hold the server to.
  return answer.body as Record<string, unknown>;
}

async function member(name: string): Promise<Member> {
  const { id } = await call('/admin/accounts', { name });
  const { token } = await call(`/admin/accounts/${name}/tokens`, { scopes: ['read'] });
  return { id: Number(id), token: String(token) };
}

/** A Mastodon stream of the account's own. */
function stream({ token }: Member): RawStream {
  return new RawStream(server.url, '/api/v1/streaming/user', { Authorization: `Bearer ${token}` });
}

it('tells of an account once when it comes and once when its last stream ends, natively and to nobody on Mastodon', async () => {
  const [abram, sampson, gregory] = [await member('abram'), await member('sampson'), await member('gregory')];
  using watcher = new WsClient(server.url, gregory.token);
  expect(await watcher.ask({ type: 'subscribe', topics: ['presence'] })).toMatchObject({ type: 'subscribed' });
  using mastodon = stream(gregory);
  await mastodon.until(({ body }) => body.startsWith(':)\n'), 'a greeting');
  const told = ({ id }: Member) =>
    watcher.data.flatMap((data) => {
      // What `presence.changed` says.
      const { account, status } = data as { account: number; status: string };
      return account === id ? [status] : [];
    });

  const first = stream(abram);
  const second = new WsClient(server.url, abram.token);
  await first.until(({ body }) => body.startsWith(':)\n'), 'a greeting');
  await second.until(({ open }) => open, 'an open socket');
  await watcher.until(() => told(abram).length > 0, 'Abram comes');
  first[Symbol.dispose]();
  // Whoever comes and goes after that is told gone after him, if he were.
  const passing = stream(sampson);
  await watcher.until(() => told(sampson).length === 1, 'Sampson comes');
  passing[Symbol.dispose]();
  await watcher.until(() => told(sampson).length === 2, 'Sampson goes');
  expect(told(abram)).toEqual(['active']);

  second[Symbol.dispose]();
  await watcher.until(() => told(abram).length > 1, 'Abram goes');
  expect(told(abram)).toEqual(['active', 'offline']);
  expect(told(sampson)).toEqual(['active', 'offline']);
  expect(mastodon.body).not.toContain('event:');
});
