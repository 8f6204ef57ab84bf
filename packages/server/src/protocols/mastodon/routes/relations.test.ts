import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { type AccountView, updateProfile } from '../../../domain/index.ts';
import * as schema from '../entities/testing/schemas.ts';
import { type OpenRest, openRest } from '../testing/open-rest.ts';
import { linksOf } from './testing/links.ts';

let rest: OpenRest;
let juliet: AccountView;
let others: readonly AccountView[];
let token: string;
beforeAll(async () => {
  rest = await openRest();
  const [first, ...more] = await rest.domain.accounts('juliet', 'romeo', 'nurse', 'tybalt', 'paris');
  juliet = first;
  others = more;
  token = await rest.token(juliet.id, 'read', 'write', 'follow');
});
afterAll(() => rest[Symbol.asyncDispose]());

const nth = (index: number): number => others[index]?.id ?? 0;
const change = async (target: number, verb: string, body: object = {}, by = token) =>
  rest.call('POST', `/api/v1/accounts/${target}/${verb}`, { token: by, body });
const related = async (target: number, verb: string, body: object = {}, by = token) =>
  (await change(target, verb, body, by)).as(schema.relationship);
const listed = async (path: string) => rest.call('GET', `/api/v1/${path}`, { token });
const namesOf = (accounts: readonly { readonly acct: string }[]) => accounts.map(({ acct }) => acct);

describe('relationships', () => {
  test('follow from following, with its options, to its end', async () => {
    const target = nth(0);

    expect(await related(target, 'follow', { reblogs: false, notify: true, languages: ['en'] })).toMatchObject({
      id: String(target),
      following: true,
      showing_reblogs: false,
      notifying: true,
      languages: ['en'],
    });
    expect(await related(target, 'follow', { reblogs: true })).toMatchObject({ showing_reblogs: true });
    expect(await related(target, 'note', { comment: 'by the balcony' })).toMatchObject({ note: 'by the balcony' });
    expect(await related(target, 'unfollow')).toMatchObject({ following: false });
  });

  test('are told in the order that is asked for, of those that exist', async () => {
    const answer = await listed(`accounts/relationships?id[]=${nth(2)}&id[]=1&id[]=${nth(0)}`);

    expect(answer.as(z.array(schema.relationship)).map(({ id }) => id)).toEqual([String(nth(2)), String(nth(0))]);
  });

  test('of a blocked account end both ways', async () => {
    const nurse = nth(1);
    const hers = await rest.token(nurse, 'follow');
    await related(juliet.id, 'follow', {}, hers);

    expect(await related(nurse, 'block')).toMatchObject({ blocking: true, followed_by: false });
    const refused = await change(juliet.id, 'follow', {}, hers);
    expect(refused.status).toBe(403);
    expect(await related(nurse, 'unblock')).toMatchObject({ blocking: false });
  });

  test('mute for a while, notifications too unless told otherwise', async () => {
    const target = nth(2);

    expect(await related(target, 'mute', { duration: 3600 })).toMatchObject({
      muting: true,
      muting_notifications: true,
      muting_expires_at: expect.stringMatching(/Z$/),
    });
    expect(await related(target, 'mute', { notifications: false })).toMatchObject({
      muting_notifications: false,
      muting_expires_at: null,
    });
    expect(await related(target, 'unmute')).toMatchObject({ muting: false });
  });

  test('may be ended by who is followed', async () => {
    const his = await rest.token(nth(3), 'follow');
    await related(juliet.id, 'follow', {}, his);

    expect(await related(nth(3), 'remove_from_followers')).toMatchObject({ followed_by: false });
  });

  test.each(['follow', 'unfollow', 'block', 'unblock', 'mute', 'unmute', 'note', 'remove_from_followers'])(
    'cannot %s nobody, nor without the right to',
    async (verb) => {
      const reader = await rest.token(juliet.id, 'read');

      expect(await change(1, verb)).toMatchObject({ status: 404, body: { error: 'Record not found' } });
      expect((await change(nth(0), verb, {}, reader)).status).toBe(403);
      expect((await rest.call('POST', `/api/v1/accounts/${nth(0)}/${verb}`)).status).toBe(401);
    },
  );
});

describe('follow requests', () => {
  test('wait for an answer in pages', async () => {
    const lady = await rest.domain.account('lady');
    const hers = await rest.token(lady.id, 'read', 'follow');
    await rest.domain.run(updateProfile, { actor: lady.id, profile: { locked: true } });
    for (const { id } of others.slice(0, 3)) {
      const asked = await related(lady.id, 'follow', {}, await rest.token(id, 'follow'));
      expect(asked).toMatchObject({ following: false, requested: true });
    }

    const requests = (path = '/api/v1/follow_requests?limit=2') => rest.call('GET', path, { token: hers });
    const page = await requests();
    expect(namesOf(page.as(z.array(schema.account)))).toEqual(['tybalt', 'nurse']);
    expect(namesOf((await requests(linksOf(page).next)).as(z.array(schema.account)))).toEqual(['romeo']);
    const answer = (id: number, verb: string) =>
      rest.call('POST', `/api/v1/follow_requests/${id}/${verb}`, { token: hers });
    expect((await answer(nth(0), 'authorize')).as(schema.relationship)).toMatchObject({ followed_by: true });
    expect((await answer(nth(1), 'reject')).as(schema.relationship)).toMatchObject({ followed_by: false });
    expect((await answer(nth(3), 'authorize')).status).toBe(404);
    expect(namesOf((await requests()).as(z.array(schema.account)))).toEqual(['tybalt']);
    expect((await rest.call('GET', '/api/v1/follow_requests')).status).toBe(401);
  });
});

describe('hidden accounts and domains', () => {
  test.each([
    ['block', 'blocks', schema.account],
    ['mute', 'mutes', schema.mutedAccount],
  ] as const)('by %s are listed in pages', async (verb, path, entity) => {
    for (const { id } of others.slice(0, 3)) await related(id, verb);

    const page = await listed(`${path}?limit=2`);
    expect(namesOf(page.as(z.array(entity)))).toEqual(['tybalt', 'nurse']);
    const next = await rest.call('GET', linksOf(page).next ?? '', { token });
    expect(namesOf(next.as(z.array(entity)))).toEqual(['romeo']);
    expect((await rest.call('GET', `/api/v1/${path}`)).status).toBe(401);
    for (const { id } of others.slice(0, 3)) await related(id, `un${verb}`);
  });

  test('domains are hidden by name', async () => {
    const call = (method: string, domain: string) =>
      rest.call(method, '/api/v1/domain_blocks', { token, body: new URLSearchParams({ domain }) });
    for (const domain of ['a.example', 'B.example', 'c.example']) expect((await call('POST', domain)).status).toBe(200);

    const page = await listed('domain_blocks?limit=2');
    expect(page.body).toEqual(['c.example', 'b.example']);
    expect((await rest.call('GET', linksOf(page).next ?? '', { token })).body).toEqual(['a.example']);
    expect((await call('DELETE', 'b.example')).body).toEqual({});
    expect((await listed('domain_blocks')).body).toEqual(['c.example', 'a.example']);
    expect(await call('POST', 'no domain')).toMatchObject({
      status: 422,
      body: { error: expect.stringContaining('Validation failed') },
    });
  });
});
