import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { AccountView } from '../../../domain/index.ts';
import { follow, ingestAccount, suspendAccount } from '../../../domain/index.ts';
import * as schema from '../entities/testing/schemas.ts';
import { type OpenRest, openRest, type RestRequest } from '../testing/open-rest.ts';
import { linksOf } from './testing/links.ts';

let rest: OpenRest;
let juliet: AccountView;
let romeo: AccountView;
let nurse: AccountView;
let tybalt: AccountView;
let token: string;
beforeAll(async () => {
  rest = await openRest();
  [juliet, romeo, nurse, tybalt] = await rest.domain.accounts('juliet', 'romeo', 'nurse', 'tybalt');
  token = await rest.token(juliet.id, 'read', 'write', 'follow');
});
afterAll(() => rest[Symbol.asyncDispose]());

const get = (path: string, request: RestRequest = {}) => rest.call('GET', `/api/v1/accounts/${path}`, request);
const accountList = z.array(schema.account);
const namesOf = (accounts: z.infer<typeof accountList>) => accounts.map(({ acct }) => acct);

describe('one account', () => {
  test('is found by its id and by its name, by anybody', async () => {
    const byId = (await get(String(romeo.id))).as(schema.account);
    const byName = (await get('lookup?acct=@Romeo@social.example')).as(schema.account);

    expect(byId).toEqual(byName);
    expect(byId).toMatchObject({
      acct: 'romeo',
      url: 'https://social.example/@romeo',
      avatar: 'https://social.example/avatars/original/missing.png',
      group: false,
      noindex: false,
      roles: [],
    });
  });

  test('of another server keeps its own address', async () => {
    const input = {
      name: 'mercutio',
      domain: 'verona.example',
      displayName: 'M',
      url: 'https://verona.example/@mercutio',
    };
    await rest.domain.run(ingestAccount, input);

    const account = (await get('lookup?acct=mercutio@verona.example')).as(schema.account);
    expect(account).toMatchObject({ username: 'mercutio', acct: 'mercutio@verona.example', url: input.url });
    expect(account).not.toHaveProperty('noindex');
    expect(account).not.toHaveProperty('roles');
  });

  test('that there is not is found nowhere', async () => {
    for (const path of ['1', 'lookup?acct=nobody', 'lookup', '1/statuses', '1/followers']) {
      expect(await get(path)).toMatchObject({ status: 404, body: { error: 'Record not found' } });
    }
  });

  test('that is suspended keeps its keys and shows nothing of itself, and its tokens end', async () => {
    const paris = await rest.domain.account('paris', { displayName: 'County Paris' });
    const his = await rest.token(paris.id, 'read');
    expect((await get('verify_credentials', { token: his })).status).toBe(200);
    await rest.domain.run(suspendAccount, {
      input: { account: paris.id },
      entry: { actor: 'admin', action: 'people.suspend', target: 'paris' },
    });
    await rest.deps.gate.caughtUp(rest.domain.log.head.position);

    const account = (await get(String(paris.id))).as(schema.account);
    expect(account).toMatchObject({ acct: 'paris', display_name: '', note: '', suspended: true, fields: [] });
    expect((await get('verify_credentials', { token: his })).status).toBe(401);
  });

  test('may be several', async () => {
    const several = (await get(`?id[]=${romeo.id}&id[]=1&id[]=${nurse.id}`)).as(accountList);

    expect(namesOf(several)).toEqual(['romeo', 'nurse']);
  });
});

describe('posts of an account', () => {
  test('come in pages and can be sifted', async () => {
    const author = await rest.domain.account('peter');
    const first = await rest.domain.post(author.id, 'one');
    await rest.domain.post(author.id, 'two', { replyTo: (await rest.domain.post(romeo.id, 'asked')).post.id });
    await rest.domain.post(author.id, 'three', { tags: ['Cats'] });
    const at = `${author.id}/statuses`;

    const page = await get(`${at}?limit=2`);
    expect(page.as(z.array(schema.publicStatus)).map(({ content }) => content)).toEqual(['<p>three</p>', '<p>two</p>']);
    const { next = '', prev } = linksOf(page);
    const rest2 = await rest.call('GET', next, { token });
    expect(rest2.as(z.array(schema.status)).map(({ id }) => id)).toEqual([String(first.post.id)]);
    expect(prev).toContain('min_id=');
    expect(linksOf(rest2).next).toBeUndefined();
    const count = async (query: string) => (await get(`${at}?${query}`)).as(z.array(schema.publicStatus)).length;
    expect(await count('exclude_replies=true')).toBe(2);
    expect(await count('tagged=cats')).toBe(1);
    expect(await count('only_media=1')).toBe(0);
    expect(await count('pinned=true')).toBe(0);
  });
});

describe('followers', () => {
  test('come in pages, the newest first', async () => {
    for (const each of [romeo, nurse, tybalt]) await rest.domain.run(follow, { actor: each.id, target: juliet.id });

    const page = await get(`${juliet.id}/followers?limit=2`, { token });
    expect(namesOf(page.as(accountList))).toEqual(['tybalt', 'nurse']);
    const older = await rest.call('GET', linksOf(page).next ?? '');
    expect(namesOf(older.as(accountList))).toEqual(['romeo']);
    const newer = await rest.call('GET', linksOf(older).prev ?? '');
    expect(namesOf(newer.as(accountList))).toEqual(['tybalt', 'nurse']);
    expect(namesOf((await get(`${romeo.id}/following`)).as(accountList))).toEqual(['juliet']);
  });

  test('whom one knows are named', async () => {
    const friar = await rest.domain.account('friar');
    await rest.domain.run(follow, { actor: juliet.id, target: romeo.id });
    await rest.domain.run(follow, { actor: romeo.id, target: friar.id });
    await rest.domain.run(follow, { actor: tybalt.id, target: friar.id });
    const path = `familiar_followers?id[]=${friar.id}`;

    const [familiar] = (await get(path, { token })).as(
      z.array(z.strictObject({ id: z.string(), accounts: accountList })),
    );
    expect(familiar?.id).toBe(String(friar.id));
    expect(namesOf(familiar?.accounts ?? [])).toEqual(['romeo']);
    expect((await get(path)).status).toBe(401);
  });
});

test('accounts are found by the beginning of their names', async () => {
  expect(namesOf((await get('search?q=rom&limit=5', { token })).as(accountList))).toEqual(['romeo']);
  expect((await get('search?q=', { token })).as(accountList)).toEqual([]);
  expect((await get('search?q=rom')).status).toBe(401);
});

test('lists and featured tags of an account are asked for by clients as they open it', async () => {
  expect((await get(`${romeo.id}/lists`, { token })).as(z.array(schema.list))).toEqual([]);
  expect((await get(`${romeo.id}/featured_tags`)).body).toEqual([]);
  expect((await get(`${romeo.id}/lists`)).status).toBe(401);
});
