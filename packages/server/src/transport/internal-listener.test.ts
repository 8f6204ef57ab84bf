import { expect, it } from 'vitest';
import { createInternalListener, type InternalListenerOptions } from './internal-listener.ts';
import { RawClient, statusCodes } from './testing/raw-client.ts';

async function started(options: Partial<InternalListenerOptions> = {}) {
  const listener = createInternalListener({
    host: '127.0.0.1',
    port: 0,
    live: () => ({ ok: true, checks: { loopLagMs: 1 } }),
    ready: async () => ({ ok: false, checks: { append: 'draining' } }),
    metrics: async () => 'carillon_up 1\n',
    ...options,
  });
  await listener.listen();
  return { url: listener.url, port: Number(new URL(listener.url).port), [Symbol.asyncDispose]: () => listener.close() };
}

it('answers probes with a status that an orchestrator understands', async () => {
  await using listener = await started();

  const live = await fetch(`${listener.url}/health/live`);
  const ready = await fetch(`${listener.url}/health/ready`);
  const metrics = await fetch(`${listener.url}/metrics`);

  expect([live.status, ready.status, metrics.status]).toEqual([200, 503, 200]);
  expect(await ready.json()).toEqual({ ok: false, checks: { append: 'draining' } });
  expect(await metrics.text()).toBe('carillon_up 1\n');
  expect(metrics.headers.get('content-type')).toMatch(/^text\/plain/);
});

it('G60: gives metrics to their token only, when there is one', async () => {
  await using listener = await started({ metricsToken: 'm'.repeat(32) });

  const without = await fetch(`${listener.url}/metrics`);
  const wrong = await fetch(`${listener.url}/metrics`, { headers: { Authorization: `Bearer ${'m'.repeat(31)}` } });
  const right = await fetch(`${listener.url}/metrics`, { headers: { Authorization: `Bearer ${'m'.repeat(32)}` } });

  expect([without.status, wrong.status, right.status]).toEqual([401, 401, 200]);
});

it.each([
  ['evil.example', 421],
  ['127.0.0.1.evil.example', 421],
  ['a,b', 421],
  ['localhost:9', 200],
  ['10.1.2.3', 200],
  ['[::1]:9', 200],
  ['monitor.internal', 200],
])('answers for the Host %s with %i', async (host, status) => {
  await using listener = await started({ allowedHosts: ['monitor.internal'] });
  await using client = new RawClient(listener.port);

  const text = await client.send(`GET /health/live HTTP/1.1\r\nHost: ${host}\r\n\r\n`).untilText('\r\n\r\n');

  expect(statusCodes(text)).toEqual([status]);
});

it('answers nothing else, and survives a probe that throws', async () => {
  await using listener = await started({
    ready: () => Promise.reject(new Error('a bug whose text stays inside')),
  });

  const ready = await fetch(`${listener.url}/health/ready`);
  const other = await fetch(`${listener.url}/other`);
  const post = await fetch(`${listener.url}/metrics`, { method: 'POST' });

  expect([ready.status, other.status, post.status]).toEqual([500, 404, 405]);
  expect(await ready.text()).not.toContain('a bug');
});
