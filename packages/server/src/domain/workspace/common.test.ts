import type { CarillonError } from '@carillon/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AccountView,
  addCustomEmoji,
  changeDefaultChannels,
  createChannel,
  createMedia,
  customEmojiNow,
  deactivateCustomEmoji,
  defaultChannelsNow,
  deleteAccount,
  deleteMedia,
  dropUnusedMedia,
  hasUnusedMedia,
  type NewAccount,
  relationshipsWith,
  unknownFiles,
  updateChannel,
} from '../index.ts';
import { type OpenDomain, openDomain } from '../testing/open-domain.ts';

let domain: OpenDomain;
let count = 0;
beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain[Symbol.asyncDispose]());

const person = (role: NewAccount['role'] = 'member', kind: NewAccount['kind'] = 'person') =>
  domain.account(`person${++count}`, { role, kind });
const refusal = (run: Promise<unknown>) =>
  run.then(
    () => 'done',
    (error: CarillonError) => error.code,
  );
const group = (owner: AccountView, access: 'open' | 'authorize' = 'open') =>
  domain.run(createChannel, {
    ...{ actor: owner.id, slug: `group${++count}`, title: '', description: '', access },
    defaultAffiliation: 'publisher',
  });
const told = (since: number, type: string) =>
  domain
    .since(since)
    .filter((event) => event.type === type)
    .map(({ topics, data }) => [topics, data]);

describe('default channels', () => {
  const change = (actor: AccountView, wanted: { add?: number[]; remove?: number[] }) =>
    domain.run(changeDefaultChannels, { actor: actor.id, ...wanted });

  it('are open ones that administrators choose, and everybody is told of all', async () => {
    const [admin, member] = [await person('admin'), await person()];
    const [first, second, closed] = [await group(admin), await group(admin), await group(admin, 'authorize')];
    const since = domain.heard.length;

    expect(await refusal(change(member, { add: [first.id] }))).toBe('forbidden');
    for (const add of [[closed.id], [member.channel], [1]]) {
      expect(await refusal(change(admin, { add }))).toBe('not-found');
    }
    await change(admin, { add: [second.id, first.id] });
    await change(admin, { add: [first.id] });
    await change(admin, { remove: [second.id] });

    expect(told(since, 'defaults.changed')).toEqual([
      [['community'], { channels: [second, first] }],
      [['community'], { channels: [first] }],
    ]);
    expect(await domain.ask(defaultChannelsNow, {})).toEqual([first]);
    await domain.run(updateChannel, { actor: admin.id, channel: first.id, access: 'authorize' });
    expect(told(since, 'defaults.changed').at(-1)).toEqual([['community'], { channels: [] }]);
  });

  it('are followed by new members from their first event on', async () => {
    const admin = await person('admin');
    const channel = await group(admin);
    await change(admin, { add: [channel.id] });
    const since = domain.heard.length;
    const member = await person();
    const others = [await person('guest'), await person('member', 'bot')];

    expect(told(since, 'follow.started').map(([topics]) => topics)).toEqual([
      [`account:${member.id}`, `channel-meta:${channel.id}`],
    ]);
    expect(member.following_count).toBe(1);
    const follows = async ({ id: viewer }: AccountView) =>
      (await domain.ask(relationshipsWith, { viewer, targets: [channel.id] })).map(({ following }) => following);
    expect(await follows(member)).toEqual([true]);
    for (const other of others) expect(await follows(other)).toEqual([false]);
    await change(admin, { remove: [channel.id] });
  });
});

describe('an emoji of the community', () => {
  const picture = (owner: AccountView, type: 'image' | 'audio' = 'image') =>
    domain.run(createMedia, {
      ...{ actor: owner.id, type, contentType: 'image/png', file: `rose${++count}.png`, preview: null, meta: {} },
      ...{ description: null, blurhash: null, bytes: 100 },
    });
  const add = (actor: AccountView, name: string, media: number) =>
    domain.run(addCustomEmoji, { actor: actor.id, name, media });
  const later = { before: Number.MAX_SAFE_INTEGER, limit: 100 };

  it('is added, taken away and added anew, and its picture outlasts whoever brought it', async () => {
    const [maker, other, admin] = [await person(), await person(), await person('admin')];
    const since = domain.heard.length;
    const file = await picture(maker);
    const rose = await add(maker, 'rose', file.id);
    const taken = await picture(other);

    expect(await refusal(add(other, 'rose', taken.id))).toBe('conflict');
    expect(await refusal(domain.run(deactivateCustomEmoji, { actor: other.id, id: rose.id }))).toBe('forbidden');
    await domain.run(deactivateCustomEmoji, { actor: admin.id, id: rose.id });
    await domain.run(deactivateCustomEmoji, { actor: admin.id, id: rose.id });
    const again = await add(other, 'rose', taken.id);

    const gone = { ...rose, deactivated: true };
    expect(rose).toMatchObject({ name: 'rose', file: file.file, author: maker.id, deactivated: false });
    expect(told(since, 'emoji.changed')).toEqual([
      [['community'], { changed: rose, emoji: [rose] }],
      [['community'], { changed: gone, emoji: [gone] }],
      [['community'], { changed: again, emoji: [gone, again] }],
    ]);
    expect(await refusal(domain.run(deleteMedia, { actor: other.id, id: taken.id }))).toBe('not-found');
    const entry = { actor: 'test', action: 'accounts.delete', target: '' };
    await domain.run(deleteAccount, { input: { account: other.id }, entry });
    await domain.run(dropUnusedMedia, later);
    expect(await domain.ask(hasUnusedMedia, later)).toBe(false);
    expect(await domain.ask(unknownFiles, { names: [file.file, taken.file] })).toEqual([]);
    expect(await domain.ask(customEmojiNow, {})).toEqual([gone, { ...again, author: null }]);
  });

  it('is a picture of one’s own that nothing shows, by those who may', async () => {
    const [maker, guest] = [await person(), await person('guest')];
    const [shown, mine, sound, theirs] = [
      await picture(maker),
      await picture(maker),
      await picture(maker, 'audio'),
      await picture(guest),
    ];
    await domain.post(maker.id, 'look', { media: [shown.id] });

    for (const { id } of [shown, sound, theirs]) expect(await refusal(add(maker, 'lily', id))).toBe('unprocessable');
    for (const name of ['', 'Lily', '_lily', 'li:ly', 'x'.repeat(65)]) {
      expect(await refusal(add(maker, name, mine.id))).toBe('unprocessable');
    }
    expect(await refusal(add(guest, 'lily', theirs.id))).toBe('forbidden');
    expect(await refusal(add(maker, 'lily', mine.id))).toBe('done');
    expect(await refusal(add(maker, 'lily-of-the-valley', mine.id))).toBe('unprocessable');
  });
});
