import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WsClient } from '../events/ws-client.ts';
import { expectNothingInside, expectProblem } from './problem.ts';
import { exchange, type RawRequest } from './raw-exchange.ts';
import { type HostileServer, startHostileServer } from './server.ts';
import type { HttpAnswer } from './strict-answer.ts';

let server: HostileServer;
beforeAll(async () => {
  server = await startHostileServer();
});
afterAll(() => server[Symbol.asyncDispose]());

/** Topics that no native credential of the app may write, whatever it was granted. */
const FORGED = [
  'system',
  'public',
  'public:local',
  'community',
  'presence',
  'account:1',
  'account',
  'channel:1',
  'channel-meta:1',
  'hashtag:x',
  'list:3',
  'app:other/x',
  'app:other/room/1',
  'stream:other/room/1',
  'stream:default/room/1',
];

/** Other spellings, of which a lenient reader somewhere could make one of those. */
const DISGUISED = [
  '%61ccount:1',
  'Account:1',
  'account%3a1',
  'account%3A1',
  'system/',
  'system%00',
  'app%3Aother/x',
  'account:1%20',
  'ｓystem',
  'sуstem',
];

const MALFORMED = ['app:', 'app:other', 'app:Other/x', 'app:/x', 'stream:', 'app:other%2Fx', ' system', 'system\t'];

function request(token: string, parts: RawRequest): Promise<HttpAnswer> {
  return exchange(server.port, { ...parts, headers: [['Authorization', `Bearer ${token}`], ...(parts.headers ?? [])] });
}

const post = (token: string, body: unknown, type = 'application/json') =>
  request(token, {
    method: 'POST',
    target: '/v1/events',
    headers: [['Content-Type', type]],
    body: JSON.stringify(body),
  });

/** Publishing in every form that takes a topic; each gives the code of its refusal, or none. */
const PUBLISHES: Readonly<Record<string, (token: string, topic: string) => Promise<string | undefined>>> = {
  'plain JSON': async (token, topic) => codeOf(await post(token, { topic, type: 't' })),
  'a batch behind a good one': async (token, topic) =>
    codeOf(
      await post(
        token,
        [
          { topic: 'room/1', type: 't' },
          { topic, type: 't' },
        ],
        'application/cloudevents-batch+json',
      ),
    ),
  'the second of two topics': async (token, topic) =>
    codeOf(await post(token, { topic: `room/1 ${topic}`, type: 't' })),
  'a header': async (token, topic) => {
    const headers = [
      ['Content-Type', 'text/plain'],
      ['ce-type', 't'],
      ['ce-topic', encodeURIComponent(topic)],
    ] as const;
    return codeOf(await request(token, { method: 'POST', target: '/v1/events', headers, body: 'x' }));
  },
  'a WebSocket': async (token, topic) => socketCode(token, { type: 'publish', event: { topic, type: 't' } }),
};

const READS: Readonly<Record<string, (token: string, topic: string) => Promise<string | undefined>>> = {
  'an event stream': async (token, topic) => read(token, topic, 'text/event-stream'),
  'a long poll': async (token, topic) => read(token, topic, 'application/json'),
  'an event stream of several': async (token, topic) => read(token, topic, 'text/event-stream', 'topic=room/1&'),
  'a WebSocket': async (token, topic) => socketCode(token, { type: 'subscribe', topics: ['room/1', topic] }),
  'a presence list': async (token, topic) => socketCode(token, { type: 'presence', topic, action: 'list' }),
};

async function read(token: string, topic: string, accept: string, others = ''): Promise<string | undefined> {
  const target = `/v1/events?${others}topic=${encodeURIComponent(topic)}&wait=0&since=earliest`;
  return codeOf(await request(token, { method: 'GET', target, headers: [['Accept', accept]] }));
}

async function socketCode(token: string, message: Readonly<Record<string, unknown>>): Promise<string | undefined> {
  using client = new WsClient(server.url, token);
  const answer = await client.ask(message);
  expectNothingInside(JSON.stringify(answer), server);
  return answer.type === 'error' ? String(answer.code) : undefined;
}

function codeOf(answer: HttpAnswer): string | undefined {
  return answer.status < 400 ? undefined : expectProblem(answer, server);
}

describe.each(Object.entries(PUBLISHES))('publishing over %s', (_how, publish) => {
  it.each(FORGED)('to %s is forbidden, even to a full credential', async (topic) => {
    expect(await publish(server.full, topic)).toBe('forbidden');
    expect(await publish(server.narrow, topic)).toBe('forbidden');
  });

  it.each(DISGUISED)('to %s is refused to a credential of one room', async (topic) => {
    expect(await publish(server.narrow, topic)).toMatch(/^(?:forbidden|bad-request)$/);
  });

  it.each(MALFORMED)('to %j is refused', async (topic) => {
    expect(await publish(server.full, topic)).toMatch(/^(?:forbidden|bad-request)$/);
  });
});

describe.each(Object.entries(READS))('reading over %s', (_how, subscribe) => {
  it.each(['system', 'app:other/x', 'app:other/room/1', 'stream:other/room/1'])(
    '%s is forbidden to all',
    async (topic) => {
      expect(await subscribe(server.full, topic)).toBe('forbidden');
    },
  );

  it.each([...FORGED.filter((topic) => topic !== 'stream:default/room/1'), ...DISGUISED, ...MALFORMED])(
    '%j is refused to a credential of one room',
    async (topic) => {
      expect(await subscribe(server.narrow, topic)).toMatch(/^(?:forbidden|bad-request)$/);
    },
  );
});

describe('what was refused', () => {
  it('is in no log: a batch with one forged topic stores nothing of it', async () => {
    const answer = await request(server.full, {
      method: 'GET',
      target: '/v1/events?topic=room/1&since=earliest&wait=0',
      headers: [['Accept', 'application/json']],
    });

    expect(JSON.parse(answer.body.toString())).toEqual([]);
  });

  it('a forged grant opens nothing', async () => {
    const grants = ['system', 'account:*', 'public', 'hashtag:*', 'community'];
    const token = await server.token({ publish: grants, subscribe: ['system'] });
    for (const topic of FORGED) expect(await PUBLISHES['plain JSON']?.(token, topic), topic).toBe('forbidden');
    expect(await READS['a long poll']?.(token, 'system')).toBe('forbidden');
  });
});

describe('/v1/stream/', () => {
  const stream = (token: string, method: string, path: string, headers: RawRequest['headers'] = []) =>
    request(token, {
      method,
      target: `/v1/stream/${path}`,
      headers: [['Content-Type', 'text/plain'], ...headers],
      body: 'x',
    });

  it.each([
    'account:1',
    'system',
    'public',
    'app:other/x',
    'stream:other/room/1',
    'room',
    'rooms/1',
    'room%2F1',
    'room%2f..%2fsecret',
    'room\\1',
    'ROOM/1',
    ' room/1'.replace(' ', '%20'),
  ])('%s is refused to a credential of one room', async (path) => {
    for (const method of ['PUT', 'POST', 'DELETE']) {
      const code = expectProblem(await stream(server.narrow, method, path), server);
      expect(code).toMatch(/^(?:forbidden|bad-request)$/);
    }
    const headers = [['Accept', 'text/event-stream']] as const;
    for (const query of ['', '?offset=-1', '?offset=-1&live=sse', '?offset=-1&live=long-poll']) {
      const answer = await request(server.narrow, { method: 'GET', target: `/v1/stream/${path}${query}`, headers });
      expect(expectProblem(answer, server)).toMatch(/^(?:forbidden|bad-request)$/);
    }
  });

  it.each([
    'room/../secret',
    'room/./1',
    'room//1',
    '%2e%2e/admin/keys',
    'room/%2E%2e/secret',
    'room/%00',
    'room/%c0%ae',
    'room/%zz',
  ])('%s is no name', async (path) => {
    expect(expectProblem(await stream(server.full, 'PUT', path), server)).toBe('bad-request');
  });

  it('lives in its own name space: a stream called account:1 is no account', async () => {
    expect((await stream(server.full, 'PUT', 'account:1')).status).toBe(201);
    const token = await server.token({ subscribe: ['account:*', 'app:default/*'] });
    const read = async (credential: string, topic: string) => {
      const target = `/v1/events?topic=${topic}&since=earliest&wait=0`;
      const answer = await request(credential, { method: 'GET', target, headers: [['Accept', 'application/json']] });
      return [answer.status, answer.body.toString()];
    };

    // What is a member's own is reached by no grant of an app; the administration finds nothing there.
    expect(await read(token, 'account:1')).toEqual([403, expect.stringContaining('"forbidden"')]);
    expect(await read(server.adminToken, 'account:1')).toEqual([200, '[]']);
    expect(await read(token, 'app:default/account:1')).toEqual([200, '[]']);
  });

  it.each([
    '/v1/stream/secret',
    '/v1/stream/room/../secret',
    '/v1/stream/account:1',
    '/admin/keys',
    'http://127.0.0.1/v1/stream/secret',
    '//evil/v1/stream/secret',
    '/v1/stream/room%2F..%2Fsecret',
  ])('a fork of %s is refused to a credential of one room', async (source) => {
    await stream(server.full, 'PUT', 'secret');
    const answer = await stream(server.narrow, 'PUT', `room/fork-${encodeURIComponent(source)}`, [
      ['Stream-Forked-From', source],
    ]);

    expect(expectProblem(answer, server)).toMatch(/^(?:forbidden|bad-request|not-found)$/);
  });

  it('is the app’s own: the same name in another app is another stream', async () => {
    const other = await server.token({ publish: ['*'], subscribe: ['*'] }, { app: 'other' });
    await stream(server.full, 'PUT', 'room/mine');

    expect(expectProblem(await stream(other, 'POST', 'room/mine'), server)).toBe('not-found');
  });
});
