import { formatToken } from '@carillon/core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type EventsServer, startEvents } from '../../../../test/events/harness.ts';
import { publish } from '../../../../test/events/requests.ts';
import { WsClient } from '../../../../test/events/ws-client.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let server: EventsServer;

beforeAll(async () => {
  server = await startEvents();
  server.credentials.issue('full');
  server.credentials.issue('juliet');
  server.credentials.issue('romeo');
  server.credentials.issue('reader', { grants: { publish: [], subscribe: ['*'] } });
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  expect(server.failures).toEqual([]);
});

function connect(token = 'full'): WsClient {
  return new WsClient(server.url, token);
}

async function say(topic: string, ...data: readonly unknown[]): Promise<readonly string[]> {
  const events = data.map((value) => ({ topic, type: 't', data: value }));
  return (await publish(server.url, 'full', events)).positions;
}

function here(): string {
  return formatToken(server.log.head);
}

describe('a WebSocket at /v1/events', () => {
  it('subscribes from now, hears, and unsubscribes', async () => {
    using client = connect();
    const answer = await client.ask({ type: 'subscribe', topics: ['a', 'app:default/b'] });
    expect(answer).toMatchObject({ type: 'subscribed', topics: ['a', 'b'], recovered: true, position: here() });
    await client.until(({ messages }) => messages.some(({ type }) => type === 'live'), 'live');
    await say('a', 1);
    await say('b', 2);
    await client.until(({ data }) => data.length === 2, 'two events');
    expect(await client.ask({ type: 'unsubscribe', topics: ['a'] })).toMatchObject({
      type: 'unsubscribed',
      topics: ['a'],
    });
    await say('a', 3);
    await say('b', 4);
    await client.until(({ data }) => data.length === 3, 'the next');
    expect(client.data).toEqual([1, 2, 4]);
    expect(client.of('event')[0]).toMatchObject({ event: { specversion: '1.0', topic: 'a', source: '/apps/default' } });
  });

  it('sends what was missed, then says that it is live', async () => {
    const [first] = await say('missed', 1, 2, 3);
    using client = connect();
    expect(await client.ask({ type: 'subscribe', topics: ['missed'], since: first })).toMatchObject({
      recovered: true,
      position: first,
    });
    await client.until(({ messages }) => messages.at(-1)?.type === 'live', 'live');
    expect(client.messages.map(({ type }) => type)).toEqual(['subscribed', 'event', 'event', 'live']);
    expect(client.messages.at(-1)).toMatchObject({ topics: ['missed'], position: here() });
    expect(client.data).toEqual([2, 3]);
  });

  it('adds a topic with its past beside one that is live, each event once', async () => {
    await say('live', 'before');
    await publish(server.url, 'full', { topic: 'live old', type: 't', data: 'both before' });
    using client = connect();
    await client.ask({ type: 'subscribe', topics: ['live'] });
    await publish(server.url, 'full', { topic: 'live old', type: 't', data: 'both' });
    await say('old', 'old');
    await client.until(({ data }) => data.length === 1, 'the one for both');
    await client.ask({ type: 'subscribe', topics: ['old'], since: 'earliest' });
    await say('live', 'after');
    await client.until(({ data }) => data.includes('after'), 'the last');
    expect(client.data).toEqual(['both', 'both before', 'old', 'after']);
  });

  it.each([
    [() => 'nonsense', 'malformed'],
    [() => formatToken({ position: 1, epoch: 'otherone' }), 'epoch'],
    [() => formatToken({ position: 9_999_999, epoch: server.log.head.epoch }), 'ahead'],
  ])('says that it cannot recover (%#), and goes on with what is kept', async (token, reason) => {
    const since = token();
    await say(`gap-${reason}`, 1);
    using client = connect();
    expect(await client.ask({ type: 'subscribe', topics: [`gap-${reason}`], since })).toMatchObject({
      recovered: false,
      reason,
      earliest: expect.stringContaining(server.log.head.epoch),
    });
    await client.until(({ data }) => data.length === 1, 'what is kept');
  });

  it('publishes with a key, once', async () => {
    using client = connect();
    const message = { type: 'publish', event: { topic: 'pub', type: 't', data: 1 }, key: 'k1' };
    const first = await client.ask(message);
    expect(first).toMatchObject({ type: 'published', duplicate: false, positions: [here()] });
    expect(await client.ask(message)).toMatchObject({ duplicate: true, positions: first.positions });
    const overHttp = await publish(
      server.url,
      'full',
      { topic: 'pub', type: 't', data: 1 },
      { 'idempotency-key': 'k1' },
    );
    expect(overHttp).toEqual({ duplicate: true, positions: first.positions });
    expect(await client.ask({ ...message, event: { ...message.event, data: 2 } })).toMatchObject({
      type: 'error',
      code: 'unprocessable',
      retryable: false,
    });
  });

  it('publishes exactly what was written', async () => {
    using client = connect();
    await client.ask({ type: 'subscribe', topics: ['exact'] });
    client.say('{"type":"publish","events":[{"topic":"exact","type":"t","data":{"n":1e400,"s":"\\ud800"}}]}');
    await client.until(({ data }) => data.length === 1, 'the event');
    expect(client.data).toEqual([{ n: Number.POSITIVE_INFINITY, s: '\ud800' }]);
  });

  it.each([
    ['subscribe', { type: 'subscribe', topics: ['a', 'system'] }, 'full', 'forbidden'],
    ['another app', { type: 'subscribe', topics: ['app:other/a'] }, 'full', 'forbidden'],
    ['publish', { type: 'publish', event: { topic: 'a', type: 't' } }, 'reader', 'forbidden'],
    ['publish as the domain', { type: 'publish', event: { topic: 'account:1', type: 't' } }, 'full', 'forbidden'],
    ['publish to a stream', { type: 'publish', event: { topic: 'stream:default/a', type: 't' } }, 'full', 'forbidden'],
    ['presence', { type: 'presence', topic: 'system', action: 'list' }, 'full', 'forbidden'],
    ['nothing', { type: 'nothing' }, 'full', 'bad-request'],
  ])('refuses what is not allowed to %s and lives on', async (_, message, token, code) => {
    using client = connect(token);
    expect(await client.ask(message)).toMatchObject({ type: 'error', code, retryable: false });
    expect(await client.ask({ type: 'ping' })).toMatchObject({ type: 'pong', position: here() });
  });

  it.each([
    ['not JSON', '{'],
    ['a list', '[]'],
    ['bytes', Buffer.from('{"type":"ping"}')],
  ])('closes with 1008 over %s', async (_, frame) => {
    using client = connect();
    await client.until(({ open }) => open, 'open');
    client.say(frame);
    await client.until(({ code }) => code !== undefined, 'the close');
    expect(client.code).toBe(1008);
    expect(client.messages).toMatchObject([
      { type: 'error', code: 'bad-request' },
      { type: 'goodbye', reason: 'limit' },
    ]);
  });

  it('closes with 1008 on too many messages', async () => {
    using client = connect();
    await client.until(({ open }) => open, 'open');
    for (let index = 0; index < 100; index++) client.say({ type: 'ping' });
    await client.until(({ code }) => code !== undefined, 'the close');
    expect(client.code).toBe(1008);
    expect(client.of('pong').length).toBeGreaterThanOrEqual(60);
    expect(client.of('pong').length).toBeLessThan(70);
  });

  it('refuses the handshake without a credential', async () => {
    using client = connect('nobody');
    await client.until(({ status }) => status !== undefined, 'a refusal');
    expect(client.status).toBe(401);
  });

  it('closes with 4003 when the credential is revoked, 4001 when it expires, 1012 on drain', async () => {
    await using other = await startEvents();
    other.credentials.issue('revoked');
    other.credentials.issue('expired', { expiresAtMs: Date.now() + 700 });
    other.credentials.issue('drained');
    const codes: Record<string, number> = { revoked: 4003, expired: 4001, drain: 1012 };
    using revoked = new WsClient(other.url, 'revoked');
    using expired = new WsClient(other.url, 'expired');
    using drain = new WsClient(other.url, 'drained');
    for (const client of [revoked, expired, drain]) await client.ask({ type: 'subscribe', topics: ['a'] });
    other.credentials.revoke('revoked');
    await revoked.until(({ code }) => code !== undefined, 'revoked');
    await expired.until(({ code }) => code !== undefined, 'expired');
    await other.listener.drain(0);
    await drain.until(({ code }) => code !== undefined, 'drained');
    for (const [reason, client] of Object.entries({ revoked, expired, drain })) {
      expect(client.messages.at(-1)).toEqual({ type: 'goodbye', reason });
      expect(client.code).toBe(codes[reason]);
    }
  });

  it('carries the position on while it is quiet', async () => {
    await using quick = await startEvents({ listener: { heartbeatMs: 100 } });
    quick.credentials.issue('full');
    using client = new WsClient(quick.url, 'full');
    await client.ask({ type: 'subscribe', topics: ['quiet'] });
    const { positions } = await publish(quick.url, 'full', { topic: 'elsewhere', type: 't' });
    await client.until(
      (heard) => heard.of('position').some(({ position }) => position === positions[0]),
      'the new position',
    );
  });
});

describe('presence', () => {
  it('lists members once, tells of comings and goings, and ends with the connection', async () => {
    using watcher = connect();
    await watcher.ask({ type: 'subscribe', topics: ['room'], presence: true });
    using deaf = connect();
    await deaf.ask({ type: 'subscribe', topics: ['room'] });
    using juliet = connect('juliet');
    expect(
      await juliet.ask({ type: 'presence', topic: 'room', action: 'enter', info: { name: 'Juliet' } }),
    ).toMatchObject({
      type: 'presence',
      topic: 'room',
      members: [{ id: 'jwt:juliet', info: { name: 'Juliet' } }],
    });
    using second = connect('juliet');
    expect(
      await second.ask({ type: 'presence', topic: 'room', action: 'enter', info: { name: 'Juliet' } }),
    ).toMatchObject({
      members: [{ id: 'jwt:juliet' }],
    });
    using romeo = connect('romeo');
    expect(await romeo.ask({ type: 'presence', topic: 'room', action: 'enter' })).toMatchObject({
      members: [{ id: 'jwt:juliet' }, { id: 'jwt:romeo', info: null }],
    });
    await romeo.ask({ type: 'presence', topic: 'room', action: 'leave' });
    juliet[Symbol.dispose]();
    await watcher.until((heard) => heard.of('presence').length === 3, 'Juliet in, Romeo in, Romeo out');
    expect(await watcher.ask({ type: 'presence', topic: 'room', action: 'list' })).toMatchObject({
      members: [{ id: 'jwt:juliet' }],
    });
    second[Symbol.dispose]();
    await watcher.until(
      (heard) =>
        heard
          .of('presence')
          .some(({ member, action }) => action === 'left' && (member as { id: string }).id === 'jwt:juliet'),
      'Juliet out',
    );
    expect(watcher.of('presence').filter(({ id }) => id === undefined)).toMatchObject([
      { topic: 'room', action: 'entered', member: { id: 'jwt:juliet', info: { name: 'Juliet' } } },
      { topic: 'room', action: 'entered', member: { id: 'jwt:romeo' } },
      { topic: 'room', action: 'left', member: { id: 'jwt:romeo' } },
      { topic: 'room', action: 'left', member: { id: 'jwt:juliet' } },
    ]);
    expect(deaf.of('presence')).toEqual([]);
  });

  it('ends with the subscription', async () => {
    using watcher = connect();
    await watcher.ask({ type: 'subscribe', topics: ['hall', 'other'], presence: true });
    await watcher.ask({ type: 'unsubscribe', topics: ['hall'] });
    using romeo = connect('romeo');
    await romeo.ask({ type: 'presence', topic: 'hall', action: 'enter' });
    await romeo.ask({ type: 'presence', topic: 'other', action: 'enter' });
    await watcher.until((heard) => heard.of('presence').length > 0, 'news of the other');
    expect(watcher.of('presence')).toMatchObject([{ topic: 'other' }]);
  });
});
