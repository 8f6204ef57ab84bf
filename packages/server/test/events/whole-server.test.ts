import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@carillon/conformance';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { loadSettings, type RunningServer, startServer } from '../../src/index.ts';
import { DEADLINE_MS } from './deadline.ts';
import { READERS } from './order-readers.ts';
import { ask, publish } from './requests.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let server: RunningServer;
let directory: string;
let admin: string;
let full: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'carillon-whole-'));
  const presets = { 'storage.dataDir': directory, 'server.port': 0, 'log.level': 'error' };
  const loaded = loadSettings({ env: {}, presets });
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));
  server = await startServer(loaded.settings, { dev: true });
  if (!server.dev) throw new Error('there are no credentials');
  admin = server.dev.adminToken;
  full = server.dev.token;
});

afterAll(async () => {
  await server.close();
  await rm(directory, { recursive: true });
});

async function call(path: string, body: unknown): Promise<{ token: string }> {
  const headers = { 'content-type': 'application/json' };
  const answer = await ask(`${server.url}${path}`, {
    method: 'POST',
    token: admin,
    headers,
    body: JSON.stringify(body),
  });
  expect(answer.status).toBeLessThan(300);
  return answer.body as { token: string };
}

it.each(Object.keys(READERS))(
  'closes %s within five seconds when its token is revoked, and lets it in no more',
  async (kind) => {
    const { token } = await call('/admin/tokens', { subscribe: ['*'], ttl: 600 });
    const reader = READERS[kind]?.(server.url, `secret-${kind}`, token);
    expect(await reader?.connect()).toBe(true);
    await publish(server.url, full, { topic: `secret-${kind}`, type: 't', data: 1 });
    await until(() => reader?.heard.length === 1, 'the first event', DEADLINE_MS);
    await call('/admin/tokens/revoke', { token });
    await until(() => reader?.ended ?? false, 'the connection is closed', 5_000);
    await publish(server.url, full, { topic: `secret-${kind}`, type: 't', data: 2 });
    expect(reader?.heard).toEqual([1]);
    reader?.disconnect();
    expect(await reader?.connect()).toBe(false);
    reader?.disconnect();
  },
);

it('keeps what a token may do to what it grants', async () => {
  const { token } = await call('/admin/tokens', { publish: ['room/*'], subscribe: ['room/*', 'public'], ttl: 600 });
  const headers = { 'content-type': 'application/json' };
  const post = (topic: string) =>
    ask(`${server.url}/v1/events`, { method: 'POST', token, headers, body: JSON.stringify({ topic, type: 't' }) });
  expect((await post('room/1')).status).toBe(200);
  for (const topic of ['room', 'rooms', 'public', 'system', 'account:1', 'app:other/room/1', 'stream:default/room/1']) {
    expect((await post(topic)).status).toBe(403);
  }
  const get = (topic: string) =>
    ask(`${server.url}/v1/events?wait=0&topic=${topic}`, { token, headers: { accept: 'application/json' } });
  expect((await get('room/1')).status).toBe(200);
  expect((await get('public')).status).toBe(200);
  for (const topic of ['news', 'system', 'account:1', 'app:other/room/1']) expect((await get(topic)).status).toBe(403);
});
