import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type TransportName } from '@carillon/client';
import { expect, test } from 'vitest';
import { startServerProcess } from '../server-process.ts';
import { faultsOf, pollSessions, socketSessions, sseSessions } from './frames.ts';
import { startRecordingProxy } from './recording-proxy.ts';
import { eventually, KILLS, PUBLISHES, publishThroughKills } from './storm.ts';

const SESSIONS = { websocket: socketSessions, sse: sseSessions, 'long-poll': pollSessions } as const;
const TRANSPORTS: readonly TransportName[] = ['websocket', 'sse', 'long-poll'];

test.for(TRANSPORTS)(
  'the SDK over %s receives everything once and in order through kill -9',
  { timeout: 600_000 },
  async (transport) => {
    const data = await mkdtemp(join(tmpdir(), 'carillon-resume-'));
    try {
      await using server = await startServerProcess(data);
      await using proxy = await startRecordingProxy(server.port);
      const client = createClient({
        url: proxy.url,
        token: server.credentials.token,
        backoff: { firstMs: 50, mostMs: 500 },
      });
      const stop = new AbortController();
      const received: number[] = [];
      const events = client.subscribe('storm', {
        from: 'earliest',
        transports: [transport],
        filterDuplicates: false,
        signal: stop.signal,
      });
      const reading = (async () => {
        for await (const event of events) received.push((event.data as { n: number }).n);
      })();

      await publishThroughKills(server, 'storm', () => SESSIONS[transport](proxy.recordings).length);
      await eventually('everything was received', () => new Set(received).size === PUBLISHES);
      stop.abort();
      await reading;

      expect(received).toHaveLength(PUBLISHES);
      const sessions = SESSIONS[transport](proxy.recordings);
      expect(faultsOf(sessions, PUBLISHES)).toEqual([]);
      expect(sessions.length).toBeGreaterThan(KILLS);
    } finally {
      await rm(data, { recursive: true, force: true });
    }
  },
);
