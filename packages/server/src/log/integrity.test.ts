import { cp, mkdtemp, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { STORAGE_DEFAULTS } from '../storage/index.ts';
import { type Log, openLog } from './index.ts';
import { leaveKilled } from './testing/killed.ts';
import { forgetEvent, writeNote } from './testing/notes.ts';
import { emptyDirectory, openHere, said, told } from './testing/open-here.ts';
import { NOTES_ROOTS } from './testing/roots.ts';

let closed: string;
let killed: string;

beforeAll(async () => {
  closed = await mkdtemp(join(tmpdir(), 'carillon-closed-'));
  killed = await mkdtemp(join(tmpdir(), 'carillon-killed-'));
  const log = await openLog({ settings: { ...STORAGE_DEFAULTS, directory: closed }, threads: NOTES_ROOTS });
  const numbers = Array.from({ length: 60 }, (_, n) => n + 1);
  await Promise.all(numbers.map((n) => log.append([said(`text-${n}-${'x'.repeat(200)}`)], key(n))));
  await log.run(writeNote, { name: 'a', text: 'note-text' });
  await log.close();
  await leaveKilled(killed);
  return async () => {
    await rm(closed, { recursive: true });
    await rm(killed, { recursive: true });
  };
}, 60_000);

function key(n: number): { scope: string; key: string; digest: string } {
  return { scope: 's', key: `key-${n}`, digest: 'digest' };
}

async function copyOf(source: string): Promise<string> {
  const directory = await emptyDirectory();
  await cp(source, directory, { recursive: true });
  return directory;
}

/** Flips one bit of the last place where this text stands in the file. */
async function flip(directory: string, name: string, text: string, bit = 0): Promise<void> {
  const file = join(directory, name);
  const bytes = await readFile(file);
  const at = bytes.lastIndexOf(text);
  if (at < 0) throw new Error(`${name} does not hold ${text}`);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
  await writeFile(file, bytes);
}

test.each([
  ['an event’s data', 'carillon.db', 'text-30-', /event at position 30 fails its checksum/],
  ['an event’s type', 'carillon.db', 'test.said', /event at position \d+ fails its checksum/],
  ['a topic’s name', 'carillon.db', 'stream:default/a', /table topics with id 1 fails/],
  ['an idempotency key', 'carillon.db', 'key-17', /table idempotency_keys with number 17 fails/],
  ['a schema row', 'carillon.db', 'storage', /schema_versions|storage/],
  ['the structure', 'carillon.db', 'SQLite format 3', /carillon\.db/],
  ['the head file', 'head', 'carillon-head', /head fails its checksum/],
] as const)('a flipped bit in %s is refused by name, with what to do', async (_, name, text, message) => {
  const directory = await copyOf(closed);
  await flip(directory, name, text);

  await expect(openHere(directory)).rejects.toMatchObject({
    code: 'corrupt',
    message: expect.stringMatching(message),
  });
  await expect(openHere(directory)).rejects.toMatchObject({ message: expect.stringContaining('restore') });
});

test.each([
  ['the newest commit', 'text-60-'],
  ['an old commit', 'text-2-'],
])('a flipped bit of the write-ahead log in %s is refused: acknowledged commits are behind it', async (_, text) => {
  const directory = await copyOf(killed);
  await flip(directory, 'carillon.db-wal', text);

  await expect(openHere(directory)).rejects.toMatchObject({
    code: 'corrupt',
    message: expect.stringMatching(/was acknowledged/),
  });
});

test('a write-ahead log cut at its end, cut off, or gone is refused', async () => {
  const cut = await copyOf(killed);
  const { length } = await readFile(join(cut, 'carillon.db-wal'));
  await truncate(join(cut, 'carillon.db-wal'), length - 1);
  const empty = await copyOf(killed);
  await truncate(join(empty, 'carillon.db-wal'), 0);
  const gone = await copyOf(killed);
  await rm(join(gone, 'carillon.db-wal'));

  for (const directory of [cut, empty, gone]) {
    await expect(openHere(directory)).rejects.toMatchObject({ code: 'corrupt' });
  }
});

test('what was never acknowledged may be torn at the end of the write-ahead log', async () => {
  const directory = await copyOf(killed);
  const wal = join(directory, 'carillon.db-wal');
  await writeFile(wal, Buffer.concat([await readFile(wal), Buffer.alloc(3_000, 7)]));

  const { log } = await openHere(directory);

  expect(log.head.position).toBe(60);
});

test('a missing file is refused, and files that belong to no one are not made up', async () => {
  const noHead = await copyOf(closed);
  await rm(join(noHead, 'head'));
  const noDatabase = await copyOf(closed);
  await rename(join(noDatabase, 'carillon.db'), join(noDatabase, 'elsewhere'));

  await expect(openHere(noHead)).rejects.toMatchObject({
    code: 'corrupt',
    message: expect.stringContaining('head is missing'),
  });
  await expect(openHere(noDatabase)).rejects.toMatchObject({
    code: 'corrupt',
    message: expect.stringContaining('carillon.db is missing'),
  });
});

test('accepting the loss of one event’s data keeps the others under a new epoch, above all positions', async () => {
  const directory = await copyOf(closed);
  const { log: before } = await openHere(await copyOf(closed));
  await flip(directory, 'carillon.db', 'text-30-');

  const { log, notices } = await openHere(directory, { acceptLoss: true });

  const texts = (await told(log, ['stream:default/a'])) as (string | null)[];
  expect(texts).toHaveLength(60);
  expect(texts[29]).toBeNull();
  expect(texts[28]).toMatch(/^text-29-/);
  expect(log.head.epoch).not.toBe(before.head.epoch);
  expect(log.head.position).toBe(62);
  expect(notices.map((notice) => notice.message).join()).toMatch(/accepted a loss .*positions 30/);
  expect(await log.append([said('again')], key(5))).toEqual({ positions: [5], duplicate: true });
  expect((await log.append([said('next')])).positions).toEqual([63]);
});

test('accepting the loss of a write-ahead log goes on above what was acknowledged, and once is enough', async () => {
  const directory = await copyOf(killed);
  await flip(directory, 'carillon.db-wal', 'text-40-');

  const accepted = await openHere(directory, { acceptLoss: true });
  const { epoch } = accepted.log.head;
  const kept = (await told(accepted.log, ['stream:default/a'])) as string[];
  await accepted.log.close();
  const { log } = await openHere(directory);

  expect(kept.length).toBeLessThan(60);
  expect(kept.at(-1)).toMatch(new RegExp(`^text-${kept.length}-`));
  expect(log.head).toMatchObject({ epoch, position: 60 });
  expect((await log.append([said('next')])).positions).toEqual([61]);
});

test('a sound directory opened with accept-loss stays what it is', async () => {
  const { log: before } = await openHere(await copyOf(closed));

  const { log, notices } = await openHere(await copyOf(closed), { acceptLoss: true });

  expect(log.head).toEqual(before.head);
  expect(notices).toEqual([]);
});

test('one process at a time, also for a second log in the same one', async () => {
  const directory = await copyOf(closed);
  const { log } = await openHere(directory);

  await expect(openHere(directory)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining(directory),
  });

  expect((await log.append([said('still mine')])).positions).toEqual([63]);
});

test('a long log is read back from its chunks, the removed left out, in the same order', async () => {
  const directory = await emptyDirectory();
  const first = await openHere(directory);
  const topicOf = (n: number): string => (n % 4 === 0 ? 'app:default/short' : `stream:default/${n % 3}`);
  for (let from = 1; from <= 20_000; from += 1_000) {
    await first.log.append(Array.from({ length: 1_000 }, (_, n) => said(`${from + n}`, topicOf(from + n))));
  }
  await first.log.expire(Date.now() + 3_600_000);
  await first.log.append([said('20001', 'stream:default/0')]);
  const before = await everything(first.log);
  await first.log.close();

  const { log } = await openHere(directory);

  expect(before).toHaveLength(15_001);
  expect(await everything(log)).toEqual(before);
  expect(log.lastRemoved(['app:default/short'])).toBe(20_000);
});

test('a lost row that a chunk still names is noticed', async () => {
  const directory = await emptyDirectory();
  const { log } = await openHere(directory);
  await log.append(Array.from({ length: 9_000 }, (_, n) => said(`${n}`)));
  await log.run(forgetEvent, { position: 4_000 });
  await log.close();

  await expect(openHere(directory)).rejects.toMatchObject({
    code: 'corrupt',
    message: expect.stringMatching(/up to position 8192 there are 8191 events where 8192 should be/),
  });
});

async function everything(log: Log): Promise<readonly string[]> {
  const topics = [0, 1, 2].map((n) => ({ topic: `stream:default/${n}`, since: 0 }));
  const all: string[] = [];
  for (let after = 0; after < log.head.position; ) {
    const page = await log.read({ topics, after, limit: 1_000 });
    if (page.kind === 'gap') throw new Error('streams lose nothing');
    all.push(...page.events.map((event) => `${event.position} ${Buffer.from(event.data).toString()}`));
    after = page.upTo;
  }
  return all;
}
