import type { CarillonError } from '@carillon/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AccountView,
  accountByAcct,
  accountSnapshot,
  accountSnapshots,
  accountsByAccts,
  communityCounts,
  createAccount,
  createChannel,
  createMedia,
  follow,
  ingestAccount,
  ownAccount,
  relationshipsWith,
  setAffiliation,
  signInFacts,
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

    expect(before.settings).toEqual({ visibility: 'public', sensitive: false, language: null, chosenLanguages: null });
    expect(own.settings).toEqual({ ...before.settings, ...settings });
    expect(domain.since(since)).toEqual([
      {
        type: 'settings.updated',
        topics: [`account:${id}`],
        data: { account: id, chosenLanguages: ['en', 'de'] },
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

describe('an account of another server', () => {
  it('is made, brought up to date, and found by its address', async () => {
    const name = `Romeo${++count}`;
    const acct = `${name.toLowerCase()}@verona.example`;
    const facts = { name, domain: 'Verona.example', displayName: 'Romeo', url: 'https://verona.example/@romeo' };
    const since = domain.heard.length;
    const made = await domain.run(ingestAccount, { ...facts, noteHtml: '<p>sad</p>', locked: true });
    const same = await domain.run(ingestAccount, { ...facts, noteHtml: '<p>sad</p>', locked: true });
    const glad = await domain.run(ingestAccount, { ...facts, displayName: 'Romeo M.', bot: true });

    expect(made).toMatchObject({
      name: name.toLowerCase(),
      domain: 'verona.example',
      kind: 'person',
      displayName: 'Romeo',
      noteHtml: '<p>sad</p>',
      locked: true,
      url: facts.url,
    });
    expect(same).toEqual(made);
    expect(glad).toMatchObject({ id: made.id, displayName: 'Romeo M.', noteHtml: '', kind: 'bot', locked: false });
    expect(domain.since(since).map(({ type }) => type)).toEqual(['account.created', 'account.updated']);
    expect(domain.heard.at(-1)?.routing).toMatchObject({ author: made.id, domain: 'verona.example' });
    expect(await domain.ask(accountByAcct, { acct: acct.toUpperCase() })).toEqual(glad);
    expect(await domain.ask(accountByAcct, { acct: name })).toBeUndefined();
    const { slug } = await person();
    const found = await domain.ask(accountsByAccts, { accts: [slug, 'nobody', acct, slug] });
    expect(found.map((one) => one.acct)).toEqual([slug, acct]);
    expect(await domain.ask(signInFacts, { email: '' })).toBeUndefined();
  });

  it.for([
    ['no name', '', 'verona.example'],
    ['a name with a path', 'a/b', 'verona.example'],
    ['a domain without a dot', 'romeo', 'localhost'],
    ['an address as domain', 'romeo', 'verona.example:80'],
  ])('is refused with %s', async ([, name = '', server = '']) => {
    const wanted = { name, domain: server, displayName: '', url: 'https://verona.example' };
    expect(await refusal(domain.run(ingestAccount, wanted))).toBe('unprocessable');
  });

  it('asks and is asked like any other', async () => {
    const romeo = { name: `r${++count}`, domain: 'verona.example', displayName: '', url: 'https://verona.example' };
    const [{ id }, local] = [await domain.run(ingestAccount, { ...romeo, locked: true }), await person()];
    await domain.run(follow, { actor: local.id, target: id });
    await domain.run(follow, { actor: id, target: local.id });
    expect(await domain.ask(relationshipsWith, { viewer: local.id, targets: [id] })).toMatchObject([
      { requested: true, followedBy: true },
    ]);
  });
});

describe('the community', () => {
  it('is counted, and its people sign in by their addresses', async () => {
    const before = await domain.ask(communityCounts, {});
    const made = await person({ email: 'Friar@Example.org', password: 'scrypt$friar' });
    await person();
    await domain.post(made.id, 'counted');
    const wanted = { name: 'abroad', domain: `d${++count}.example`, displayName: '', url: 'https://d.example' };
    await domain.run(ingestAccount, wanted);

    expect(await domain.ask(communityCounts, {})).toEqual({
      accounts: before.accounts + 2,
      posts: before.posts + 1,
      domains: before.domains + 1,
      active: before.active + 1,
    });
    expect(await domain.ask(signInFacts, { email: 'friar@example.ORG' })).toEqual({
      account: made.id,
      password: 'scrypt$friar',
      suspended: false,
    });
    expect(await domain.ask(signInFacts, { email: 'nobody@example.org' })).toBeUndefined();
  });
});
