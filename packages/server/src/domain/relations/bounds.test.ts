import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AccountView, block, blockDomain, follow, mute, setNote, unfollow } from '../index.ts';
import { type OpenDomain, openDomain } from '../testing/open-domain.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'carillon-bounds-'));
let domain: OpenDomain;
let juliet: AccountView;
let romeo: AccountView;
let tybalt: AccountView;

beforeAll(async () => {
  const before = await openDomain(dataDir);
  [juliet, romeo, tybalt] = await before.accounts('juliet', 'romeo', 'tybalt');
  await before[Symbol.asyncDispose]();
  const workerData = { file: join(dataDir, 'carillon.db'), account: juliet.id };
  await once(new Worker(new URL('testing/fill.ts', import.meta.url), { workerData }), 'exit');
  domain = await openDomain(dataDir);
}, 120_000);
afterAll(async () => {
  await domain[Symbol.asyncDispose]();
  rmSync(dataDir, { recursive: true });
});

const refused = { code: 'unprocessable', message: expect.stringMatching(/at most \d+ /) };

test.each<[string, (target: number) => Promise<unknown>]>([
  ['follows', (target) => domain.run(follow, { actor: juliet.id, target })],
  ['blocks', (target) => domain.run(block, { actor: juliet.id, target, on: true })],
  ['domain blocks', (target) => domain.run(blockDomain, { actor: juliet.id, domain: `x${target}.example`, on: true })],
  ['notes', (target) => domain.run(setNote, { actor: juliet.id, target, text: 'hot-headed' })],
])('%s of one account are bounded, and what is there may be said again', async (_, begin) => {
  await begin(romeo.id);
  await expect(begin(tybalt.id)).rejects.toMatchObject(refused);
  await begin(romeo.id);
});

test('mutes count with blocks, and what is let go makes room', async () => {
  const silence = (target: number, on = true) => domain.run(mute, { actor: juliet.id, target, on });
  await expect(silence(tybalt.id)).rejects.toMatchObject(refused);
  await domain.run(block, { actor: juliet.id, target: romeo.id, on: false });
  await silence(tybalt.id);
  await silence(tybalt.id);
  await expect(silence(romeo.id)).rejects.toMatchObject(refused);

  await domain.run(unfollow, { actor: juliet.id, target: romeo.id });
  expect(await domain.run(follow, { actor: juliet.id, target: romeo.id })).toMatchObject({ following: true });
});
