import { expect, test } from 'vitest';
import { readHead } from '../storage/head-file.ts';
import { allNotes, eraseNote, removeNotes, writeNote } from './testing/notes.ts';
import { emptyDirectory, openHere, said, told } from './testing/open-here.ts';

test('state and events of a command commit together, and a throw undoes only its own', async () => {
  const { log, notices } = await openHere(await emptyDirectory());

  const answers = await Promise.allSettled([
    log.run(writeNote, { name: 'a', text: 'one' }),
    log.run(writeNote, { name: 'b', text: 'two', fail: 'refuse' }),
    log.append([said('plain')]),
    log.run(writeNote, { name: 'c', text: 'three', fail: 'bug' }),
    log.run(writeNote, { name: 'd', text: 'four' }),
  ]);

  expect(answers.map((it) => (it.status === 'fulfilled' ? it.value.positions : it.reason.code))).toEqual([
    [1, 2],
    'conflict',
    [3],
    'internal',
    [4, 5],
  ]);
  const { rows, position } = await log.query(allNotes, undefined);
  expect(rows).toEqual([
    { name: 'a', text: 'one' },
    { name: 'd', text: 'four' },
  ]);
  expect(position).toBe(5);
  expect(await told(log, ['app:default/notes', 'stream:default/a'])).toEqual(['one', 'plain', 'four']);
  expect(await told(log, ['app:default/notes/b', 'app:default/notes/c'])).toEqual([]);
  expect(await told(log, ['app:default/notes/d'])).toEqual(['four']);
  expect(notices.filter((notice) => notice.message.includes('told to break'))).toHaveLength(1);
});

test('what waits together is committed together', async () => {
  const directory = await emptyDirectory();
  const { log } = await openHere(directory);
  const before = readHead(directory);

  await Promise.all(Array.from({ length: 500 }, (_, n) => log.append([said(`${n}`)])));

  const after = readHead(directory);
  if (before.kind !== 'sound' || after.kind !== 'sound') throw new Error('the head file is there');
  expect(after.head.position).toBe(500);
  expect(after.head.commits - before.head.commits).toBeLessThan(20);
});

test('a command repeated with its key is answered with its first result, also after a restart', async () => {
  const directory = await emptyDirectory();
  const first = await openHere(directory);
  const key = { scope: 'key:K1', key: 'k', digest: 'd' };
  const input = { name: 'a', text: 'one' };

  const [answer, together] = await Promise.all([
    first.log.run(writeNote, input, key),
    first.log.run(writeNote, input, key),
  ]);
  await first.log.close();
  const { log } = await openHere(directory);
  const later = await log.run(writeNote, input, key);

  expect(answer.duplicate).toBe(false);
  for (const repeat of [together, later]) expect(repeat).toEqual({ ...answer, duplicate: true });
  await expect(log.run(writeNote, input, { ...key, digest: 'other' })).rejects.toMatchObject({ code: 'unprocessable' });
  expect(log.head.position).toBe(2);
});

test('a command may keep something else for repeats of its key, so that its result is in no file', async () => {
  const { log } = await openHere(await emptyDirectory());
  const key = { scope: 'key:K1', key: 'k', digest: 'd' };
  const input = { name: 'a', text: 'one', repeat: 'done before' };

  const first = await log.run(writeNote, input, key);
  const second = await log.run(writeNote, input, key);

  expect(first).toMatchObject({ result: { position: 1 }, duplicate: false });
  expect(second).toMatchObject({ result: 'done before', duplicate: true, positions: first.positions });
  // Nothing is left over for the next command.
  const other = { ...key, key: 'other' };
  const { result } = await log.run(writeNote, { name: 'b', text: 'two' }, other);
  expect((await log.run(writeNote, { name: 'b', text: 'two' }, other)).result).toEqual(result);
});

test('a failed command leaves its key free', async () => {
  const { log } = await openHere(await emptyDirectory());
  const key = { scope: 'key:K1', key: 'k', digest: 'd' };

  await expect(log.run(writeNote, { name: 'a', text: 'one', fail: 'refuse' }, key)).rejects.toMatchObject({
    code: 'conflict',
  });

  expect(await log.run(writeNote, { name: 'a', text: 'one' }, key)).toMatchObject({
    positions: [1, 2],
    duplicate: false,
  });
});

test('keys beyond the limit are forgotten, oldest first', async () => {
  const settings = { idempotencyKeys: 10 };
  const { log } = await openHere(await emptyDirectory(), { ...settings, retention: { ...RETENTION, sweepMs: 10 } });
  const append = (n: number) => log.append([said(`${n}`)], { scope: 's', key: `${n}`, digest: 'd' });
  for (let n = 1; n <= 30; n += 1) await append(n);

  await expect.poll(async () => (await append(1)).duplicate, { timeout: 10_000 }).toBe(false);

  expect((await append(30)).duplicate).toBe(true);
});

test('erasing a subject erases what names it, removing removes it, and both are told', async () => {
  const { log } = await openHere(await emptyDirectory());
  const erased: number[] = [];
  log.onErase((positions) => erased.push(...positions));
  await log.run(writeNote, { name: 'a', text: 'one' });
  await log.run(writeNote, { name: 'b', text: 'two' });

  await log.run(eraseNote, { name: 'a', text: 'one' });
  await log.run(removeNotes, { positions: [3, 99] });

  expect(erased).toEqual([1, 2]);
  expect(await told(log, ['app:default/notes'])).toEqual({ gap: 3 });
  expect(await told(log, ['app:default/notes/a', 'app:default/notes/b'])).toEqual([null, 'two']);
});

test('an unknown command is a fault of ours and harms nobody else', async () => {
  const { log } = await openHere(await emptyDirectory());

  const [unknown, append] = await Promise.allSettled([log.run({ name: 'nobody' }, undefined), log.append([said('x')])]);

  expect(unknown).toMatchObject({ status: 'rejected', reason: { code: 'internal' } });
  expect(append).toMatchObject({ status: 'fulfilled' });
});

test('what waits beyond the bound is refused, not kept', async () => {
  const { log } = await openHere(await emptyDirectory(), { waitingBytes: 10_000 });

  const answers = await Promise.allSettled(Array.from({ length: 8 }, () => log.append([said('x'.repeat(3_000))])));

  const refused = answers.filter((it) => it.status === 'rejected');
  expect(refused.map((it) => it.reason.code)).toEqual(Array.from({ length: 5 }, () => 'rate-limited'));
  expect(log.head.position).toBe(3);
});

const RETENTION = { appMs: 120_000, apps: {}, communityMs: 1e9, systemMs: 1e9, maxBytes: 1e9, sweepMs: 1_000 };
