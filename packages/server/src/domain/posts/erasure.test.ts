import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Event } from '@carillon/core';
import { expect, it } from 'vitest';
import { createMedia, createPost, deletePost, editPost, flagPost, react, searchPosts, sharePost } from '../index.ts';
import { type OpenDomain, openDomain, plainBody } from '../testing/open-domain.ts';

/** A tag is not among them: the name of its topic stays, like every topic’s (kernel K7). */
const WORDS = ['quondamfirst', 'quondamsecond', 'quondamwarning', 'quondampicture', 'quondamdirect'];

it('leaves nothing of a deleted post in any file', { timeout: 60_000 }, async () => {
  await using domain = await openDomain();
  const [juliet, romeo] = await domain.accounts('juliet', 'romeo');
  const picture = await domain.run(createMedia, {
    actor: juliet.id,
    type: 'image',
    contentType: 'image/png',
    file: 'a.png',
    preview: null,
    meta: {},
    description: 'quondampicture',
    blurhash: null,
    bytes: 1,
  });
  const start = domain.log.head.position;
  const options = { warning: 'quondamwarning', tags: ['rose'], mentions: [romeo.id], media: [picture.id] };
  const body = plainBody('quondamfirst', options);
  const key = { scope: `account:${juliet.id}`, key: 'k', digest: 'd' };
  const { post } = (await domain.log.run(createPost, { actor: juliet.id, visibility: 'public', body }, key)).result;
  await domain.run(editPost, {
    actor: juliet.id,
    id: post.id,
    body: plainBody('quondamsecond', { mentions: [romeo.id] }),
  });
  await domain.run(sharePost, { actor: romeo.id, id: post.id, visibility: 'public' });
  await domain.run(react, { actor: romeo.id, id: post.id, emoji: '⭐', on: true });
  await domain.run(flagPost, { actor: romeo.id, id: post.id, flag: 'bookmarked', on: true });
  const direct = await domain.post(juliet.id, 'quondamdirect', { visibility: 'direct', mentions: [romeo.id] });
  await domain.post(juliet.id, 'tostay');
  for (const word of WORDS) expect(filesWith(domain.dataDir, word), word).not.toEqual([]);

  await domain.run(deletePost, { actor: juliet.id, id: post.id });
  await domain.run(deletePost, { actor: juliet.id, id: direct.post.id });

  const events = await replay(domain, start);
  expect(events.filter(({ type }) => type === 'post.deleted')).toHaveLength(2);
  const wire = Buffer.concat(events.map(({ data }) => data)).toString('utf8');
  expect(wire).toContain('tostay');
  for (const word of WORDS) expect(wire).not.toContain(word);
  expect(await domain.ask(searchPosts, { viewer: null, text: 'quondamfirst', limit: 10, offset: 0 })).toEqual([]);
  await expect
    .poll(() => WORDS.filter((word) => filesWith(domain.dataDir, word).length > 0), { timeout: 20_000 })
    .toEqual([]);
  expect(filesWith(domain.dataDir, 'tostay')).not.toEqual([]);
});

/** Everything that anybody could read after a position. */
async function replay({ log, heard }: OpenDomain, after: number): Promise<readonly Event[]> {
  const topics = [...new Set(heard.flatMap((event) => event.topics))].map((topic) => ({ topic, since: 0 }));
  const page = await log.read({ topics, after, limit: 1_000 });
  if (page.kind === 'gap') throw new Error('nothing was removed');
  return page.events;
}

function filesWith(directory: string, word: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => {
    const file = join(directory, name);
    return statSync(file).isFile() && readFileSync(file).includes(word);
  });
}
