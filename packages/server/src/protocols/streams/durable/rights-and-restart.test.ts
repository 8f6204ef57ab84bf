import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { offsetOf, readBlocks, StreamRequests } from '../../../../test/durable/requests.ts';
import { type DurableServer, startDurableServer } from '../../../../test/durable/server.ts';

const TEXT = { 'content-type': 'text/plain' };
const BYTES = { 'content-type': 'application/octet-stream' };
/** Threads start slowly where other suites share the machine. */
const START_MS = 60_000;

let server: DurableServer;
let count = 0;

beforeAll(async () => {
  server = await startDurableServer();
}, START_MS);
afterAll(() => server.close(), START_MS);

async function created(headers: Readonly<Record<string, string>>, body: string): Promise<StreamRequests> {
  const stream = new StreamRequests(server.url, `durable/s${++count}`);
  expect((await stream.put(headers, body)).status).toBe(201);
  return stream;
}

async function codeOf(response: Response): Promise<unknown> {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  return JSON.parse(await response.text()).code;
}

describe('rights', () => {
  test('to write are publish, to read subscribe, and a fork needs to read its source', async () => {
    const name = `stream:default/durable/own/*`;
    const [reader, writer] = await Promise.all([
      server.token({ publish: [], subscribe: [name] }),
      server.token({ publish: [name], subscribe: [] }),
    ]);
    const as = ({ token }: { readonly token: string }, path: string): StreamRequests =>
      new StreamRequests(server.url, `durable/own/${path}`, { authorization: `Bearer ${token}` });
    const path = `r${++count}`;

    expect((await as(writer, path).put(TEXT, 'x')).status).toBe(201);
    expect((await as(writer, path).post(TEXT, 'y')).status).toBe(204);
    expect((await as(reader, path).get()).headers.get('cache-control')).toMatch(/^private/);
    expect(await codeOf(await as(reader, path).post(TEXT, 'z'))).toBe('forbidden');
    expect(await codeOf(await as(reader, path).delete())).toBe('forbidden');
    for (const query of ['', '?offset=-1&live=sse', '?offset=-1&live=long-poll']) {
      expect(await codeOf(await as(writer, path).get(query))).toBe('forbidden');
    }
    expect((await as(writer, path).head()).status).toBe(403);
    const forkedFrom = { 'stream-forked-from': `/v1/stream/durable/own/${path}` };
    expect(await codeOf(await as(writer, `${path}-fork`).put(forkedFrom))).toBe('forbidden');
    const nobody = new StreamRequests(server.url, `durable/own/${path}`, { authorization: 'Bearer x' });
    expect((await nobody.get()).status).toBe(401);
  });

  test('that are revoked end live reads', async () => {
    const stream = await created(TEXT, 'x');
    const { token, credentialId } = await server.token({ publish: [], subscribe: ['stream:default/*'] });
    const path = stream.url.split('/v1/stream/')[1] ?? '';
    const reader = new StreamRequests(server.url, path, { authorization: `Bearer ${token}` });
    const following = readBlocks(await reader.get('?offset=-1&live=sse'), () => false);

    await server.revoke(credentialId);
    const blocks = await following;
    await stream.post(TEXT, 'y');

    expect(blocks.filter((block) => block.event === 'data').map((block) => block.data)).toEqual(['x']);
    expect((await reader.get()).status).toBe(401);
  });
});

test('streams, their writers and their offsets are as they were after a restart', async () => {
  const open = await created({ ...BYTES, 'stream-ttl': '3600' }, 'ab');
  const tags = { 'producer-id': 'p', 'producer-epoch': '3', 'producer-seq': '0', 'stream-seq': 'b' };
  await open.post({ ...BYTES, ...tags }, 'cd');
  const middle = offsetOf(await open.get('?offset=now'));
  await open.post(BYTES, 'ef');
  const closed = await created({ ...TEXT, 'stream-closed': 'true' }, 'done');
  const moved = (stream: StreamRequests) => new StreamRequests(server.url, stream.url.split('/v1/stream/')[1] ?? '');

  await server.restart();

  expect((await moved(open).readAll()).body.toString()).toBe('abcdef');
  expect((await moved(open).readAll(middle)).body.toString()).toBe('ef');
  expect((await moved(open).post({ ...BYTES, ...tags }, 'cd')).status).toBe(204);
  expect((await moved(open).post({ ...BYTES, 'stream-seq': 'a' }, 'x')).status).toBe(409);
  expect((await moved(open).head()).headers.get('stream-ttl')).toBe('3600');
  expect((await moved(closed).post(TEXT, 'x')).headers.get('stream-closed')).toBe('true');
});
