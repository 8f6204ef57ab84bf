import { formatToken } from '@carillon/core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { BAD_PUBLISHES } from '../../../../test/events/bad-publishes.ts';
import { GOOD_PUBLISHES } from '../../../../test/events/good-publishes.ts';
import { type EventsServer, startEvents } from '../../../../test/events/harness.ts';
import { ask, publish } from '../../../../test/events/requests.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let server: EventsServer;
const GIVEN = ['id', 'position', 'source', 'specversion', 'time'];

beforeAll(async () => {
  server = await startEvents();
  server.credentials.issue('full');
  server.credentials.issue('reader', { grants: { publish: [], subscribe: ['*'] } });
  server.credentials.issue('writer', { grants: { publish: ['room/*'], subscribe: [] } });
  server.credentials.issue('other', { app: 'other' });
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  expect(server.failures).toEqual([]);
});

function post(body: string | Buffer, headers: Readonly<Record<string, string>>, token = 'full') {
  return ask(`${server.url}/v1/events`, { method: 'POST', token, headers, body });
}

async function readBack(since: string): Promise<readonly Record<string, unknown>[]> {
  const topics = ['news', 'sport', '__proto__', 'constructor', 'toString'].map((topic) => `topic=${topic}`).join('&');
  const answer = await ask(`${server.url}/v1/events?${topics}&since=${since}&wait=0`, {
    token: 'full',
    headers: { accept: 'application/json' },
  });
  expect(answer.status).toBe(200);
  return answer.body as readonly Record<string, unknown>[];
}

function here(): string {
  return formatToken(server.log.head);
}

describe('POST /v1/events', () => {
  it.each(GOOD_PUBLISHES)('stores $name and gives it back as it was', async ({ headers, body, events }) => {
    const since = here();
    const answer = await post(body, headers);
    expect(answer.status).toBe(200);
    const got = await readBack(since);
    expect(answer.body).toEqual({ positions: got.map(({ position }) => position), duplicate: false });
    expect(
      got.map((event) => Object.fromEntries(Object.entries(event).filter(([name]) => !GIVEN.includes(name)))),
    ).toEqual(events);
    for (const event of got) {
      expect(event).toMatchObject({ specversion: '1.0', source: '/apps/default', id: expect.stringMatching(/^\d+$/) });
      expect(event.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    }
  });

  it.each(BAD_PUBLISHES)('refuses $name and stores nothing', async ({ headers, body, status, code, detail }) => {
    const before = server.log.head.position;
    const answer = await post(body, headers);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.body).toMatchObject({
      type: `https://carillon.dev/errors/${code}`,
      status,
      code,
      detail,
      retryable: false,
    });
    expect(answer.status).toBe(status);
    expect(server.log.head.position).toBe(before);
  });

  it.each([
    ['no credential', undefined, 'news', 401],
    ['an unknown credential', 'nobody', 'news', 401],
    ['a reader’s credential', 'reader', 'news', 403],
    ['a topic outside the grant', 'writer', 'news', 403],
    ['a topic inside the grant', 'writer', 'room/1', 200],
    ['a neighbour of the grant', 'writer', 'rooms', 403],
  ])('answers %s on its rights', async (_, token, topic, status) => {
    const answer = await ask(`${server.url}/v1/events`, {
      method: 'POST',
      ...(token === undefined ? {} : { token }),
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ topic, type: 't' }),
    });
    expect(answer.status).toBe(status);
  });

  it('puts a plain name into the app of the credential', async () => {
    const since = here();
    await publish(server.url, 'other', { topic: 'news', type: 'theirs' });
    expect(await readBack(since)).toEqual([]);
  });

  it('stores a repeat once, refuses another body under the same key, and keeps principals apart', async () => {
    const key = { 'idempotency-key': 'once' };
    const first = await publish(server.url, 'full', { topic: 'news', type: 'a', data: { x: 1 } }, key);
    const again = await publish(server.url, 'full', { type: 'a', topic: 'news', data: { x: 1 } }, key);
    expect(again).toEqual({ positions: first.positions, duplicate: true });
    const other = await post('{"topic":"news","type":"a","data":{"x":2}}', {
      'content-type': 'application/json',
      ...key,
    });
    expect(other.body).toMatchObject({ status: 422, code: 'unprocessable' });
    const theirs = await publish(server.url, 'other', { topic: 'news', type: 'a', data: { x: 1 } }, key);
    expect(theirs.duplicate).toBe(false);
  });

  it.each([
    ['its topics', { topic: 'news sport', type: 'a' }],
    ['its type', { topic: 'news', type: 'b' }],
    ['an attribute', { topic: 'news', type: 'a', subject: 's' }],
    ['an extension', { topic: 'news', type: 'a', note: 's' }],
    ['the media type', { topic: 'news', type: 'a', datacontenttype: 'application/json' }],
    ['its data', { topic: 'news', type: 'a', data: null }],
  ])('notices under a key that only %s differs', async (what, event) => {
    const key = { 'idempotency-key': `differs in ${what}` };
    await publish(server.url, 'full', { topic: 'news', type: 'a' }, key);
    await expect(publish(server.url, 'full', event, key)).rejects.toThrow('unprocessable');
  });

  it('stores all of a batch or nothing', async () => {
    const before = server.log.head.position;
    await expect(
      publish(server.url, 'full', [
        { topic: 'news', type: 'a' },
        { topic: 'system', type: 'b' },
      ]),
    ).rejects.toThrow('forbidden');
    expect(server.log.head.position).toBe(before);
    const { positions } = await publish(
      server.url,
      'full',
      Array.from({ length: 1_000 }, (_, index) => ({ topic: 'batch', type: 'a', data: index })),
    );
    expect(new Set(positions).size).toBe(1_000);
    expect(positions).toEqual([...positions].sort());
  });

  it('answers other methods with what it takes', async () => {
    const answer = await ask(`${server.url}/v1/events`, { method: 'PUT', token: 'full' });
    expect(answer.body).toMatchObject({ status: 405, code: 'method-not-allowed' });
    expect(answer.headers.allow).toBe('GET, POST');
  });

  it('refuses a compressed body', async () => {
    const answer = await post('x', { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    expect(answer.body).toMatchObject({ status: 415, code: 'unsupported-media-type' });
  });

  it('refuses a body beyond the limit', async () => {
    const answer = await post(Buffer.alloc(1_048_577, 0x20), { 'content-type': 'application/json' });
    expect(answer.body).toMatchObject({ status: 413, code: 'too-large' });
  });
});
