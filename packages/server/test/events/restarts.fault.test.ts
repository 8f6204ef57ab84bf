import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@carillon/client';
import { until } from '@carillon/conformance';
import { EventSource } from 'eventsource';
import { expect, it } from 'vitest';
import { type ServerProcess, startServerProcess } from '../server-process.ts';

const EACH = 200;
const DEADLINE_MS = 60_000;

/** Each way of going away and coming back. */
const RESTARTS: readonly ((server: ServerProcess) => Promise<unknown>)[] = [
  (server) => server.kill(),
  (server) => server.stop(),
  (server) => server.kill(),
];

it('EventSource hears everything once and in order through three restarts', async () => {
  const data = await mkdtemp(join(tmpdir(), 'carillon-restarts-'));
  try {
    await using server = await startServerProcess(data, ['--hub-drain-ms', '200']);
    const { url, token } = { url: server.url, token: server.credentials.token };
    const client = createClient({ url, token, backoff: { firstMs: 50, mostMs: 500 } });
    const heard: { readonly id: string; readonly n: unknown }[] = [];
    const presented: (string | null)[] = [];
    const words: string[] = [];
    const source = new EventSource(`${url}/v1/events?topic=bell&since=earliest&access_token=${token}`, {
      fetch: (address, init) => {
        presented.push(new Headers(init.headers).get('last-event-id'));
        return fetch(address, init);
      },
    });
    source.onmessage = ({ lastEventId, data }) => heard.push({ id: lastEventId, n: JSON.parse(data).data });
    source.addEventListener('gap', ({ data }) => words.push(data));
    source.addEventListener('goodbye', ({ data }) => words.push(data));

    let sent = 0;
    const publishSome = async () => {
      for (const end = sent + EACH; sent < end; sent++) {
        await client.publish({ topic: 'bell', type: 'rung', data: sent }, { attempts: 100 });
      }
    };
    await publishSome();
    for (const restart of RESTARTS) {
      // The reader is back from the restart before, so that each cuts it at another place.
      await until(() => heard.length >= sent, `all ${sent} events so far`, DEADLINE_MS);
      const before = sent;
      const publishing = publishSome();
      await until(() => heard.length > before && sent > before + EACH / 4, 'in the midst of it', DEADLINE_MS);
      await restart(server);
      await server.start();
      await publishing;
    }
    await until(() => heard.length >= sent, `all ${sent} events`, DEADLINE_MS);
    source.close();

    expect(heard.map(({ n }) => n)).toEqual(Array.from({ length: sent }, (_, n) => n));
    const ids = heard.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)].sort());
    // The address asks for everything; only the header brings each return to where it was.
    expect(presented[0]).toBeNull();
    expect(new Set(presented.slice(1)).size).toBeGreaterThanOrEqual(RESTARTS.length);
    for (const id of presented.slice(1)) expect(ids).toContain(id);
    expect(words).toEqual(['{"reason":"drain"}']);
  } finally {
    await rm(data, { recursive: true, force: true });
  }
}, 300_000);
