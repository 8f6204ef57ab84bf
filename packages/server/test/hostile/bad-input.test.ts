import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RawClient } from '../../src/transport/testing/raw-client.ts';
import { RawStream } from '../events/sse-client.ts';
import { WsClient } from '../events/ws-client.ts';
import { ENDLESS_TARGETS, HTTP_CASES, POSITIONS, polls, publishes } from './http-cases.ts';
import { expectNothingInside, expectProblem } from './problem.ts';
import { exchange } from './raw-exchange.ts';
import { type HostileServer, startHostileServer } from './server.ts';

let server: HostileServer;
beforeAll(async () => {
  server = await startHostileServer();
});
afterAll(() => server[Symbol.asyncDispose]());

async function epoch(): Promise<string> {
  const { body } = await exchange(server.port, publishes('{"topic":"epoch","type":"t"}')(server));
  return JSON.parse(body.toString()).positions[0].split('_')[1];
}

describe('bad input over HTTP', () => {
  it.each(HTTP_CASES)('$name: $code', async ({ request, code }) => {
    const answer = await exchange(server.port, request(server));

    expect(expectProblem(answer, server), answer.body.toString()).toBe(code);
  });

  it.each(Object.entries(ENDLESS_TARGETS))('%s: uri-too-long or headers-too-large', async (_name, request) => {
    const code = expectProblem(await exchange(server.port, request(server)), server);

    expect(['uri-too-long', 'headers-too-large']).toContain(code);
  });

  it('B27: is refused as fast as it comes', async () => {
    const before = process.cpuUsage();
    const answer = await exchange(server.port, publishes('['.repeat(1_000_000))(server));
    const { user } = process.cpuUsage(before);

    expect(expectProblem(answer, server)).toBe('bad-request');
    expect(user / 1_000, 'milliseconds of CPU').toBeLessThan(200);
  });
});

describe('the internal listener', () => {
  it.each([
    ['an address that is none', { method: 'GET', target: '/admin/keys' }, 'not-found'],
    ['another method', { method: 'POST', target: '/metrics', body: 'x' }, 'method-not-allowed'],
    ['a method that is none', { method: 'PURGEALL', target: '/metrics' }, 'method-not-allowed'],
    [
      'the Host of somebody else',
      { method: 'GET', target: '/metrics', headers: [['Host', 'evil.example']] },
      'misdirected',
    ],
    ['an empty Host', { method: 'GET', target: '/metrics', headers: [['Host', '']] }, 'misdirected'],
    [
      'a length that is none',
      { method: 'GET', target: '/metrics', headers: [['Content-Length', '-1']] },
      'bad-request',
    ],
    ['an expectation', { method: 'GET', target: '/metrics', headers: [['Expect', 'the worst']] }, 'bad-request'],
    [
      'a long header',
      { method: 'GET', target: '/metrics', headers: [['X-Long', 'x'.repeat(9_000)]] },
      'headers-too-large',
    ],
  ] as const)('refuses %s as a problem', async (_name, request, code) => {
    expect(expectProblem(await exchange(server.internalPort, request), server)).toBe(code);
  });

  it('answers HEAD that is refused without a body', async () => {
    for (const port of [server.internalPort, server.port]) {
      await using client = new RawClient(port);
      client.send('HEAD /metrics HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n');
      expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 421 [^]*\r\n\r\n$/);
    }
  });
});

describe('a position that cannot be used', () => {
  it.each(Object.entries(POSITIONS))(
    '%s: a poll is told what and from where',
    async (_name, { since, code, reason }) => {
      const text = since.replace('EPOCH', await epoch());
      const answer = await exchange(server.port, polls(`topic=news&since=${text}`)(server));

      expect(expectProblem(answer, server)).toBe(code);
      expect(JSON.parse(answer.body.toString())).toMatchObject({ reason, earliest: expect.stringMatching(/^\d{16}_/) });
    },
  );

  it.each(Object.entries(POSITIONS))('%s: an event stream opens with a gap', async (_name, { since, reason }) => {
    const text = since.replace('EPOCH', await epoch());
    using stream = new RawStream(server.url, `/v1/events?topic=news&since=${text}`, {
      Authorization: `Bearer ${server.full}`,
    });
    await stream.until(({ blocks }) => blocks.some(({ event }) => event === 'gap'), 'a gap');
    const gap = stream.blocks.find(({ event }) => event === 'gap');

    expect(stream.status).toBe(200);
    expect(JSON.parse(gap?.data ?? '')).toEqual({ reason, earliest: gap?.id });
    expectNothingInside(stream.body, server);
  });

  const sendable = Object.entries(POSITIONS).filter(([, { since }]) => !/%0|%00/.test(since));
  it.each(sendable)('%s: so does a browser that comes back with it', async (_name, { since, reason }) => {
    const text = decodeURIComponent(since).replace('EPOCH', await epoch());
    const headers = { Authorization: `Bearer ${server.full}`, 'Last-Event-ID': text };
    using stream = new RawStream(server.url, '/v1/events?topic=news', headers);
    await stream.until(({ blocks }) => blocks.some(({ event }) => event === 'gap'), 'a gap');

    expect(stream.status).toBe(200);
    expect(JSON.parse(stream.blocks.find(({ event }) => event === 'gap')?.data ?? '')).toMatchObject({ reason });
    expect(stream.body).not.toContain(text);
  });

  it.each(Object.entries(POSITIONS))('%s: a subscription over WebSocket says so', async (_name, { since, reason }) => {
    const text = decodeURIComponent(since).replace('EPOCH', await epoch());
    using client = new WsClient(server.url, server.full);
    const answer = await client.ask({ type: 'subscribe', topics: ['news'], since: text });

    expect(answer).toMatchObject({ type: 'subscribed', recovered: false, reason, earliest: expect.any(String) });
  });
});
