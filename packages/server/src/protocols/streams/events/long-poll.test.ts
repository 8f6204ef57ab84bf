import { until } from '@carillon/conformance';
import { formatToken } from '@carillon/core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DEADLINE_MS, type EventsServer, startEvents } from '../../../../test/events/harness.ts';
import { type Answer, ask, publish } from '../../../../test/events/requests.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let server: EventsServer;

beforeAll(async () => {
  server = await startEvents();
  server.credentials.issue('full');
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  expect(server.failures).toEqual([]);
});

function poll(query: string, token = 'full', headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return ask(`${server.url}/v1/events?${query}`, {
    token,
    headers: { accept: 'application/cloudevents-batch+json', ...headers },
  });
}

function dataOf({ body }: Answer): readonly unknown[] {
  return (body as { data: unknown }[]).map(({ data }) => data);
}

function here(): string {
  return formatToken(server.log.head);
}

function send(topic: string, ...data: readonly unknown[]) {
  return publish(
    server.url,
    'full',
    data.map((value) => ({ topic, type: 't', data: value })),
  );
}

async function parked(count: number): Promise<void> {
  await until(() => server.hub.counts.waits === count, `${count} parked polls`, DEADLINE_MS);
}

describe('GET /v1/events as a long poll', () => {
  it('answers at once with what is there, in pages that join', async () => {
    const since = here();
    await send('pages', 1, 2, 3, 4, 5);
    const first = await poll(`topic=pages&since=${since}&limit=2`);
    expect(first.status).toBe(200);
    expect(first.headers).toMatchObject({
      'content-type': 'application/cloudevents-batch+json',
      'cache-control': 'no-store',
    });
    expect(dataOf(first)).toEqual([1, 2]);
    const second = await poll(`topic=pages&since=${first.headers['carillon-position']}&limit=2`);
    const third = await poll(`topic=pages&since=${second.headers['carillon-position']}&limit=2`);
    expect([...dataOf(second), ...dataOf(third)]).toEqual([3, 4, 5]);
    expect(third.headers['carillon-position']).toBe(here());
  });

  it('waits for the next event', async () => {
    const waiting = poll('topic=wait&wait=10');
    await parked(1);
    await send('wait', 'hello');
    expect(dataOf(await waiting)).toEqual(['hello']);
  });

  it('is empty at the deadline, and moves on past what was not for it', async () => {
    const since = here();
    await send('elsewhere', 1);
    const answer = await poll(`topic=nothing&since=${since}&wait=0`);
    expect(answer.body).toEqual([]);
    expect(answer.headers['carillon-position']).toBe(here());
    const late = await poll('topic=nothing&wait=1');
    expect(late.body).toEqual([]);
  });

  it('takes application/json too', async () => {
    const answer = await poll('topic=a&wait=0', 'full', { accept: 'application/json' });
    expect(answer.headers['content-type']).toBe('application/json');
  });

  it.each([
    ['of another epoch', () => formatToken({ position: 3, epoch: 'otherone' }), 410, 'epoch'],
    ['above the end', () => formatToken({ ...server.log.head, position: 9_999_999 }), 410, 'ahead'],
    ['that never was one', () => 'abc', 400, 'malformed'],
    ['that is negative', () => '-1', 400, 'malformed'],
  ])('refuses a position %s and names one to go on from', async (_, token, status, reason) => {
    const refused = await poll(`topic=a&wait=0&since=${token()}`);
    expect(refused.body).toMatchObject({ status, reason, code: status === 410 ? 'gap' : 'bad-request' });
    const { earliest } = refused.body as { earliest: string };
    const next = await poll(`topic=a&wait=0&since=${earliest}`);
    expect(next.status).toBe(200);
  });

  it.each([
    ['wait=61', 'topic=a&wait=61'],
    ['wait=-1', 'topic=a&wait=-1'],
    ['wait=1e1', 'topic=a&wait=1e1'],
    ['wait twice', 'topic=a&wait=1&wait=1'],
    ['limit=0', 'topic=a&limit=0'],
    ['limit=1001', 'topic=a&limit=1001'],
    ['limit=', 'topic=a&limit='],
    ['no topic', 'wait=0'],
  ])('refuses %s', async (_, query) => {
    expect((await poll(query)).body).toMatchObject({ status: 400, code: 'bad-request' });
  });

  it('ends a parked poll whose credential is revoked', async () => {
    server.credentials.issue('short');
    const waiting = poll('topic=secret&wait=30', 'short');
    await parked(1);
    server.credentials.revoke('short');
    expect((await waiting).body).toMatchObject({ status: 401, code: 'unauthorized' });
    await send('secret', 'never seen');
  });

  it('ends a parked poll whose credential expires', async () => {
    server.credentials.issue('brief', { expiresAtMs: Date.now() + 500 });
    const answer = await poll('topic=secret&wait=30', 'brief');
    expect(answer.body).toMatchObject({ status: 401 });
  });

  it('answers parked polls when the server drains, with the same cursor', async () => {
    await using other = await startEvents();
    other.credentials.issue('full');
    const waiting = ask(`${other.url}/v1/events?topic=a&wait=30`, {
      token: 'full',
      headers: { accept: 'application/json' },
    });
    await until(() => other.hub.counts.waits === 1, 'a parked poll', DEADLINE_MS);
    await other.listener.drain(0);
    const answer = await waiting;
    expect({ status: answer.status, body: answer.body }).toEqual({ status: 200, body: [] });
    expect(answer.headers['carillon-position']).toBe(formatToken(other.log.head));
  });

  it('forgets a client that went away', async () => {
    const ending = new AbortController();
    const gone = fetch(`${server.url}/v1/events?topic=a&wait=30`, {
      headers: { authorization: 'Bearer full', accept: 'application/json' },
      signal: ending.signal,
    });
    await parked(1);
    ending.abort();
    await expect(gone).rejects.toMatchObject({ name: 'AbortError' });
    await parked(0);
  });
});
