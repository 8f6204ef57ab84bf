import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { expect, test } from 'vitest';
import { startServerProcess } from '../server-process.ts';
import { faultsOf, sseSessions } from './frames.ts';
import { startRecordingProxy } from './recording-proxy.ts';
import { eventually, KILLS, PUBLISHES, publishThroughKills } from './storm.ts';

const LAUNCH = {
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-background-networking'],
};

test('the EventSource of Chromium receives everything once and in order through kill -9', async () => {
  const data = await mkdtemp(join(tmpdir(), 'carillon-resume-'));
  const pages = createServer((_, response) =>
    response.setHeader('content-type', 'text/html').end('<title>reader</title>'),
  );
  pages.listen(0, '127.0.0.1');
  await once(pages, 'listening');
  const address = pages.address();
  const browser = await chromium.launch(LAUNCH);
  try {
    if (address === null || typeof address === 'string') throw new Error('no port');
    await using server = await startServerProcess(data);
    await using proxy = await startRecordingProxy(server.port);
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${address.port}/`);
    await page.evaluate(
      ([url, token]) => {
        const received: number[] = [];
        const source = new EventSource(`${url}/v1/events?topic=storm&since=earliest&access_token=${token}`);
        source.onmessage = (message) => received.push((JSON.parse(message.data) as { data: { n: number } }).data.n);
        Object.assign(globalThis, { received });
      },
      [proxy.url, server.credentials.token] as const,
    );
    const received = () => page.evaluate(() => (globalThis as unknown as { received: number[] }).received);
    await eventually('the stream is open', () => sseSessions(proxy.recordings).length > 0);

    await publishThroughKills(server, 'storm', () => sseSessions(proxy.recordings).length);
    await eventually('everything was received', async () => new Set(await received()).size === PUBLISHES);

    expect(await received()).toHaveLength(PUBLISHES);
    const sessions = sseSessions(proxy.recordings);
    expect(faultsOf(sessions, PUBLISHES)).toEqual([]);
    expect(sessions.length).toBeGreaterThan(KILLS);
  } finally {
    await browser.close();
    pages.close();
    await rm(data, { recursive: true, force: true });
  }
}, 600_000);
