import { afterAll, beforeAll, expect, it, test } from 'vitest';
import {
  ingestAccount,
  type OrganizationChange,
  organization,
  organizationSettingsNow,
  restoreAccount,
  suspendAccount,
  updateOrganization,
} from '../index.ts';
import { type OpenDomain, openDomain } from '../testing/open-domain.ts';

const defaults = { title: 'Carillon', description: 'bells', registrations: false };
const entry = { actor: 'test', action: 'organization.update', target: '' };

let domain: OpenDomain;
beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain[Symbol.asyncDispose]());

const update = (change: OrganizationChange) => domain.run(updateOrganization, { input: { change, defaults }, entry });
const show = () => domain.ask(organization, { defaults });

test('the settings hold until administrators say otherwise, and again when they take it back', async () => {
  expect(await show()).toEqual({
    ...defaults,
    rules: [],
    contact: null,
    language: 'en',
    languages: ['en'],
    settings: await domain.ask(organizationSettingsNow, {}),
    contactAccount: null,
  });

  await update({ title: 'Verona', registrations: true, language: 'it', languages: ['en', 'it'] });
  expect(await show()).toMatchObject({
    title: 'Verona',
    description: 'bells',
    registrations: true,
    language: 'it',
    languages: ['it', 'en'],
  });

  await update({ registrations: false, description: '' });
  expect(await domain.ask(organization, { defaults: { ...defaults, registrations: true } })).toMatchObject({
    title: 'Verona',
    description: '',
    registrations: false,
  });
  await update({ title: null, description: null, registrations: null, language: null, languages: null });
  expect(await show()).toMatchObject({ ...defaults, languages: ['en'] });
});

test('everybody in the community is told of the whole, once for each change', async () => {
  const before = domain.heard.length;

  const { contactAccount: _, ...told } = await update({ title: 'Mantua' });
  await update({ title: 'Mantua' });

  expect(domain.since(before)).toEqual([
    { type: 'organization.updated', topics: ['community'], data: { organization: told, changed: ['title'] } },
  ]);
  expect(told).toMatchObject({ title: 'Mantua', description: 'bells' });
});

test('rules keep their ids while others come and go', async () => {
  const made = await update({
    rules: [
      { text: 'Bite no thumbs.', hint: '' },
      { text: 'Keep the peace.', hint: 'Or pay with your lives.' },
    ],
  });
  const [thumbs, peace] = made.rules;

  const { rules } = await update({
    rules: [
      { id: peace?.id ?? 0, text: 'Keep the peace!', hint: '' },
      { text: 'Draw no swords.', hint: '' },
    ],
  });

  expect(rules.map(({ text }) => text)).toEqual(['Keep the peace!', 'Draw no swords.']);
  expect(rules[0]?.id).toBe(peace?.id);
  expect(new Set([thumbs?.id, ...rules.map(({ id }) => id)]).size).toBe(3);
  expect((await show()).rules).toEqual(rules);
  const [kept] = rules;
  const gone = [{ id: thumbs?.id ?? 0, text: 'x', hint: '' }];
  const twice = kept ? [kept, kept] : [];
  for (const refused of [gone, twice]) {
    await expect(update({ rules: refused })).rejects.toMatchObject({ code: 'unprocessable' });
  }
  expect((await show()).rules).toEqual(rules);
});

it('names an account of the community as its contact, as long as that one stands', async () => {
  const { id } = await domain.account('escalus');
  const entryOf = (action: string) => ({ actor: 'test', action, target: 'escalus' });

  expect(await update({ contact: id })).toMatchObject({ contact: id, contactAccount: { name: 'escalus' } });
  await domain.run(suspendAccount, { input: { account: id }, entry: entryOf('accounts.suspend') });
  expect(await show()).toMatchObject({ contact: null, contactAccount: null });
  await expect(update({ contact: id })).rejects.toMatchObject({ code: 'unprocessable' });
  await domain.run(restoreAccount, { input: { account: id }, entry: entryOf('accounts.restore') });
  expect(await show()).toMatchObject({ contact: id });

  const friar = { name: 'friar', domain: 'mantua.example', displayName: 'Friar', url: 'https://mantua.example/@friar' };
  const remote = await domain.run(ingestAccount, friar);
  for (const contact of [remote.id, 1]) {
    await expect(update({ contact })).rejects.toMatchObject({ code: 'unprocessable' });
  }
  expect(await update({ contact: null })).toMatchObject({ contact: null });
});
