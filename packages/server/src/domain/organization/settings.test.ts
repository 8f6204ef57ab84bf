import type { CarillonError } from '@carillon/core';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import {
  type AccountView,
  accountRights,
  changeOrganization,
  createChannel,
  createPost,
  editPost,
  listAudit,
  type NewAccount,
  ORGANIZATION_SETTINGS,
  type OrganizationChange,
  organizationSettingsNow,
  updateOrganization,
} from '../index.ts';
import { type OpenDomain, openDomain, plainBody } from '../testing/open-domain.ts';

const defaults = { title: 'Verona', description: '', registrations: false };

let domain: OpenDomain;
let count = 0;
beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain[Symbol.asyncDispose]());

const person = (role: NewAccount['role'] = 'member') => domain.account(`person${++count}`, { role });
const change = (actor: AccountView, settings: OrganizationChange['settings'] = {}) =>
  domain.run(changeOrganization, { actor: actor.id, change: { settings }, defaults });
const decree = (settings: OrganizationChange['settings'] = {}) =>
  domain.run(updateOrganization, {
    input: { change: { settings }, defaults },
    entry: { actor: 'test', action: 'organization.update', target: '' },
  });
const refusal = (run: Promise<unknown>) =>
  run.then(
    () => 'done',
    (error: CarillonError) => error.code,
  );
const newChannel = (actor: AccountView, access: 'open' | 'authorize') =>
  domain.run(createChannel, {
    ...{ actor: actor.id, slug: `group${++count}`, title: '', description: '', access },
    defaultAffiliation: 'publisher',
  });

describe('the settings of the organisation', () => {
  it('have defaults that their own types take, and each says what it does', () => {
    for (const { type, default: otherwise, text } of Object.values(ORGANIZATION_SETTINGS)) {
      expect(type.accepts(otherwise)).toBe(true);
      expect(type.accepts(undefined)).toBe(false);
      expect(text).toMatch(/\.$/);
    }
  });

  it('are changed by administrators, some by owners alone, and the event names exactly what is new', async () => {
    const [owner, admin, moderator] = [await person('owner'), await person('admin'), await person('moderator')];
    const since = domain.heard.length;

    expect(await refusal(change(moderator, { editing: false }))).toBe('forbidden');
    expect(await refusal(change(admin, { retentionDays: 30 }))).toBe('forbidden');
    expect(domain.since(since)).toEqual([]);
    await change(admin, { editLimitSeconds: 60, maxTopicLength: 60, customEmoji: 'admins' });
    await change(admin, { editLimitSeconds: 60 });
    const { settings } = await change(owner, { retentionDays: 30 });

    const told = domain.since(since).map(({ type, topics, data }) => [type, topics, data]);
    expect(told).toMatchObject([
      [
        'organization.updated',
        ['community'],
        { changed: ['editLimitSeconds', 'customEmoji'], organization: { settings: { editLimitSeconds: 60 } } },
      ],
      ['organization.updated', ['community'], { changed: ['retentionDays'], organization: { settings } }],
    ]);
    expect(await domain.ask(organizationSettingsNow, {})).toEqual(settings);
    const [row] = await domain.ask(listAudit, { before: Number.MAX_SAFE_INTEGER, limit: 1 });
    expect(row).toMatchObject({ actor: `account:${owner.id}`, action: 'organization.update', outcome: 'ok' });
    await decree({ retentionDays: null, editLimitSeconds: null, customEmoji: 'members' });
  });

  it.for<object>([
    { editLimitSeconds: 0 },
    { editLimitSeconds: '60' },
    { editing: null },
    { openChannels: 'friends' },
    { unheard: true },
    { constructor: true },
  ])('refuse %o', async (wrong) => {
    // Wrong on purpose.
    expect(await refusal(decree(wrong as OrganizationChange['settings']))).toBe('unprocessable');
  });
});

test('authors edit as long as they may', async () => {
  const author = await person();
  const { post } = await domain.run(createPost, {
    ...{ actor: author.id, visibility: 'public', createdAt: Date.now() - 61_000 },
    body: plainBody('two households'),
  });
  let text = 0;
  const edit = () => refusal(domain.run(editPost, { actor: author.id, id: post.id, body: plainBody(`${++text}`) }));

  expect(await edit()).toBe('done');
  await decree({ editLimitSeconds: 60 });
  expect(await edit()).toBe('forbidden');
  await decree({ editLimitSeconds: 3_600 });
  expect(await edit()).toBe('done');
  await decree({ editing: false });
  expect(await edit()).toBe('forbidden');
  await decree({ editing: true, editLimitSeconds: null });
});

test('posts and topics are as long as they may be, counted in characters', async () => {
  const author = await person();
  const post = (text: string, topic = '') => refusal(domain.post(author.id, text, { topic }));
  await decree({ maxPostLength: 3, maxTopicLength: 2 });

  expect([await post('🌹🌹🌹', '🌹🌹'), await post('four'), await post('abc', 'abc')]).toEqual([
    'done',
    'too-large',
    'too-large',
  ]);
  await decree({ maxPostLength: null, maxTopicLength: 60 });
});

test('who makes channels is the organisation’s to say', async () => {
  const [guest, member, admin] = [await person('guest'), await person(), await person('admin')];
  const outcomes = async (access: 'open' | 'authorize') => [
    await refusal(newChannel(guest, access)),
    await refusal(newChannel(member, access)),
    await refusal(newChannel(admin, access)),
  ];

  expect(await outcomes('open')).toEqual(['forbidden', 'done', 'done']);
  await decree({ closedChannels: 'admins' });
  expect(await outcomes('authorize')).toEqual(['forbidden', 'forbidden', 'done']);
  await decree({ openChannels: 'nobody', closedChannels: 'everyone' });
  expect(await outcomes('open')).toEqual(['forbidden', 'forbidden', 'forbidden']);
  expect(await outcomes('authorize')).toEqual(['done', 'done', 'done']);
  await decree({ openChannels: 'full-members', waitingPeriodDays: 1 });
  expect(await outcomes('open')).toEqual(['forbidden', 'forbidden', 'done']);
  expect(await domain.ask(accountRights, { account: member.id })).toMatchObject({
    'channels.create-open': false,
    'channels.create-closed': true,
    'organization.change': false,
  });
  await decree({ openChannels: 'members', closedChannels: 'members', waitingPeriodDays: 0 });
});
