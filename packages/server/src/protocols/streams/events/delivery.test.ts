import { until } from '@carillon/conformance';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DEADLINE_MS, type EventsServer, startEvents } from '../../../../test/events/harness.ts';
import { READERS } from '../../../../test/events/order-readers.ts';
import { ask, publish } from '../../../../test/events/requests.ts';
import { RawStream } from '../../../../test/events/sse-client.ts';
import { WsClient } from '../../../../test/events/ws-client.ts';
import { updateOrganization } from '../../../domain/index.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const AUTH = { Authorization: 'Bearer full' };
let server: EventsServer;

beforeAll(async () => {
  server = await startEvents();
  server.credentials.issue('full');
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  expect(server.failures).toEqual([]);
});

async function say(topic: string, ...data: readonly unknown[]): Promise<readonly string[]> {
  const events = data.map((value) => ({ topic, type: 't', data: value }));
  return (await publish(server.url, 'full', events)).positions;
}

describe('a credential revoked while its request is on its way', () => {
  it.each(Object.keys(READERS))('opens nothing over %s', async (kind) => {
    const open = READERS[kind];
    if (!open) throw new Error(`no reader ${kind}`);
    for (let index = 0; index < 100; index++) {
      const token = server.credentials.issue(`${kind}-${index}`);
      // Half of them fall right behind the login, half while the answer is being made.
      if (index % 2 === 0) server.credentials.afterLogin = (name) => name === token && server.credentials.revoke(name);
      else
        server.credentials.afterLogin = (name) =>
          name === token && queueMicrotask(() => server.credentials.revoke(name));
      const reader = open(server.url, 'race', token);
      await reader.connect().catch(() => false);
      server.credentials.afterLogin = undefined;
      await say('race', 'secret');
      await until(() => reader.ended || server.hub.counts.readers === 0, 'the connection is closed', DEADLINE_MS);
      expect(reader.heard).toEqual([]);
      reader.disconnect();
    }
    await until(() => server.hub.counts.readers + server.hub.counts.waits === 0, 'nobody is left', DEADLINE_MS);
  });
});

describe('a topic of the community', () => {
  it('shows that something happened, never the stored snapshot', async () => {
    server.credentials.issue('member', { grants: { publish: ['*'], subscribe: ['public', 'account:*'] } });
    const member = { Authorization: 'Bearer member' };
    using stream = new RawStream(server.url, '/v1/events?topic=public&topic=account:7', member);
    await stream.until(({ blocks }) => blocks.length === 2, 'the start');
    await server.log.append([
      {
        type: 'post.created',
        topics: ['channel:3', 'public'],
        actor: '7',
        routing: { author: 7, object: 42, visibility: 'public' },
        attributes: { inner: 'secret' },
        data: Buffer.from('{"email":"secret@example.org"}'),
      },
    ]);
    await stream.until(({ messages }) => messages.length === 1, 'the event');
    const event = JSON.parse(stream.messages[0]?.data ?? '');
    expect(event).toEqual({
      specversion: '1.0',
      id: expect.any(String),
      source: '/community',
      type: 'post.created',
      time: expect.any(String),
      subject: '42',
      topic: 'public',
      position: stream.messages[0]?.id,
    });
  });

  it('says what the community says of itself', async () => {
    server.credentials.issue('neighbour', { grants: { publish: [], subscribe: ['community'] } });
    const neighbour = { Authorization: 'Bearer neighbour' };
    using stream = new RawStream(server.url, '/v1/events?topic=community', neighbour);
    await stream.until(({ blocks }) => blocks.length === 2, 'the start');
    const defaults = { title: 'Verona', description: '', registrations: false };
    const change = { registrations: true, rules: [{ text: 'Bite no thumbs.', hint: '' }] };
    const entry = { actor: 'test', action: 'organization.update', target: '' };
    const { result } = await server.log.run(updateOrganization, { input: { change, defaults }, entry });
    await stream.until(({ messages }) => messages.length === 1, 'the event');
    const { contactAccount: _, ...organization } = result;
    expect(JSON.parse(stream.messages[0]?.data ?? '')).toMatchObject({
      source: '/community',
      type: 'organization.updated',
      topic: 'community',
      data: { organization },
    });
  });

  it('is not readable without a grant', async () => {
    const answer = await ask(`${server.url}/v1/events?topic=public`, { token: 'full' });
    expect(answer.body).toMatchObject({ status: 403, code: 'forbidden' });
  });
});

describe('an erased event', () => {
  it('is on no wire any more, and whoever replays goes on behind it', async () => {
    const [first, second] = await say('erased', 'stays', 'goes', 'stays too');
    await server.log.erase([Number(second?.split('_')[0])]);
    using stream = new RawStream(server.url, '/v1/events?topic=erased&since=earliest', AUTH);
    await stream.until(({ messages }) => messages.length === 2, 'what is left');
    expect(stream.body).not.toContain('goes');
    const answer = await ask(`${server.url}/v1/events?topic=erased&since=${first}`, {
      token: 'full',
      headers: { accept: 'application/json' },
    });
    expect(answer.body).toMatchObject([{ data: 'stays too' }]);
  });
});

describe('a reader that does not read', () => {
  const SIZE = 64 * 1_024;
  const COUNT = 160;

  it.each(['sse', 'socket'])('gets everything in order over %s once it reads again', async (kind) => {
    const topic = `slow-${kind}`;
    using stream = new RawStream(server.url, `/v1/events?topic=${topic}`, AUTH);
    using client = new WsClient(server.url, 'full');
    const answer = await client.ask({ type: 'subscribe', topics: [topic] });
    expect(answer.type).toBe('subscribed');
    await stream.until(({ blocks }) => blocks.length === 2, 'the start');
    const slow = kind === 'sse' ? stream : client;
    slow.pause();
    for (let index = 0; index < COUNT; index++) await say(topic, `${index}-${'x'.repeat(SIZE)}`);
    await until(() => server.hub.counts.lagging === 1, 'one reader lags', DEADLINE_MS);
    slow.resume();
    await stream.until(({ body }) => body.includes(`"${COUNT - 1}-`), 'the last over SSE');
    await client.until(({ data }) => data.length === COUNT, 'the last over WebSocket');
    const numbers = (data: readonly unknown[]) => data.map((text) => Number(String(text).split('-')[0]));
    await stream.until(({ messages }) => messages.length === COUNT, 'all over SSE');
    const expected = Array.from({ length: COUNT }, (_, index) => index);
    expect(numbers(stream.messages.map(({ data }) => JSON.parse(data ?? '').data))).toEqual(expected);
    expect(numbers(client.data)).toEqual(expected);
    expect(stream.blocks.some(({ event }) => event === 'gap')).toBe(false);
  });
});

describe('events that retention removed', () => {
  it('are reported as a gap on every transport, only to whoever lacks them', async () => {
    const [first] = await say('removed', 'one', 'two');
    const [kept] = await say('elsewhere', 'x');
    await server.log.expire(Date.now() + 3_600_000);
    const [next] = await say('removed', 'three');

    using stream = new RawStream(server.url, `/v1/events?topic=removed&since=${first}`, AUTH);
    await stream.until(({ messages }) => messages.length === 1, 'what is kept');
    expect(stream.blocks[1]).toMatchObject({ event: 'gap' });
    const { earliest, reason } = JSON.parse(stream.blocks[1]?.data ?? '');
    expect(reason).toBe('removed');
    expect(stream.messages[0]?.id).toBe(next);

    using client = new WsClient(server.url, 'full');
    expect(await client.ask({ type: 'subscribe', topics: ['removed'], since: first })).toMatchObject({
      recovered: false,
      reason: 'removed',
      earliest,
    });
    await client.until(({ data }) => data.length === 1, 'what is kept');

    const poll = (since = '') =>
      ask(`${server.url}/v1/events?topic=removed&wait=0&since=${since}`, {
        token: 'full',
        headers: { accept: 'application/json' },
      });
    expect((await poll(first)).body).toMatchObject({ status: 410, code: 'gap', reason: 'removed', earliest });
    expect((await poll(earliest)).body).toMatchObject([{ data: 'three' }]);
    // Positions behind the removal are whole, whatever topic they came from.
    expect((await poll(kept)).body).toMatchObject([{ data: 'three' }]);
    expect((await poll('earliest')).body).toMatchObject([{ data: 'three' }]);
  });
});
