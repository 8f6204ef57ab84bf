import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import {
  block,
  createChannel,
  deletePost,
  editPost,
  follow,
  followTag,
  mute,
  searchAccounts,
  searchPosts,
  searchTags,
  suspendAccount,
  tagByName,
  updateProfile,
} from '../index.ts';
import { type OpenDomain, openDomain, plainBody } from '../testing/open-domain.ts';

let domain: OpenDomain;
beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain[Symbol.asyncDispose]());

const ALL = { limit: 20, offset: 0 };

async function found(viewer: number | null, text: string, options: object = {}, from = domain): Promise<string[]> {
  const views = await from.ask(searchPosts, { viewer, text, ...ALL, ...options });
  return views.map(({ post }) => post.text);
}

describe('posts', () => {
  test('are found by their words, warnings among them, best first', async () => {
    const [juliet, romeo] = await domain.accounts('juliet', 'romeo');
    const much = await domain.post(juliet.id, 'nightingale nightingale');
    await domain.post(romeo.id, 'it was the lark, no nightingale in the pomegranate tree, nor any other bird');
    const warned = await domain.post(romeo.id, 'Naïve light', { warning: 'ornithology' });

    const nightingale = await found(null, 'NIGHTINGALE');
    expect(nightingale).toHaveLength(2);
    expect(nightingale[0]).toBe(much.post.text);
    expect(await found(null, 'nightingale -lark')).toEqual([much.post.text]);
    expect(await found(null, '"nightingale in"')).toHaveLength(1);
    expect(await found(null, 'nightingale pomegranate')).toHaveLength(1);
    expect(await found(null, 'naive')).toEqual([warned.post.text]);
    expect(await found(null, 'ornithology')).toEqual([warned.post.text]);
    expect(await found(null, 'nightingale', { account: juliet.id })).toEqual([much.post.text]);
    expect(await found(null, 'nightingale', { limit: 1, offset: 1 })).toEqual([nightingale[1]]);
    expect(await found(null, 'nightingale', { page: { limit: 9, minId: much.post.id } })).toEqual([nightingale[1]]);
  });

  test('are found by those alone who may see them and want to', async () => {
    const [tybalt, paris, nurse, friar] = await domain.accounts('tybalt', 'paris', 'nurse', 'friar');
    await domain.run(follow, { actor: paris.id, target: tybalt.id });
    await domain.post(tybalt.id, 'rapier public');
    await domain.post(tybalt.id, 'rapier unlisted', { visibility: 'unlisted' });
    await domain.post(tybalt.id, 'rapier followers', { visibility: 'followers' });
    await domain.post(tybalt.id, 'rapier direct', { visibility: 'direct', mentions: [nurse.id] });
    const whoFinds = async () => {
      const words: Record<string, string[]> = {};
      for (const [name, viewer] of Object.entries({ nobody: null, tybalt, paris, nurse, friar })) {
        words[name] = (await found(viewer && viewer.id, 'rapier')).map((text) => text.split(' ')[1] ?? '').toSorted();
      }
      return words;
    };
    const open = ['public', 'unlisted'];
    expect(await whoFinds()).toEqual({
      nobody: open,
      tybalt: ['direct', 'followers', ...open],
      paris: ['followers', ...open],
      nurse: ['direct', ...open],
      friar: open,
    });

    await domain.run(updateProfile, { actor: tybalt.id, profile: { indexable: false } });
    expect(await whoFinds()).toEqual({
      nobody: [],
      tybalt: ['direct', 'followers', ...open],
      paris: ['followers'],
      nurse: ['direct'],
      friar: [],
    });
    await domain.run(updateProfile, { actor: tybalt.id, profile: { indexable: true } });
    await domain.run(mute, { actor: paris.id, target: tybalt.id, on: true });
    await domain.run(block, { actor: nurse.id, target: tybalt.id, on: true });
    await domain.run(block, { actor: tybalt.id, target: friar.id, on: true });
    expect(await whoFinds()).toMatchObject({ nobody: open, paris: [], nurse: [], friar: [] });
  });

  test('are found by what they are now', async () => {
    const benvolio = await domain.account('benvolio');
    const { post } = await domain.post(benvolio.id, 'sycamore grove');
    await domain.run(editPost, { actor: benvolio.id, id: post.id, body: plainBody('olive grove') });
    expect([await found(null, 'sycamore'), await found(null, 'olive grove')]).toEqual([[], ['olive grove']]);
    await domain.run(deletePost, { actor: benvolio.id, id: post.id });
    expect(await found(null, 'grove')).toEqual([]);
  });

  test('no text that is typed is refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 40 }), async (text) => {
        expect(await found(null, text)).toBeInstanceOf(Array);
        expect(await domain.ask(searchAccounts, { viewer: null, text, ...ALL })).toBeInstanceOf(Array);
        expect(await domain.ask(searchTags, { viewer: null, text, ...ALL })).toBeInstanceOf(Array);
      }),
      { numRuns: 50 },
    );
  });
});

describe('accounts', () => {
  const names = async (viewer: number | null, text: string, options: object = {}) =>
    (await domain.ask(searchAccounts, { viewer, text, ...ALL, ...options })).map(({ name }) => name);

  test('are found by the beginnings of their names, the exact one and those followed first', async () => {
    const rosaline = await domain.account('rosaline', { displayName: 'Fair Rosaline' });
    await domain.account('rosa', { displayName: 'Rosa von Verona' });
    const rosalba = await domain.account('rosalba', { displayName: 'Alba' });
    await domain.run(follow, { actor: rosaline.id, target: rosalba.id });

    expect(await names(null, '@rosa')).toHaveLength(3);
    expect((await names(rosaline.id, 'ROSA')).slice(0, 2)).toEqual(['rosa', 'rosalba']);
    expect(await names(rosaline.id, 'rosa', { following: true })).toEqual(['rosalba']);
    expect(await names(null, 'fai ros')).toEqual(['rosaline']);
    expect(await names(null, 'von')).toEqual(['rosa']);
    expect(await names(null, 'osa')).toEqual([]);

    await domain.run(updateProfile, { actor: rosalba.id, profile: { displayName: 'Lady White' } });
    expect([await names(null, 'alba'), await names(null, 'whi')]).toEqual([[], ['rosalba']]);
    await domain.run(suspendAccount, {
      input: { account: rosalba.id },
      entry: { actor: 'test', action: 'accounts.suspend', target: '' },
    });
    expect(await names(null, 'whi')).toEqual([]);
  });

  test('groups are accounts, secret ones for their members', async () => {
    const capulet = await domain.account('capulet');
    const group = { actor: capulet.id, description: '', defaultAffiliation: 'member' } as const;
    await domain.run(createChannel, { ...group, slug: 'ballroom', title: 'Masked ball', access: 'open' });
    await domain.run(createChannel, { ...group, slug: 'ballots', title: 'Conspiracy', access: 'whitelist' });
    expect(await names(null, 'ball')).toEqual(['ballroom']);
    expect((await names(capulet.id, 'ball')).toSorted()).toEqual(['ballots', 'ballroom']);
  });
});

test('tags are found by their beginnings, with a week of public uses', async () => {
  const [mercutio, montague] = await domain.accounts('mercutio', 'montague');
  await domain.post(mercutio.id, '#QueenMab', { tags: ['QueenMab'] });
  await domain.post(mercutio.id, '#queenmab', { tags: ['queenmab'] });
  await domain.post(montague.id, '#QueenMab', { tags: ['QueenMab', 'Queen'] });
  await domain.post(montague.id, '#queenly', { tags: ['queenly'], visibility: 'unlisted' });
  await domain.run(followTag, { actor: montague.id, tag: 'QueenMab', on: true });

  const day = () => Math.floor(Date.now() / 86_400_000) * 86_400;
  const before = day();
  const tags = await domain.ask(searchTags, { viewer: montague.id, text: '#Queen', ...ALL });
  expect(tags.map(({ name, following }) => [name, following])).toEqual([
    ['queenmab', true],
    ['queen', false],
  ]);
  const [tag] = tags;
  expect([before, day()]).toContain(tag?.history[0]?.day);
  expect(tag?.history.map(({ day }) => day).slice(1)).toEqual(
    [1, 2, 3, 4, 5, 6].map((back) => (tag?.history[0]?.day ?? 0) - back * 86_400),
  );
  expect(tag?.history[0]).toMatchObject({ uses: 3, accounts: 2 });
  expect(await domain.ask(tagByName, { viewer: montague.id, tag: 'QUEENMAB' })).toEqual(tag);
  const unused = await domain.ask(tagByName, { viewer: null, tag: 'apothecary' });
  expect(unused).toMatchObject({ name: 'apothecary', following: false });
  expect(unused.history.every(({ uses }) => uses === 0)).toBe(true);
});

describe('the files', () => {
  async function emptyFolder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'carillon-search-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    return folder;
  }
  const holds = async (folder: string, text: string) => {
    const bytes = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name))));
    return bytes.some((one) => one.includes(text));
  };

  test('hold no word of a deleted post, nor an old name, once they are written through', async () => {
    const folder = await emptyFolder();
    const words = { post: 'xylographer', edited: 'xanthophyll', name: 'xerophyte' };
    {
      await using open = await openDomain(folder);
      const escalus = await open.account('escalus', { displayName: words.name.toUpperCase() });
      for (let number = 0; number < 50; number += 1) await open.post(escalus.id, `banished ${number}`);
      // In capitals, so that the small letters can be in the index alone.
      await open.post(escalus.id, `banished ${words.post.toUpperCase()}`);
      await open.post(escalus.id, `banished ${words.edited.toUpperCase()}`);
    }
    expect(await Promise.all(Object.values(words).map((word) => holds(folder, word)))).toEqual([true, true, true]);
    {
      await using open = await openDomain(folder);
      const [post] = await open.ask(searchPosts, { viewer: null, text: words.post, ...ALL });
      const [edited] = await open.ask(searchPosts, { viewer: null, text: words.edited, ...ALL });
      const actor = post?.post.author.id ?? 0;
      await open.run(deletePost, { actor, id: post?.post.id ?? 0 });
      await open.run(editPost, { actor, id: edited?.post.id ?? 0, body: plainBody('banished no more') });
      await open.run(updateProfile, { actor, profile: { displayName: 'Prince' } });
      expect(await found(null, 'banished', { limit: 100 }, open)).toHaveLength(51);
    }
    expect(await Promise.all(Object.values(words).map((word) => holds(folder, word)))).toEqual([false, false, false]);
    expect(await holds(folder, words.post.toUpperCase())).toBe(false);
  });

  test('give what a salvage could keep an index of its own', async () => {
    const folder = await emptyFolder();
    {
      await using open = await openDomain(folder);
      const [abram, balthasar] = await open.accounts('abram', 'balthasar');
      await open.post(abram.id, 'dagger sound');
      await open.post(balthasar.id, 'dagger damaged');
    }
    const file = join(folder, 'carillon.db');
    const bytes = await readFile(file);
    // Source, HTML and text of the row stand side by side; in the event they do not.
    const at = bytes.indexOf('dagger damaged<p>dagger damaged</p>');
    expect(at).toBeGreaterThan(0);
    bytes[at] = 0x44;
    await writeFile(file, bytes);
    await expect(openDomain(folder)).rejects.toMatchObject({ code: 'corrupt' });

    await using open = await openDomain(folder, { acceptLoss: true });
    expect(await found(null, 'dagger', {}, open)).toEqual(['dagger sound']);
    const accounts = await open.ask(searchAccounts, { viewer: null, text: 'a', ...ALL });
    expect(accounts.map(({ name }) => name)).toEqual(['abram']);
    const abram = accounts[0]?.id ?? 0;
    const { post } = await open.post(abram, 'dagger anew');
    await open.run(deletePost, { actor: abram, id: post.id });
    expect(await found(null, 'dagger', {}, open)).toEqual(['dagger sound']);
  });
});
