import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RawClient } from '../../src/transport/testing/raw-client.ts';
import { type HostileServer, startHostileServer } from './server.ts';
import { parseAnswers } from './strict-answer.ts';

let server: HostileServer;
beforeAll(async () => {
  server = await startHostileServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const HOST = 'Host: 127.0.0.1\r\n';
const CASES: readonly (readonly [string, string, number])[] = [
  ['an unknown path', `GET /PATH/nothing HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`, 404],
  ['a method that there is not', `PURGE /PATH/token HTTP/1.1\r\n${HOST}\r\n`, 405],
  ['another Host', 'GET /PATH/token HTTP/1.1\r\nHost: evil.example\r\n\r\n', 421],
  ['two Hosts', `GET /PATH/token HTTP/1.1\r\n${HOST}${HOST}\r\n`, 400],
  ['a body too large', `POST /PATH/token HTTP/1.1\r\n${HOST}Content-Length: 99999999\r\n\r\n`, 413],
  ['a chunk that is none', `POST /PATH/token HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\nxyz\r\n`, 400],
];

describe.each(['api/v1', 'oauth'])('errors below /%s/ that the server finds by itself are Mastodon’s', (path) => {
  it.each(CASES)('%s', async (_, request, status) => {
    await using client = new RawClient(server.port);
    const text = await client.send(request.replace('PATH', path)).untilClosed();
    const { answers } = parseAnswers(Buffer.from(text, 'latin1'), []);

    expect(answers).toHaveLength(1);
    expect(answers[0]?.status).toBe(status);
    expect(answers[0]?.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(JSON.parse(String(answers[0]?.body))).toEqual({ error: expect.stringMatching(/^.{8,200}$/) });
  });
});

it('says which methods an address of OAuth takes', async () => {
  const answer = await fetch(`${server.url}/oauth/token`, { method: 'DELETE' });

  expect(answer.status).toBe(405);
  expect(answer.headers.get('allow')).toBe('POST');
  expect(await answer.json()).toEqual({ error: 'this address takes POST' });
});

it('leaves the words of other addresses as they are', async () => {
  const answer = await fetch(`${server.url}/v1/nothing`);

  expect(answer.status).toBe(404);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
});
