import type { Event } from '@carillon/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedDevCommunity } from './dev-community.ts';
import { type OpenAuth, openAuth } from './testing/open-auth.ts';

let auth: OpenAuth;
const heard: Event[] = [];
beforeAll(async () => {
  auth = await openAuth();
  auth.log.onAdvance((events) => heard.push(...events));
});
afterAll(() => auth[Symbol.asyncDispose]());

const bearer = (token: unknown) => ({ authorization: `Bearer ${String(token)}` });
const add = (body: object) => auth.call('POST', '/admin/accounts', body);

describe('accounts', () => {
  it('are made with their channel, tell the community, and are found again', async () => {
    const made = await add({ name: 'Juliet', displayName: 'Juliet Capulet', role: 'owner', password: 'wherefore art' });
    const found = await auth.call('GET', '/admin/accounts/juliet');

    expect(made.status).toBe(201);
    expect(made.body).toEqual({
      id: expect.stringMatching(/^\d+$/),
      name: 'juliet',
      displayName: 'Juliet Capulet',
      kind: 'person',
      role: 'owner',
      email: 'juliet@example.org',
      jid: 'juliet@example.org',
      channel: expect.stringMatching(/^\d+$/),
      suspended: false,
      createdAt: expect.stringMatching(/Z$/),
    });
    expect(found.body).toEqual(made.body);
    const created = heard.find(({ type }) => type === 'account.created');
    expect(created).toMatchObject({
      topics: ['community', `account:${String(made.body['id'])}`],
      subjects: [`account:${String(made.body['id'])}`],
    });
    const told = Buffer.from(created?.data ?? []).toString('utf8');
    expect(JSON.parse(told)).toMatchObject({ account: { name: 'juliet', displayName: 'Juliet Capulet' } });
    expect(told).not.toMatch(/scrypt|email|password/);
  });

  it.for([
    ['a name with a space', { name: 'a b' }, 400],
    ['a name of a protocol', { name: 'system' }, 400],
    ['a name of 31 letters', { name: 'a'.repeat(31) }, 400],
    ['a short password', { name: 'short', password: '1234567' }, 400],
    ['an unknown role', { name: 'king', role: 'king' }, 400],
    ['an unknown field', { name: 'field', admin: true }, 400],
    ['a taken name, however it is written', { name: 'JULIET' }, 409],
    ['a taken address', { name: 'other', email: 'juliet@example.org' }, 409],
  ] as const)('are refused: %s', async ([, body, status]) => {
    const before = heard.length;
    const refused = await add(body);
    expect(refused.status).toBe(status);
    expect(heard.slice(before).filter(({ type }) => type === 'account.created')).toEqual([]);
    const name = encodeURIComponent(body.name.toLowerCase());
    if (status === 400) expect((await auth.call('GET', `/admin/accounts/${name}`)).status).toBe(404);
  });

  it('are listed a page at a time', async () => {
    await add({ name: 'first' });
    await add({ name: 'second', kind: 'bot' });
    const all = (await auth.call('GET', '/admin/accounts')).body['accounts'] as Record<string, string>[];
    const page = await auth.call('GET', `/admin/accounts?after=${all[0]?.['id']}&limit=1`);

    expect(all.map(({ name }) => name)).toEqual(['juliet', 'first', 'second']);
    expect(page.body['accounts']).toEqual([all[1]]);
    expect((await auth.call('GET', '/admin/accounts?limit=0')).status).toBe(400);
  });

  it('belong to the administrator alone', async () => {
    const none = { authorization: '' };
    expect((await auth.call('POST', '/admin/accounts', { name: 'thief' }, none)).status).toBe(401);
    expect((await auth.call('GET', '/admin/accounts', undefined, none)).status).toBe(401);
    expect((await auth.call('GET', '/admin/accounts/thief')).status).toBe(404);
  });
});

describe('access tokens', () => {
  it('speak for their account, hear what every member may, and stop when revoked', async () => {
    const made = await auth.call('POST', '/admin/accounts/juliet/tokens', { scopes: ['read', 'write:statuses'] });
    const key = await auth.call('POST', '/admin/accounts/juliet/tokens', { kind: 'api-key' });
    const principal = await auth.authenticator.authenticate(bearer(made.body['token']));
    const { id } = (await auth.call('GET', '/admin/accounts/juliet')).body;

    expect(made.status).toBe(201);
    expect(made.headers.get('cache-control')).toBe('no-store');
    expect(made.body['token']).toMatch(/^[\w-]{43}$/);
    expect(key.body['token']).toMatch(/^[0-9a-f]{32}$/);
    expect(principal).toMatchObject({
      id: `account:${String(id)}`,
      account: Number(id),
      scopes: ['read', 'write:statuses'],
      admin: false,
    });
    const may = (topic: string) => auth.gate.isAllowed(principal, 'subscribe', topic);
    const common = ['public', 'public:local', 'hashtag:cats', 'community', 'presence', `account:${String(id)}`];
    expect(common.filter(may)).toEqual(common);
    expect(['account:1', 'channel:1', 'channel-meta:1', 'system', 'app:default/news'].filter(may)).toEqual([]);
    expect(auth.gate.isAllowed(principal, 'publish', 'app:default/news')).toBe(false);

    const gone = await auth.call('DELETE', `/admin/access-tokens/${String(made.body['id'])}`);
    expect(gone.body).toEqual({ id: made.body['id'], revoked: true });
    expect(auth.gate.isValid(principal)).toBe(false);
    await expect(auth.authenticator.authenticate(bearer(made.body['token']))).rejects.toMatchObject({
      code: 'unauthorized',
    });
    expect(await auth.authenticator.authenticate(bearer(key.body['token']))).toMatchObject({ account: Number(id) });
  });

  it.for([
    ['an account that is not', '/admin/accounts/nobody/tokens', {}, 404],
    ['a scope that is none', '/admin/accounts/juliet/tokens', { scopes: ['read everything'] }, 400],
    ['a kind that is none', '/admin/accounts/juliet/tokens', { kind: 'cookie' }, 400],
  ] as const)('are refused for %s', async ([, path, body, status]) => {
    expect((await auth.call('POST', path, body)).status).toBe(status);
  });

  it.for(['0', 'x', '1e3', '99999999999999999'])('cannot be revoked by the id %s', async (id) => {
    expect((await auth.call('DELETE', `/admin/access-tokens/${id}`)).status).toBe(404);
  });
});

describe('the people of a development server', () => {
  it('are made once, keep their secrets, and get new ones for those that were revoked', async () => {
    const deps = { commands: auth.log, secret: 'a secret of the data directory', domain: 'example.org' };
    // `juliet` of the tests above has another password, and keeps it.
    const first = await seedDevCommunity(deps);
    const again = await seedDevCommunity(deps);
    const romeo = first.find(({ username }) => username === 'romeo');
    const { account } = await auth.authenticator.authenticate(bearer(romeo?.accessToken));

    expect(again).toEqual(first);
    expect(first.map(({ username }) => username)).toEqual(['juliet', 'romeo', 'mercutio', 'nurse']);
    expect(romeo).toMatchObject({ email: 'romeo@example.org', jid: 'romeo@example.org' });
    expect(new Set(first.flatMap(({ password, accessToken, apiKey }) => [password, accessToken, apiKey])).size).toBe(
      12,
    );
    expect(account).toBeTypeOf('number');
    expect(await auth.authenticator.authenticate(bearer(romeo?.apiKey))).toMatchObject({ account });

    const { credentialId } = await auth.authenticator.authenticate(bearer(romeo?.accessToken));
    await auth.call('DELETE', `/admin/access-tokens/${credentialId.replace('token:', '')}`);
    const replaced = (await seedDevCommunity(deps)).find(({ username }) => username === 'romeo');
    expect(replaced).toEqual({ ...romeo, accessToken: expect.not.stringMatching(`^${romeo?.accessToken}$`) });
    expect(await auth.authenticator.authenticate(bearer(replaced?.accessToken))).toMatchObject({ account });

    await auth.call('POST', '/admin/accounts/mercutio/suspend');
    await auth.call('DELETE', '/admin/accounts/nurse');
    const left = () => seedDevCommunity(deps).then((people) => people.map(({ username }) => username));
    expect(await left()).toEqual(['juliet', 'romeo']);
    await auth.call('POST', '/admin/accounts/mercutio/restore');
    expect(await left()).toEqual(['juliet', 'romeo', 'mercutio']);
  });
});
