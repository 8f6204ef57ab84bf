import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { expect, test } from 'vitest';
import { startRecordingProxy } from '../resume/recording-proxy.ts';
import { eventually } from '../resume/storm.ts';
import { startServerProcess } from '../server-process.ts';
import { faultsOf, nameOf, sseSessions } from './frames.ts';
import { followEverybody, RESTARTS, stormAround, tokenOf } from './storm.ts';

const LAUNCH = {
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-background-networking'],
};
const FLAGS = ['--hub-drain-ms', '200', '--limits-calls-per-token', '1000000', '--limits-calls-per-user', '1000000'];

test('the EventSource of Chromium hears a home stream once and in order through restarts', async () => {
  const data = await mkdtemp(join(tmpdir(), 'carillon-mastodon-'));
  const pages = createServer((_, response) =>
    response.setHeader('content-type', 'text/html').end('<title>reader</title>'),
  );
  pages.listen(0, '127.0.0.1');
  await once(pages, 'listening');
  const address = pages.address();
  const browser = await chromium.launch(LAUNCH);
  try {
    if (address === null || typeof address === 'string') throw new Error('no port');
    await using server = await startServerProcess(data, FLAGS);
    await followEverybody(server);
    await using proxy = await startRecordingProxy(server.port);
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${address.port}/`);
    await page.evaluate(
      ([url, token]) => {
        const heard: { event: string; payload: string }[] = [];
        const source = new EventSource(`${url}/api/v1/streaming/user?access_token=${token}`);
        for (const event of ['update', 'status.update', 'delete', 'notification']) {
          source.addEventListener(event, (message) => {
            // Every event of an EventSource but `open` and `error` carries data.
            heard.push({ event, payload: (message as unknown as { data: string }).data });
          });
        }
        Object.assign(globalThis, { heard });
      },
      [proxy.url, tokenOf(server, 'juliet')] as const,
    );
    const heard = () => page.evaluate(() => (globalThis as unknown as { heard: Parameters<typeof nameOf>[0][] }).heard);
    const sessions = () => sseSessions(proxy.recordings);
    await eventually('the stream is open', () => sessions().length > 0);

    const storm = await stormAround(server, () => sessions().length);
    const isWhole = (names: ReadonlySet<string>) => [...storm.once].every((name) => names.has(name));
    await eventually('everything was heard', async () => isWhole(new Set((await heard()).map(nameOf))));

    expect(faultsOf(sessions(), storm)).toEqual([]);
    expect(sessions().length).toBeGreaterThan(RESTARTS);
    const frames = sessions().flatMap((session) => session.frames.map(nameOf));
    expect((await heard()).map(nameOf)).toEqual(frames);
  } finally {
    await browser.close();
    pages.close();
    await rm(data, { recursive: true, force: true });
  }
}, 600_000);
