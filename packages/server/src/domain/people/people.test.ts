import type { CarillonError } from '@carillon/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AccountView,
  accountByAcct,
  accountSnapshot,
  accountSnapshots,
  createAccount,
  createChannel,
  createMedia,
  follow,
  ownAccount,
  setAffiliation,
  updateChannel,
  updateProfile,
} from '../index.ts';
import { type OpenDomain, openDomain } from '../testing/open-domain.ts';

let domain: OpenDomain;
let count = 0;
beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain[Symbol.asyncDispose]());

function person(options = {}): Promise<AccountView> {
  return domain.account(`person${++count}`, options);
}

function upload(actor: number) {
  return domain.run(createMedia, {
    actor,
    type: 'image',
    contentType: 'image/png',
    file: `${++count}.png`,
    preview: null,
    meta: { original: { width: 1, height: 1 } },
    description: 'a face',
    blurhash: null,
    bytes: 1,
  });
}

const refusal = (run: Promise<unknown>) =>
  run.then(
    () => 'done',
    (error: CarillonError) => error.code,
  );

describe('a new account', () => {
  it('is announced as a whole snapshot, without secrets', async () => {
    const since = domain.heard.length;
    const made = await person({ displayName: 'Nurse', password: 'scrypt$hash' });
    const account = await domain.ask(accountSnapshot, { id: made.id });
    expect(account).toMatchObject({ name: made.slug, domain: null, displayName: 'Nurse', locked: false, avatar: null });
    expect(domain.since(since)).toEqual([
      { type: 'account.created', topics: ['community', `account:${made.id}`], data: { account } },
    ]);
    expect(JSON.stringify(account)).not.toMatch(/scrypt|@example/);
  });
});

describe('a profile', () => {
  it('changes as a whole, is announced once, and says nothing when nothing changes', async () => {
    const { id, channel } = await person();
    const [avatar, header] = [await upload(id), await upload(id)];
    const profile = {
      displayName: 'Juliet C.',
      note: { text: 'hi', html: '<p>hi</p>' },
      fields: [{ name: 'home', value: 'Verona', html: 'Verona' }],
      avatar: avatar.id,
      header: header.id,
      bot: true,
      discoverable: false,
      indexable: false,
    };
    const since = domain.heard.length;
    const own = await domain.run(updateProfile, { actor: id, profile });
    await domain.run(updateProfile, { actor: id, profile });

    expect(own).toMatchObject({
      note: 'hi',
      role: 'member',
      followRequests: 0,
      account: {
        displayName: 'Juliet C.',
        noteHtml: '<p>hi</p>',
        fields: profile.fields,
        avatar: { file: avatar.file, description: 'a face' },
        header: { file: header.file },
        kind: 'bot',
        discoverable: false,
        indexable: false,
      },
    });
    expect(await domain.ask(ownAccount, { account: id })).toEqual(own);
    expect(domain.since(since)).toEqual([
      { type: 'account.updated', topics: ['community', `account:${id}`], data: { account: own.account } },
    ]);
    expect(domain.heard.at(-1)).toMatchObject({
      actor: String(id),
      routing: { author: id, channel, object: id },
      subjects: [`account:${id}`],
    });
    const bare = await domain.run(updateProfile, { actor: id, profile: { avatar: null, displayName: '' } });
    expect(bare.account).toMatchObject({ avatar: null, displayName: own.account.name, noteHtml: '<p>hi</p>' });
  });

  it('shows only pictures of its own', async () => {
    const [one, other] = [await person(), await person()];
    const picture = await upload(other.id);
    for (const avatar of [picture.id, 1]) {
      expect(await refusal(domain.run(updateProfile, { actor: one.id, profile: { avatar } }))).toBe('unprocessable');
    }
    expect(await refusal(domain.run(updateProfile, { actor: 1, profile: {} }))).toBe('unauthorized');
  });

  it('locks and opens its channel', async () => {
    const { id } = await person();
    const locked = await domain.run(updateProfile, { actor: id, profile: { locked: true } });
    expect(locked.account.locked).toBe(true);
    expect((await domain.ask(accountSnapshot, { id }))?.locked).toBe(true);
    expect((await domain.run(updateProfile, { actor: id, profile: { locked: false } })).account.locked).toBe(false);
  });
});

describe('settings', () => {
  it('stand apart from the profile and tell only their account', async () => {
    const { id } = await person();
    const before = await domain.ask(ownAccount, { account: id });
    const since = domain.heard.length;
    const settings = { visibility: 'followers', chosenLanguages: ['en', 'de'] } as const;
    const own = await domain.run(updateProfile, { actor: id, profile: {}, settings });
    await domain.run(updateProfile, { actor: id, profile: {}, settings });

    expect(before.settings).toEqual({
      visibility: 'public',
      sensitive: false,
      language: null,
      chosenLanguages: null,
      sharesPresence: true,
    });
    expect(own.settings).toEqual({ ...before.settings, ...settings });
    expect(domain.since(since)).toEqual([
      {
        type: 'settings.updated',
        topics: [`account:${id}`],
        data: {
          account: id,
          chosenLanguages: ['en', 'de'],
          settings: expect.objectContaining(own.settings),
          changed: ['visibility', 'chosenLanguages'],
        },
      },
    ]);
  });
});

describe('a group channel', () => {
  const make = (actor: AccountView, slug: string, access: 'open' | 'authorize' | 'whitelist' = 'open') =>
    domain.run(createChannel, {
      actor: actor.id,
      slug,
      title: 'Verona',
      description: 'fair',
      access,
      defaultAffiliation: 'member',
    });

  it('is an account to those who follow it, and shares the space of names', async () => {
    const [owner, fan] = [await person(), await person()];
    const slug = `group${++count}`;
    const since = domain.heard.length;
    const made = await make(owner, slug.toUpperCase());

    expect(made).toEqual({ id: made.id, kind: 'group', slug, title: 'Verona', access: 'open' });
    expect(domain.since(since)).toEqual([
      { type: 'channel.created', topics: [`channel-meta:${made.id}`, 'community'], data: { channel: made } },
    ]);
    await domain.run(follow, { actor: fan.id, target: made.id });
    const account = await domain.ask(accountByAcct, { acct: slug });
    expect(account).toMatchObject({
      id: made.id,
      name: slug,
      kind: 'group',
      displayName: 'Verona',
      noteHtml: '<p>fair</p>',
      channel: made.id,
      locked: false,
      followersCount: 1,
      suspended: false,
    });
    expect(await domain.ask(accountSnapshots, { ids: [fan.id, 1, made.id] })).toMatchObject([
      { id: fan.id, followingCount: 1 },
      { id: made.id },
    ]);
    expect(await refusal(make(owner, slug))).toBe('conflict');
    expect(await refusal(make(owner, owner.slug))).toBe('conflict');
    expect(await refusal(make(owner, 'system'))).toBe('bad-request');
    const entry = { actor: 'test', action: 'accounts.create', target: slug };
    const input = { name: slug, kind: 'person', role: 'member', displayName: '', email: 'x@example.org' } as const;
    expect(await refusal(domain.run(createAccount, { input, entry }))).toBe('conflict');
  });

  it('is changed by its staff alone; the community hears of what is open, or was', async () => {
    const [owner, helper, fan] = [await person(), await person(), await person()];
    const since = domain.heard.length;
    const { id } = await make(owner, `group${++count}`, 'whitelist');
    const change = (actor: AccountView, wanted: { title?: string; access?: 'open' | 'authorize' }) =>
      domain.run(updateChannel, { actor: actor.id, channel: id, ...wanted });
    await domain.run(setAffiliation, { actor: owner.id, target: helper.id, channel: id, affiliation: 'moderator' });
    await change(helper, { title: 'Mantua' });
    await change(helper, { title: 'Mantua' });
    await change(owner, { access: 'open' });
    await change(owner, { access: 'authorize' });

    const topics = domain
      .since(since)
      .filter(({ type }) => type.startsWith('channel.'))
      .map((event) => [event.type, event.topics.slice(1)]);
    expect(topics).toEqual([
      ['channel.created', []],
      ['channel.updated', []],
      ['channel.updated', ['community']],
      ['channel.updated', ['community']],
    ]);
    expect(await refusal(change(fan, { title: 'Mine' }))).toBe('forbidden');
    const own = { actor: owner.id, channel: owner.channel, title: 'Me' };
    expect(await refusal(domain.run(updateChannel, own))).toBe('forbidden');
    expect(await refusal(domain.run(updateChannel, { ...own, channel: 1 }))).toBe('not-found');
  });
});
