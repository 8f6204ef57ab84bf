import { until } from '@carillon/conformance';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { RawClient } from '../../src/transport/testing/raw-client.ts';
import { DEADLINE_MS } from '../events/deadline.ts';
import { publish } from '../events/requests.ts';
import { WsClient } from '../events/ws-client.ts';
import { expectProblem } from './problem.ts';
import { requestBytes } from './raw-exchange.ts';
import { type HostileServer, startHostileServer } from './server.ts';
import { parseAnswers } from './strict-answer.ts';

vi.setConfig({ testTimeout: 120_000 });

const PER_PRINCIPAL = 20;
const PER_ADDRESS = 30;
const KEYS = 1_000;

let server: HostileServer;
beforeAll(async () => {
  server = await startHostileServer({
    'limits.connectionsPerPrincipal': PER_PRINCIPAL,
    'limits.connectionsPerAddress': PER_ADDRESS,
    'storage.idempotencyKeys': KEYS,
  });
});
afterAll(() => server[Symbol.asyncDispose]());

function open(stack: AsyncDisposableStack, token: string, accept: string, from?: string): RawClient {
  const client = stack.use(new RawClient(server.port, from));
  const headers = [
    ['Authorization', `Bearer ${token}`],
    ['Accept', accept],
  ] as const;
  return client.send(requestBytes({ method: 'GET', target: '/v1/events?topic=room/1&wait=60', headers }));
}

const status = (client: RawClient): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(client.text)?.[1] ?? 0);

async function metric(pattern: RegExp): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${server.internalPort}/metrics`)).text();
  return [...text.matchAll(pattern)].reduce((sum, [, value]) => sum + Number(value), 0);
}

const openConnections = () => metric(/^carillon_connections\{[^}]*\} (\d+)$/gm);
const subscriptions = () => metric(/^carillon_subscriptions\{[^}]*\} (\d+)$/gm);

async function refusalOf(client: RawClient): Promise<string> {
  await client.untilText('"retryable":true', DEADLINE_MS);
  const [answer] = parseAnswers(Buffer.from(client.text, 'latin1'), ['GET']).answers;
  if (!answer) throw new Error('no answer');
  return expectProblem(answer, server);
}

describe('F76: connections', () => {
  it('of one credential are capped; others are served; a place that is free is given again', async () => {
    await using stack = new AsyncDisposableStack();
    const kept = Array.from({ length: PER_PRINCIPAL }, () => open(stack, server.narrow, 'text/event-stream'));
    await until(() => kept.every((client) => status(client) === 200), 'all are open', DEADLINE_MS);
    expect(await refusalOf(open(stack, server.narrow, 'text/event-stream'))).toBe('rate-limited');

    const other = open(stack, server.full, 'text/event-stream');
    await other.untilText('200 OK', DEADLINE_MS);
    await kept[0]?.[Symbol.asyncDispose]();
    await until(async () => (await openConnections()) <= PER_PRINCIPAL, 'the place is free', DEADLINE_MS);
    const again = open(stack, server.narrow, 'text/event-stream');
    await again.untilText('200 OK', DEADLINE_MS);
  });

  it('of one address are capped; other addresses are served', async () => {
    await using stack = new AsyncDisposableStack();
    await until(async () => (await openConnections()) === 0, 'nothing is open', DEADLINE_MS);
    const tokens = await Promise.all(Array.from({ length: 2 }, () => server.token({ subscribe: ['*'] })));
    const kept = Array.from({ length: PER_ADDRESS }, (_, n) =>
      open(stack, tokens[n % 2] ?? '', 'text/event-stream', '127.0.0.9'),
    );
    await until(() => kept.every((client) => status(client) === 200), 'all are open', DEADLINE_MS);
    expect(await refusalOf(open(stack, server.full, 'text/event-stream', '127.0.0.9'))).toBe('rate-limited');

    const elsewhere = open(stack, server.full, 'text/event-stream', '127.0.0.10');
    await elsewhere.untilText('200 OK', DEADLINE_MS);
  });

  it('F89: long polls of one credential, a thousand at once, are capped, and end with their clients', async () => {
    await until(async () => (await openConnections()) === 0, 'nothing is open', DEADLINE_MS);
    await using stack = new AsyncDisposableStack();
    const polls = Array.from({ length: 1_000 }, (_, n) =>
      open(stack, server.narrow, 'application/json', `127.0.1.${1 + Math.floor(n / 20)}`),
    );
    const refused = () => polls.filter((client) => status(client) === 429).length;
    await until(() => refused() === polls.length - PER_PRINCIPAL, 'all but the cap are refused', DEADLINE_MS);
    expect(await openConnections()).toBe(PER_PRINCIPAL);
    await stack.disposeAsync();
    await until(async () => (await openConnections()) === 0, 'all are gone', DEADLINE_MS);
    await until(async () => (await subscriptions()) === 0, 'nobody waits any more', DEADLINE_MS);
  });
});

describe('F77: a client that subscribes and leaves without end', () => {
  it('is closed when it is too fast', async () => {
    using client = new WsClient(server.url, server.full);
    await client.until(({ open: isOpen }) => isOpen, 'an open socket');
    for (let n = 0; n < 50_000 && client.code === undefined; n++) {
      client.say({ type: 'subscribe', topics: [`f77/${n}`] });
      client.say({ type: 'unsubscribe', topics: [`f77/${n}`] });
      if (n % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await client.until(({ code }) => code !== undefined, 'the close');

    expect(client.code).toBe(1008);
    expect(client.of('goodbye')).toEqual([{ type: 'goodbye', reason: 'limit' }]);
    await until(async () => (await subscriptions()) === 0, 'nothing is subscribed', DEADLINE_MS);
  });

  it('leaves nothing behind when it is slow enough', async () => {
    using client = new WsClient(server.url, server.full);
    await client.until(({ open: isOpen }) => isOpen, 'an open socket');
    const topics = Array.from({ length: 1_000 }, (_, n) => `f77/${n}`);
    for (let round = 0; round < 50; round++) {
      expect(await client.ask({ type: 'subscribe', topics })).toMatchObject({ type: 'subscribed' });
      expect(await client.ask({ type: 'unsubscribe', topics })).toMatchObject({ type: 'unsubscribed' });
    }
    // Were one of them still counted, this would be one topic too many for a connection.
    const others = topics.map((topic) => `${topic}/other`);
    expect(await client.ask({ type: 'subscribe', topics: others })).toMatchObject({ type: 'subscribed' });
  });
});

describe('F83: idempotency keys', () => {
  it('are remembered up to their number, the newest for certain', async () => {
    const one = (n: number) =>
      publish(server.url, server.full, { topic: 'room/f83', type: 't', data: n }, { 'idempotency-key': `f83-${n}` });
    const first = await one(0);
    for (let from = 1; from <= 2 * KEYS; from += 50) {
      await Promise.all(Array.from({ length: 50 }, (_, n) => one(from + n)));
    }
    expect((await one(2 * KEYS)).duplicate).toBe(true);
    const forgotten = async () => !(await one(0)).duplicate;
    await until(forgotten, 'the oldest is forgotten', DEADLINE_MS);
    expect((await one(0)).positions).not.toEqual(first.positions);
  });
});
