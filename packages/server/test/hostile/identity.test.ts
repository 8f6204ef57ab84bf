import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { until } from '@carillon/conformance';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ask, publish } from '../events/requests.ts';
import { RawStream } from '../events/sse-client.ts';
import { WsClient } from '../events/ws-client.ts';
import { expectProblem } from './problem.ts';
import { exchange, type RawRequest } from './raw-exchange.ts';
import { type HostileServer, JWT_SECRET, startHostileServer } from './server.ts';

vi.setConfig({ testTimeout: 60_000 });

let server: HostileServer;
beforeAll(async () => {
  server = await startHostileServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const UPGRADE = [
  ['Connection', 'Upgrade'],
  ['Upgrade', 'websocket'],
  ['Sec-WebSocket-Version', '13'],
  ['Sec-WebSocket-Key', 'AAAAAAAAAAAAAAAAAAAAAA=='],
] as const;

/** Every door that asks for a credential. */
const DOORS: readonly RawRequest[] = [
  {
    method: 'POST',
    target: '/v1/events',
    headers: [['Content-Type', 'application/json']],
    body: '{"topic":"a","type":"t"}',
  },
  { method: 'GET', target: '/v1/events?topic=a', headers: [['Accept', 'text/event-stream']] },
  { method: 'GET', target: '/v1/events?topic=a&wait=0', headers: [['Accept', 'application/json']] },
  { method: 'GET', target: '/v1/events', headers: UPGRADE },
  { method: 'PUT', target: '/v1/stream/a', headers: [['Content-Type', 'text/plain']], body: '' },
  { method: 'GET', target: '/v1/stream/a' },
  { method: 'GET', target: '/v1/stream/a?offset=-1&live=sse' },
  { method: 'GET', target: '/admin/keys' },
];

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
function sign(claims: object, header: object = {}, secret = JWT_SECRET): string {
  const signed = `${encode({ alg: 'HS256', ...header })}.${encode(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}
const claims = (over: object = {}) => ({
  aud: 'carillon',
  exp: Math.floor(Date.now() / 1_000) + 600,
  publish: ['*'],
  subscribe: ['*'],
  ...over,
});
const unsigned = () => `${encode({ alg: 'none' })}.${encode(claims())}.`;

const WRONG: Readonly<Record<string, () => string>> = {
  'no token': () => '',
  words: () => 'let-me-in',
  'three dots': () => '..',
  'an expired token': () => sign(claims({ exp: Math.floor(Date.now() / 1_000) - 1 })),
  'a token that is not valid yet': () => sign(claims({ nbf: Math.floor(Date.now() / 1_000) + 600 })),
  'another secret': () => sign(claims(), {}, 'another-secret-of-thirty-two-characters'),
  'C34: alg none': unsigned,
  'C34: an empty signature': () => sign(claims()).replace(/[^.]*$/, ''),
  'C34: trailing garbage': () => `${sign(claims())}AAAA`,
  'C34: a kid that is a file': () => sign(claims(), { kid: '../../dev/null' }, ''),
  'C35: exp as text': () => sign(claims({ exp: '9999999999' })),
  'C35: no exp': () => sign(claims({ exp: undefined })),
  'C35: the year 9999': () => sign(claims({ exp: 253_402_300_000 })),
  'another audience': () => sign(claims({ aud: 'pusher' })),
  'C36: an app that is none': () => sign(claims({ app: 'nobody' })),
  'an API key that is none': () => `ck_${'a'.repeat(16)}_${'b'.repeat(43)}`,
};

describe('C33: whoever has no valid credential', () => {
  it.each(Object.entries(WRONG))('is told the same at every door: %s', async (_name, token) => {
    for (const door of DOORS) {
      const value = token();
      const credential = value === '' ? [] : ([['Authorization', `Bearer ${value}`]] as const);
      const answer = await exchange(server.port, { ...door, headers: [...(door.headers ?? []), ...credential] });

      expect(expectProblem(answer, server), door.target).toBe('unauthorized');
      expect(JSON.parse(answer.body.toString()).detail).toBe('this needs a valid credential');
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="carillon"');
    }
  });

  it.each(['Basic YTpi', 'Bearer', 'Bearer  ', 'bearer:x', 'Token x', 'Bearer a b'])(
    'nor by the header %j',
    async (value) => {
      const [door] = DOORS;
      const answer = await exchange(server.port, {
        method: 'GET',
        target: '/v1/events?topic=a',
        ...door,
        headers: [['Authorization', value]],
      });

      expect(expectProblem(answer, server)).toBe('unauthorized');
    },
  );

  it('C34: makes the server ask nobody for a key', async () => {
    const asked: string[] = [];
    const canary = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end('{"keys":[]}');
    });
    canary.listen(0, '127.0.0.1');
    await once(canary, 'listening');
    const address = canary.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/jwks`;
    for (const header of [
      { jku: url },
      { x5u: url },
      { jwk: { kty: 'oct', k: 'YQ' } },
      { jku: url, kid: 'k', alg: 'RS256' },
    ]) {
      const token = sign(claims({ iss: url }), header, 'a');
      expect(
        (await ask(`${server.url}/v1/events?topic=a&wait=0`, { token, headers: { accept: 'application/json' } }))
          .status,
      ).toBe(401);
    }
    canary.close();

    expect(asked).toEqual([]);
  });

  it('B26: gains nothing by a prototype in somebody’s body', async () => {
    const poison = '{"__proto__":{"admin":true,"grants":{"publish":["*"]}},"constructor":{"prototype":{"admin":true}}}';
    for (const door of DOORS.filter(({ method }) => method !== 'GET')) {
      await exchange(server.port, {
        ...door,
        headers: [
          ['Content-Type', 'application/json'],
          ['Authorization', `Bearer ${server.full}`],
        ],
        body: poison,
      });
    }
    for (const path of ['keys', 'tokens', 'tokens/revoke']) {
      await ask(`${server.url}/admin/${path}`, {
        method: 'POST',
        token: server.adminToken,
        headers: { 'content-type': 'application/json' },
        body: poison,
      });
    }

    expect('admin' in {}).toBe(false);
    for (const door of DOORS) expect(expectProblem(await exchange(server.port, door), server)).toBe('unauthorized');
  });
});

describe('C36, C54: a credential', () => {
  const reads = { subscribe: ['room/*', 'stream:default/*'] };
  const writes = { publish: ['room/*', 'stream:default/*'] };
  const door = (at: number, token: string): RawRequest => {
    const chosen = DOORS[at] ?? { method: 'GET', target: '/' };
    const body = chosen.body === undefined ? {} : { body: chosen.body.toString().replace('"a"', '"room/1"') };
    const target = chosen.target.replace('topic=a', 'topic=room/1');
    return { ...chosen, ...body, target, headers: [...(chosen.headers ?? []), ['Authorization', `Bearer ${token}`]] };
  };

  it('that may only read does not write', async () => {
    const token = await server.token(reads);
    for (const at of [0, 4])
      expect(expectProblem(await exchange(server.port, door(at, token)), server)).toBe('forbidden');
    using client = new WsClient(server.url, token);
    expect(await client.ask({ type: 'publish', event: { topic: 'room/1', type: 't' } })).toMatchObject({
      code: 'forbidden',
    });
  });

  it('that may only write does not read', async () => {
    const token = await server.token(writes);
    for (const at of [1, 2, 5, 6])
      expect(expectProblem(await exchange(server.port, door(at, token)), server)).toBe('forbidden');
    using client = new WsClient(server.url, token);
    expect(await client.ask({ type: 'subscribe', topics: ['room/1'] })).toMatchObject({ code: 'forbidden' });
    expect(await client.ask({ type: 'presence', topic: 'room/1', action: 'list' })).toMatchObject({
      code: 'forbidden',
    });
  });

  it('of another app hears and writes nothing of this one, whatever it was granted', async () => {
    const grants = ['*', 'app:default/*', 'stream:default/*'];
    const token = await server.token({ publish: grants, subscribe: grants }, { app: 'other' });
    const answer = await ask(`${server.url}/v1/events?topic=app:default/room/1&wait=0`, {
      token,
      headers: { accept: 'application/json' },
    });
    expect(answer.status).toBe(403);
    await expect(publish(server.url, token, { topic: 'app:default/room/1', type: 't' })).rejects.toThrow('forbidden');
  });
});

describe('C39: a right that is gone', () => {
  it('takes its history with it, before and after, on every transport', async () => {
    const topic = 'secret/plans';
    const before = await publish(server.url, server.full, { topic, type: 't', data: 'the plan of before' });
    await publish(server.url, server.full, { topic, type: 't', data: 'the plan of after' });
    const [since = ''] = before.positions;
    const token = await server.token({ subscribe: ['room/*'] });
    for (const accept of ['application/json', 'text/event-stream']) {
      for (const topics of [`topic=${topic}`, `topic=room/1&topic=${topic}`]) {
        for (const from of [since, 'earliest']) {
          const target = `/v1/events?${topics}&wait=0&since=${from}`;
          const answer = await exchange(server.port, {
            method: 'GET',
            target,
            headers: [
              ['Accept', accept],
              ['Authorization', `Bearer ${token}`],
            ],
          });
          expect(expectProblem(answer, server)).toBe('forbidden');
          expect(answer.body.toString()).not.toContain('the plan');
        }
      }
    }
    using client = new WsClient(server.url, token);
    expect(await client.ask({ type: 'subscribe', topics: ['room/1', topic], since })).toMatchObject({
      code: 'forbidden',
    });
    expect(await client.ask({ type: 'ping' })).toMatchObject({ type: 'pong' });
    expect(JSON.stringify(client.messages)).not.toContain('the plan');
  });
});

describe('C38: a credential revoked while it connects, a hundred times', () => {
  it('leaves no survivor after five seconds', async () => {
    using survivors = new DisposableStack();
    const streams: RawStream[] = [];
    const sockets: WsClient[] = [];
    const tries = Array.from({ length: 100 }, async (_, n) => {
      const token = await server.token({ subscribe: ['*'] });
      if (n % 2 === 0)
        streams.push(survivors.use(new RawStream(server.url, `/v1/events?topic=c38&access_token=${token}`)));
      else sockets.push(survivors.use(new WsClient(server.url, token)));
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ token });
      const answer = await ask(`${server.url}/admin/tokens/revoke`, {
        method: 'POST',
        token: server.adminToken,
        headers,
        body,
      });
      expect(answer.status).toBe(200);
    });
    await Promise.all(tries);
    const gone = () => streams.every(({ ended }) => ended) && sockets.every(({ code }) => code !== undefined);
    await until(gone, 'every connection is closed', 5_000);
    await publish(server.url, server.full, { topic: 'c38', type: 't', data: 'after' });

    expect(streams.flatMap(({ messages }) => messages)).toEqual([]);
  });
});
