import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { createMedia, deleteAccount, deletePost, mediaById, type PostView } from '../domain/index.ts';
import { openDomain } from '../domain/testing/open-domain.ts';
import { startMediaChores, tidyMedia } from './chores.ts';
import { createMediaStore } from './store.ts';

const DAY_MS = 86_400_000;
const GIF = Buffer.from('R0lGODlhAgABAIAAAP8AAAAA/ywAAAAAAgABAAACAkQKADs=', 'base64');

async function openMedia() {
  const open = await openDomain();
  const directory = join(open.dataDir, 'media');
  const store = createMediaStore({ directory, maxBytes: 10_000, maxPixels: 10_000, maxUploadBytes: 100_000 });
  const upload = async (actor: number) => {
    const saved = await store.save(GIF, 'a');
    const row = await open.run(createMedia, { ...saved, actor, description: null });
    return { ...saved, id: row.id };
  };
  return { open, directory, store, upload };
}

test('files of deleted posts and accounts go at once, and after a stop when it is over', async () => {
  const { open, directory, store, upload } = await openMedia();
  await using _ = open;
  const [juliet, romeo] = await open.accounts('juliet', 'romeo');
  const [first, second, third, kept] = [
    await upload(juliet.id),
    await upload(juliet.id),
    await upload(romeo.id),
    await upload(juliet.id),
  ];
  const posts: PostView[] = [];
  for (const { id } of [first, second, kept]) posts.push(await open.post(juliet.id, 'look', { media: [id] }));
  const remove = (index: number) => open.run(deletePost, { actor: juliet.id, id: posts[index]?.post.id ?? 0 });
  const failed = vi.fn();
  const start = () => startMediaChores({ commands: open.log, log: open.log, media: store, now: Date.now, failed });
  await remove(0);
  expect(readdirSync(directory)).toHaveLength(4);

  const chores = start();

  await expect.poll(() => readdirSync(directory)).toHaveLength(3);
  await remove(1);
  await open.run(deleteAccount, {
    input: { account: romeo.id },
    entry: { actor: 'test', action: 'accounts.delete', target: 'romeo' },
  });
  await expect.poll(() => readdirSync(directory)).toEqual([kept.file]);
  await chores.close();
  expect(await store.find(third.file)).toBeUndefined();
  expect(failed).not.toHaveBeenCalled();
});

test('uploads that no post shows and files of nobody go after a day, and nothing else', async () => {
  const { open, directory, store, upload } = await openMedia();
  await using _ = open;
  const juliet = await open.account('juliet');
  const [shown, waiting] = [await upload(juliet.id), await upload(juliet.id)];
  await open.post(juliet.id, 'look', { media: [shown.id] });
  const lost = await store.save(GIF, 'a');
  writeFileSync(join(directory, `${'a'.repeat(32)}.png.part`), 'half');
  const tidy = (now: number) => tidyMedia({ commands: open.log, media: store, now: () => now });

  await tidy(Date.now());

  expect(readdirSync(directory)).toHaveLength(4);

  for (const name of readdirSync(directory)) utimesSync(join(directory, name), 0, 0);
  await tidy(Date.now());

  expect(readdirSync(directory).sort()).toEqual([shown.file, waiting.file].sort());
  expect(await store.find(lost.file)).toBeUndefined();

  await tidy(Date.now() + DAY_MS + 60_000);

  expect(readdirSync(directory)).toEqual([shown.file]);
  expect(await open.ask(mediaById, { viewer: juliet.id, id: waiting.id })).toBeUndefined();
});
