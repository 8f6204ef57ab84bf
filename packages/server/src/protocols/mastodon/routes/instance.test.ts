import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { ingestAccount, type OrganizationChange, updateOrganization } from '../../../domain/index.ts';
import { account } from '../entities/testing/schemas.ts';
import { type OpenRest, openRest } from '../testing/open-rest.ts';

let rest: OpenRest;
beforeAll(async () => {
  rest = await openRest();
  const { id } = await rest.domain.account('juliet');
  await rest.domain.post(id, 'But soft');
  const input = { name: 'romeo', domain: 'verona.example', displayName: 'R', url: 'https://verona.example/@romeo' };
  await rest.domain.run(ingestAccount, input);
});
afterAll(() => rest[Symbol.asyncDispose]());

const get = async (path: string) => rest.call('GET', path);

test('the first form names the streaming host without a path, and a version that clients can read', async () => {
  const { body } = await get('/api/v1/instance');

  expect(body).toMatchObject({
    uri: 'social.example',
    title: 'Verona',
    urls: { streaming_api: 'wss://social.example' },
    stats: { user_count: 1, status_count: 1, domain_count: 1 },
    registrations: false,
    configuration: { statuses: { max_characters: 500, max_media_attachments: 4, characters_reserved_per_url: 23 } },
    contact_account: null,
    rules: [],
  });
  expect(body).toHaveProperty('version', expect.stringMatching(/^\d+\.\d+\.\d+ \(compatible; Carillon 0\.1\.0\)$/));
});

test('the second form has everything in its configuration', async () => {
  const { body } = await get('/api/v2/instance');

  expect(body).toMatchObject({
    domain: 'social.example',
    api_versions: { mastodon: 11 },
    configuration: {
      urls: { streaming: 'wss://social.example' },
      vapid: { public_key: '' },
      media_attachments: { supported_mime_types: expect.arrayContaining(['image/png', 'image/jpeg']) },
      timelines_access: { live_feeds: { local: 'public', remote: 'public' } },
    },
    usage: { users: { active_month: 1 } },
    registrations: { enabled: false },
  });
});

test('what else clients ask of the server as they start', async () => {
  expect((await get('/api/v1/instance/rules')).body).toEqual([]);
  expect((await get('/api/v1/custom_emojis')).body).toEqual([]);
  expect((await get('/api/v1/instance/peers')).body).toEqual(['verona.example']);
  expect((await get('/api/v1/instance/extended_description')).body).toMatchObject({
    content: '<p>Where we lay our scene.</p>',
  });
  const { body } = await get('/api/v1/instance/activity');
  expect(body).toHaveLength(12);
  expect(body).toHaveProperty('0', {
    week: expect.stringMatching(/^\d+$/),
    statuses: '1',
    logins: '1',
    registrations: '1',
  });
  expect((await get('/api/v1/preferences')).status).toBe(401);
});

test('what administrators say of the community is what clients are told from then on', async () => {
  await using open = await openRest();
  const prince = await open.domain.account('prince', { displayName: 'Escalus' });
  const { title, description, registrations } = open.deps.settings;
  const update = (change: OrganizationChange) =>
    open.domain.run(updateOrganization, {
      input: { change, defaults: { title, description, registrations } },
      entry: { actor: 'test', action: 'organization.update', target: '' },
    });
  const { rules } = await update({
    title: 'Fair Verona',
    description: 'A <plague> on both',
    registrations: true,
    rules: [{ text: 'Bite no thumbs.', hint: 'At anybody.' }],
    contact: prince.id,
    language: 'it',
    languages: ['en'],
  });
  const told = [{ id: String(rules[0]?.id), text: 'Bite no thumbs.', hint: 'At anybody.', translations: {} }];
  const ask = async (path: string) => (await open.call('GET', path)).body;

  const first = await ask('/api/v1/instance');
  expect(first).toMatchObject({
    title: 'Fair Verona',
    short_description: 'A <plague> on both',
    languages: ['it', 'en'],
    registrations: true,
    rules: told,
  });
  expect(first).toHaveProperty('contact_account', expect.objectContaining({ display_name: 'Escalus' }));
  const second = await ask('/api/v2/instance');
  expect(second).toMatchObject({
    title: 'Fair Verona',
    languages: ['it', 'en'],
    registrations: { enabled: true },
    rules: told,
  });
  const contact = z.object({ contact: z.object({ account }) }).parse(second);
  expect(contact.contact.account.acct).toBe('prince');
  expect(await ask('/api/v1/instance/rules')).toEqual(told);
  expect(await ask('/api/v1/instance/extended_description')).toMatchObject({
    content: '<p>A &lt;plague&gt; on both</p>',
  });

  await update({ title: null, registrations: null, rules: [], contact: null });
  expect(await ask('/api/v2/instance')).toMatchObject({
    title: 'Verona',
    registrations: { enabled: false },
    contact: { account: null },
    rules: [],
  });
});

test('profiles, posts and tags have a plain page; what is not public has none', async () => {
  const nurse = await rest.domain.account('nurse', { displayName: '<i>Nurse</i>' });
  const open = await rest.domain.post(nurse.id, 'Madam!', { tags: ['Verona'] });
  const closed = await rest.domain.post(nurse.id, 'A secret', { visibility: 'followers', tags: ['verona'] });

  const profile = await get('/@nurse');
  expect(profile.status).toBe(200);
  expect(profile.headers.get('content-type')).toMatch(/^text\/html/);
  expect(profile.body).toContain('&lt;i&gt;Nurse');
  expect(profile.body).toContain('Madam!');
  expect(profile.body).not.toContain('A secret');
  expect((await get(`/@nurse/${open.post.id}`)).body).toContain('Madam!');
  const tag = await get('/tags/VERONA');
  expect(tag.body).toContain('#verona');
  expect(tag.body).toContain('Madam!');
  expect(tag.body).not.toContain('A secret');
  for (const path of [
    `/@nurse/${closed.post.id}`,
    '/tags/-',
    `/@juliet/${open.post.id}`,
    '/@nobody',
    '/@nurse/x',
    '/@romeo@verona.example',
  ]) {
    expect(await get(path)).toMatchObject({ status: 404, body: { error: 'Record not found' } });
  }
});
