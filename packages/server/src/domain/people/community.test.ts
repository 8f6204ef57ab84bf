import type { CarillonError } from '@carillon/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AccountView,
  accountByAcct,
  accountsByAccts,
  communityCounts,
  follow,
  ingestAccount,
  relationshipsWith,
  signInFacts,
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

const refusal = (run: Promise<unknown>) =>
  run.then(
    () => 'done',
    (error: CarillonError) => error.code,
  );

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
