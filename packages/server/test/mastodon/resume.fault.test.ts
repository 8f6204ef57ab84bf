import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type RawData, WebSocket } from 'ws';
import { startRecordingProxy } from '../resume/recording-proxy.ts';
import { eventually } from '../resume/storm.ts';
import { startServerProcess } from '../server-process.ts';
import { faultsOf, nameOf, socketSessions, sseSessions } from './frames.ts';
import { call, followEverybody, RESTARTS, stormAround, tokenOf } from './storm.ts';

const FLAGS = ['--hub-drain-ms', '200', '--limits-calls-per-token', '1000000', '--limits-calls-per-user', '1000000'];

test('a WebSocket with since hears a home stream once and in order through restarts', async () => {
  const data = await mkdtemp(join(tmpdir(), 'carillon-mastodon-'));
  try {
    await using server = await startServerProcess(data, FLAGS);
    await followEverybody(server);
    await using proxy = await startRecordingProxy(server.port);
    const stop = new AbortController();
    const reading = readForEver(proxy.url, tokenOf(server, 'juliet'), stop.signal);
    const sessions = () => socketSessions(proxy.recordings);
    await eventually('the socket is open', () => sessions().length > 0);

    const storm = await stormAround(server, () => sessions().length);
    const names = () => new Set(sessions().flatMap(({ frames }) => frames.map(nameOf)));
    await eventually('everything was heard', () => [...storm.once].every((name) => names().has(name)));
    stop.abort();
    await reading;

    expect(faultsOf(sessions(), storm)).toEqual([]);
    expect(sessions().length).toBeGreaterThan(RESTARTS);
  } finally {
    await rm(data, { recursive: true, force: true });
  }
}, 600_000);

/** A client that comes back whenever it was cut, from where it was. */
async function readForEver(url: string, token: string, signal: AbortSignal): Promise<void> {
  let since: string | undefined;
  while (!signal.aborted) {
    const query = new URLSearchParams({ stream: 'user', access_token: token, ...(since ? { since } : {}) });
    const socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/streaming?${query.toString()}`);
    const cut = () => socket.terminate();
    signal.addEventListener('abort', cut);
    socket.on('message', (message) => {
      since = (JSON.parse(textOf(message)) as { id?: string }).id ?? since;
    });
    socket.on('error', () => undefined);
    await new Promise((resolve) => socket.on('close', resolve));
    signal.removeEventListener('abort', cut);
    await setTimeout(20);
  }
}

test('a post that was deleted meanwhile is on no wire on resume, and in no file', async () => {
  const data = await mkdtemp(join(tmpdir(), 'carillon-mastodon-'));
  const secret = 'parting is such sweet sorrow';
  try {
    await using server = await startServerProcess(data, FLAGS);
    await followEverybody(server);
    const [juliet, romeo] = [tokenOf(server, 'juliet'), tokenOf(server, 'romeo')];
    const post = async (status: string, key: string, more = {}) => {
      const { body } = await call(server, romeo, ['POST', '/api/v1/statuses', { status, ...more }], key);
      return (body as { id: string }).id;
    };
    await using proxy = await startRecordingProxy(server.port);
    const before = await listenOnce(`${proxy.url}/api/v1/streaming/user`, juliet, undefined, 'update', () =>
      post('still here', 'first'),
    );

    const id = await post(`@juliet ${secret}`, 'second', { spoiler_text: `about ${secret}` });
    await call(server, juliet, ['POST', `/api/v1/statuses/${id}/favourite`, {}]);
    await call(server, juliet, ['POST', `/api/v1/statuses/${id}/reblog`, {}]);
    await call(server, romeo, ['PUT', `/api/v1/statuses/${id}`, { status: `@juliet ${secret} indeed` }]);
    await call(server, romeo, ['DELETE', `/api/v1/statuses/${id}`]);
    const last = await post('the end', 'third');
    const resumed = await listenOnce(`${proxy.url}/api/v1/streaming/user`, juliet, before.position, last);

    expect(resumed.text).not.toContain('sweet sorrow');
    const names = sseSessions(proxy.recordings).at(-1)?.frames.map(nameOf) ?? [];
    expect(names).toContain(`delete ${id}`);
    expect(names.at(-1)).toBe(`update ${last} the end`);
    await server.stop();
    for (const file of await readdir(data, { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue;
      const bytes = await readFile(join(file.parentPath, file.name));
      expect(bytes.includes('sweet sorrow'), `the text is in ${file.name}`).toBe(false);
    }
  } finally {
    await rm(data, { recursive: true, force: true });
  }
}, 120_000);

/** Reads a stream until something is on it; the position of its last whole block, and everything that was said. */
async function listenOnce(
  url: string,
  token: string,
  since: string | undefined,
  until: string,
  happen?: () => Promise<unknown>,
): Promise<{ readonly position: string; readonly text: string }> {
  const headers = { Authorization: `Bearer ${token}`, ...(since === undefined ? {} : { 'Last-Event-ID': since }) };
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(30_000) });
  if (!response.ok || !response.body) throw new Error(`${url}: ${response.status}`);
  await happen?.();
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body) {
    text += decoder.decode(chunk, { stream: true });
    const end = text.indexOf(until);
    if (end < 0 || text.indexOf('\n\n', end) < 0) continue;
    return {
      position:
        text
          .match(/^id: (\S+)$/gm)
          ?.at(-1)
          ?.slice(4) ?? '',
      text,
    };
  }
  throw new Error(`${url} ended before ${until}`);
}

/** Of a text message; `ws` hands over one buffer unless asked otherwise. */
function textOf(message: RawData): string {
  if (!Buffer.isBuffer(message)) throw new Error('a message in pieces');
  return message.toString('utf8');
}
