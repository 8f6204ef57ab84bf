import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { STORAGE_DEFAULTS } from '../storage/index.ts';
import { emptyDirectory, openHere, said, told } from './testing/open-here.ts';

const HOUR_MS = 3_600_000;
const { retention } = STORAGE_DEFAULTS;

test('each app has its own history', async () => {
  const { log } = await openHere(await emptyDirectory(), { retention: { ...retention, apps: { long: 2 * HOUR_MS } } });
  await log.append([said('a', 'app:short/t'), said('b', 'app:long/t'), said('c', 'app:short/t', 'app:long/t')]);

  await log.expire(Date.now() + HOUR_MS);

  expect(await told(log, ['app:short/t'])).toEqual({ gap: 1 });
  expect(await told(log, ['app:long/t'])).toEqual(['b', 'c']);
  expect(await told(log, ['app:short/t'], 1)).toEqual(['c']);
  await log.expire(Date.now() + 3 * HOUR_MS);
  expect(await told(log, ['app:long/t'], 2)).toEqual({ gap: 3 });
});

test('who is here is told for a day, and that it was is no gap in what the community is told for a week', async () => {
  const { log } = await openHere(await emptyDirectory());
  await log.append([said('a', 'community'), said('here', 'presence'), said('b', 'community')]);

  await log.expire(Date.now() + 25 * HOUR_MS);

  expect(await told(log, ['presence'])).toEqual({ gap: 2 });
  expect(await told(log, ['community'])).toEqual(['a', 'b']);
});

test('retention may be changed while the log runs', async () => {
  const { log } = await openHere(await emptyDirectory());
  await log.append([said('a', 'app:x/t')]);

  await log.retain({ ...retention, appMs: 2 * HOUR_MS });
  await log.expire(Date.now() + HOUR_MS);
  const longer = await told(log, ['app:x/t']);
  await log.retain(retention);
  await log.expire(Date.now() + HOUR_MS);

  expect(longer).toEqual(['a']);
  expect(await told(log, ['app:x/t'])).toEqual({ gap: 1 });
});

test('beyond the size bound the oldest removable events go, streams stay', async () => {
  const directory = await emptyDirectory();
  const bounded = { retention: { ...retention, maxBytes: 10_000, sweepMs: 10 } };
  const first = await openHere(directory, bounded);
  const kilobyte = 'x'.repeat(1_000);
  await first.log.append([said(kilobyte, 'stream:default/kept')]);
  for (let n = 0; n < 40; n += 1) await first.log.append([said(kilobyte, 'app:default/t')]);

  await expect.poll(() => first.log.lastRemoved(['app:default/t']), { timeout: 10_000 }).toBe(31);
  await first.log.close();
  const { log } = await openHere(directory, bounded);
  await log.append([said(kilobyte, 'app:default/t')]);

  await expect.poll(() => log.lastRemoved(['app:default/t']), { timeout: 10_000 }).toBe(32);
  expect(await told(log, ['stream:default/kept'])).toHaveLength(1);
  expect(await told(log, ['app:default/t'], 32)).toHaveLength(10);
});

test('many removed ranges between kept events survive a restart', async () => {
  const directory = await emptyDirectory();
  const first = await openHere(directory);
  const topics = Array.from({ length: 300 }, (_, n) => (n % 3 === 0 ? 'stream:default/kept' : `app:default/t${n % 7}`));
  await first.log.append(topics.map((topic, n) => said(`${n}`, topic)));
  await first.log.expire(Date.now() + HOUR_MS);
  await first.log.close();

  const { log } = await openHere(directory);

  expect(log.head.position).toBe(300);
  expect(await told(log, ['stream:default/kept'])).toEqual(Array.from({ length: 100 }, (_, n) => `${n * 3}`));
  expect(await told(log, ['app:default/t1'], 200)).toEqual({ gap: 296 });
});

test('after a while erased bytes are in no file, although nobody closed the log', async () => {
  const directory = await emptyDirectory();
  const { log } = await openHere(directory);
  const small = `small-${'s'.repeat(80)}`;
  const large = `large-${'l'.repeat(20_000)}`;
  await log.append([said('before'), said(small), said(large), said('after')]);
  expect(await filesHolding(directory, small)).not.toEqual([]);

  await log.erase([2, 3]);

  await expect
    .poll(
      async () => [...(await filesHolding(directory, small)), ...(await filesHolding(directory, large.slice(0, 200)))],
      {
        timeout: 10_000,
      },
    )
    .toEqual([]);
  expect(await told(log, ['stream:default/a'])).toEqual(['before', null, null, 'after']);
});

async function filesHolding(directory: string, text: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of await readdir(directory)) {
    if ((await readFile(join(directory, name))).includes(text)) found.push(name);
  }
  return found;
}
