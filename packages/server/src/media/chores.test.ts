import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createMedia, mediaById } from '../domain/index.ts';
import { openDomain } from '../domain/testing/open-domain.ts';
import { tidyMedia } from './chores.ts';
import { createMediaStore } from './store.ts';

const DAY_MS = 86_400_000;
const GIF = Buffer.from('R0lGODlhAgABAIAAAP8AAAAA/ywAAAAAAgABAAACAkQKADs=', 'base64');

test('uploads that no post shows and files of nobody go after a day, and nothing else', async () => {
  await using open = await openDomain();
  const juliet = await open.account('juliet');
  const directory = join(open.dataDir, 'media');
  const store = createMediaStore({ directory, maxBytes: 10_000, maxPixels: 10_000 });
  const upload = async () => {
    const saved = await store.save(GIF);
    const row = await open.run(createMedia, { ...saved, actor: juliet.id, description: null });
    return { ...saved, id: row.id };
  };
  const [shown, waiting] = [await upload(), await upload()];
  await open.post(juliet.id, 'look', { media: [shown.id] });
  const lost = await store.save(GIF);
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
