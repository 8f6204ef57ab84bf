import type { CarillonError } from '@carillon/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT_PREFERENCES, accountSettingsOf, changeAccountSettings, ownAccount, updateProfile } from '../index.ts';
import { type OpenDomain, openDomain } from '../testing/open-domain.ts';

let domain: OpenDomain;
let count = 0;
beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain[Symbol.asyncDispose]());

const person = () => domain.account(`person${++count}`);

describe('the preferences of an account', () => {
  it('have defaults that their own types take, and each says what it does', () => {
    for (const { type, default: otherwise, text } of Object.values(ACCOUNT_PREFERENCES)) {
      expect(type.accepts(otherwise)).toBe(true);
      expect(type.accepts(undefined)).toBe(false);
      expect(text).toMatch(/\.$/);
    }
  });

  it('are told to it alone with exactly what changed, beside what other commands set', async () => {
    const [{ id }, other] = [await person(), await person()];
    const before = await domain.ask(accountSettingsOf, { account: id });
    const since = domain.heard.length;
    const change = (settings: object) => domain.run(changeAccountSettings, { actor: id, settings });

    await change({ theme: 'dark', twentyFourHours: true, readReceipts: true });
    await change({ theme: 'dark' });
    await domain.run(updateProfile, { actor: id, profile: {}, settings: { language: 'it' } });
    const last = await change({ twentyFourHours: false, sharesPresence: false });

    expect(last).toEqual({ ...before, theme: 'dark', language: 'it', sharesPresence: false });
    expect(domain.since(since).filter(({ type }) => type === 'settings.updated')).toMatchObject([
      { topics: [`account:${id}`], data: { changed: ['twentyFourHours', 'theme'], settings: { theme: 'dark' } } },
      { data: { changed: ['language'], settings: { theme: 'dark', language: 'it', twentyFourHours: true } } },
      { data: { account: id, changed: ['twentyFourHours', 'sharesPresence'], settings: last } },
    ]);
    expect(await domain.ask(accountSettingsOf, { account: id })).toEqual(last);
    expect((await domain.ask(ownAccount, { account: id })).settings).toMatchObject({ language: 'it' });
    expect(await domain.ask(accountSettingsOf, { account: other.id })).toEqual(before);
  });

  it.for<object>([
    { theme: 'sepia' },
    { sound: '../bell' },
    { timeZone: 'Europe/Rome; DROP' },
    { interfaceLanguage: '' },
    { readReceipts: null },
    { unheard: true },
    { constructor: true },
  ])('are not %o', async (settings) => {
    const { id } = await person();
    const since = domain.heard.length;

    const refused = domain.run(changeAccountSettings, { actor: id, settings }).then(
      () => 'done',
      (error: CarillonError) => error.code,
    );

    expect(await refused).toBe('unprocessable');
    expect(domain.since(since)).toEqual([]);
  });
});
