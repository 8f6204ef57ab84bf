import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN_TOKEN, type OpenAuth, openAuth } from './testing/open-auth.ts';

let auth: OpenAuth;
beforeAll(async () => {
  auth = await openAuth();
});
afterAll(() => auth[Symbol.asyncDispose]());

const bearer = (token: unknown) => ({ authorization: `Bearer ${String(token)}` });
const UNAUTHORIZED = { code: 'unauthorized', message: 'this needs a valid credential' };

describe('API keys', () => {
  it('are made, work at once, are listed without their secret, and stop when revoked', async () => {
    const made = await auth.call('POST', '/admin/keys', {
      name: 'ci',
      publish: ['news'],
      subscribe: ['*'],
      app: 'shop',
    });
    const id = String(made.body['id']);
    const key = String(made.body['key']);
    const principal = await auth.authenticator.authenticate(bearer(key));
    const listed = await auth.call('GET', '/admin/keys');
    const gone = await auth.call('DELETE', `/admin/keys/${id}`);

    expect(made.status).toBe(201);
    expect(principal).toMatchObject({
      id: `key:${id}`,
      app: 'shop',
      admin: false,
      grants: { publish: ['news'], subscribe: ['*'] },
    });
    expect(listed.text).toContain(id);
    expect(listed.text).not.toContain(key.slice(-43));
    expect(listed.text).not.toContain('digest');
    expect(gone.body['revokedAt']).toEqual(expect.any(String));
    expect(auth.gate.isValid(principal)).toBe(false);
    await expect(auth.authenticator.authenticate(bearer(key))).rejects.toMatchObject(UNAUTHORIZED);
    expect((await auth.call('DELETE', `/admin/keys/${id}`)).status).toBe(200);
  });

  it('end by themselves after their ttl, and their connections with them', async () => {
    const { body } = await auth.call('POST', '/admin/keys', { subscribe: ['*'], ttl: 10 });
    const principal = await auth.authenticator.authenticate(bearer(body['key']));

    auth.advance(11_000);

    expect(auth.gate.isValid(principal)).toBe(false);
    await expect(auth.authenticator.authenticate(bearer(body['key']))).rejects.toMatchObject(UNAUTHORIZED);
  });

  it('are refused when a character of the secret differs, or the id does', async () => {
    const { body } = await auth.call('POST', '/admin/keys', { publish: ['*'] });
    const key = String(body['key']);
    const wrong = [
      `${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`,
      key.slice(0, -1),
      `${key}A`,
      key.replace('ck_', 'ck_0'),
      key.toUpperCase(),
    ];

    for (const text of wrong) {
      await expect(auth.authenticator.authenticate(bearer(text))).rejects.toMatchObject(UNAUTHORIZED);
    }
  });

  it('survive a restart, revoked ones as revoked', async () => {
    const kept = await auth.call('POST', '/admin/keys', { publish: ['*'] });
    const lost = await auth.call('POST', '/admin/keys', { publish: ['*'] });
    await auth.call('DELETE', `/admin/keys/${String(lost.body['id'])}`);
    const { dataDir } = auth;
    auth.gate.close();
    await auth.log.close();

    auth = await openAuth({}, dataDir);

    await expect(auth.authenticator.authenticate(bearer(kept.body['key']))).resolves.toBeDefined();
    await expect(auth.authenticator.authenticate(bearer(lost.body['key']))).rejects.toMatchObject(UNAUTHORIZED);
  });
});

describe('minted tokens', () => {
  it('carry what was asked for, and can be revoked as themselves or by their credential id', async () => {
    for (const revokeBy of ['token', 'credentialId']) {
      const made = await auth.call('POST', '/admin/tokens', {
        subject: 'ann',
        publish: ['a'],
        subscribe: ['b'],
        ttl: 60,
      });
      const principal = await auth.authenticator.authenticate(bearer(made.body['token']));
      const revoked = await auth.call('POST', '/admin/tokens/revoke', { [revokeBy]: made.body[revokeBy] });

      expect(made.status).toBe(201);
      expect(principal).toMatchObject({ id: 'jwt:default/ann', grants: { publish: ['a'], subscribe: ['b'] } });
      expect(revoked).toMatchObject({ status: 200, body: { credentialId: principal.credentialId, revoked: true } });
      expect(auth.gate.isValid(principal)).toBe(false);
      await expect(auth.authenticator.authenticate(bearer(made.body['token']))).rejects.toMatchObject(UNAUTHORIZED);
    }
  });

  it('announce their revocation on `system` in the same commit', async () => {
    const made = await auth.call('POST', '/admin/tokens', { publish: ['a'] });
    const after = auth.log.head.position;

    await auth.call('POST', '/admin/tokens/revoke', { token: made.body['token'] });

    const page = await auth.log.read({ topics: [{ topic: 'system', since: 0 }], after, limit: 10 });
    const events = page.kind === 'page' ? page.events : [];
    expect(events.map(({ type }) => type)).toEqual(['token.revoked']);
    expect(Buffer.from(events[0]?.data ?? []).toString()).not.toContain(String(made.body['token']));
  });

  it('stay revoked after a restart', async () => {
    const made = await auth.call('POST', '/admin/tokens', { publish: ['a'] });
    await auth.call('POST', '/admin/tokens/revoke', { credentialId: made.body['credentialId'] });
    const { dataDir } = auth;
    auth.gate.close();
    await auth.log.close();

    auth = await openAuth({}, dataDir);

    await expect(auth.authenticator.authenticate(bearer(made.body['token']))).rejects.toMatchObject(UNAUTHORIZED);
  });

  it('are not made without a secret, nor for longer than tokens may live', async () => {
    expect(await auth.call('POST', '/admin/tokens', { publish: ['a'], ttl: 86_401 })).toMatchObject({ status: 400 });
    await using bare = await openAuth({
      jwt: { ...(await import('./testing/open-auth.ts')).SETTINGS.jwt, secrets: [] },
    });
    expect(await bare.call('POST', '/admin/tokens', { publish: ['a'] })).toMatchObject({ status: 409 });
  });
});

describe('who may call', () => {
  it.each([
    ['nobody', { authorization: '' }, 401],
    ['a wrong token', bearer('x'.repeat(40)), 401],
    ['the token without its last character', bearer(ADMIN_TOKEN.slice(0, -1)), 401],
    ['another scheme', { authorization: `Basic ${ADMIN_TOKEN}` }, 401],
  ])('not %s', async (_, headers, status) => {
    for (const [method, path] of [
      ['GET', '/admin/keys'],
      ['POST', '/admin/keys'],
      ['POST', '/admin/tokens'],
      ['POST', '/admin/tokens/revoke'],
      ['DELETE', '/admin/keys/x'],
      ['GET', '/admin/audit'],
      ['GET', '/admin/none'],
    ] as const) {
      const answer = await auth.call(method, path, method === 'POST' ? { publish: ['*'] } : undefined, headers);
      expect(answer).toMatchObject({ status, body: UNAUTHORIZED });
    }
  });

  it('not a credential with every grant, and not the admin token in the address', async () => {
    const { body } = await auth.call('POST', '/admin/keys', { publish: ['*'], subscribe: ['*'] });

    expect((await auth.call('GET', '/admin/keys', undefined, bearer(body['key']))).status).toBe(403);
    expect(
      (await auth.call('GET', `/admin/keys?access_token=${ADMIN_TOKEN}`, undefined, { authorization: '' })).status,
    ).toBe(401);
  });

  it('not at all without a configured admin token', async () => {
    await using closed = await openAuth({ adminToken: undefined });

    expect((await closed.call('GET', '/admin/keys')).status).toBe(401);
  });

  it('leaves an audit row, for what worked and what did not', async () => {
    await auth.call('POST', '/admin/tokens', { subject: 'bob', publish: ['a'] });
    await auth.call('DELETE', '/admin/keys/nosuchkey');
    await auth.call('POST', '/admin/keys', { publish: ['ne*ws'] });

    const { body, headers } = await auth.call('GET', '/admin/audit?limit=3');

    const entries = body['entries'] as Record<string, unknown>[];
    expect(entries.map(({ action, outcome }) => `${String(action)} ${String(outcome)}`)).toEqual([
      'keys.create bad-request',
      'keys.revoke not-found',
      'tokens.mint ok',
    ]);
    expect(entries[2]).toMatchObject({ actor: 'admin', target: expect.stringMatching(/^jti:.* bob$/) });
    expect(headers.get('cache-control')).toBe('no-store');
  });
});

describe('bad input', () => {
  it.each([
    ['no body', '/admin/keys', '', 400],
    ['no JSON', '/admin/keys', '{', 400],
    ['a list', '/admin/keys', [], 400],
    ['an unknown field', '/admin/keys', { publish: ['a'], grants: {} }, 400],
    ['a grant that is none', '/admin/keys', { publish: ['a*'] }, 400],
    ['a grant that is no text', '/admin/keys', { publish: [7] }, 400],
    ['an unknown app', '/admin/keys', { app: 'bank', publish: ['a'] }, 404],
    ['a ttl that is none', '/admin/keys', { ttl: 'soon' }, 400],
    ['a ttl below one', '/admin/tokens', { ttl: 0 }, 400],
    ['a prototype', '/admin/tokens', '{"__proto__":{"admin":true}}', 400],
    ['deep nesting', '/admin/tokens', '['.repeat(100_000), 400],
    ['two ways to revoke', '/admin/tokens/revoke', { token: 'a', keyId: 'b' }, 400],
    ['no way to revoke', '/admin/tokens/revoke', {}, 400],
    ['a token that is none', '/admin/tokens/revoke', { token: 'a.b.c' }, 400],
    ['the admin token', '/admin/tokens/revoke', { credentialId: 'admin' }, 400],
    ['anonymous', '/admin/tokens/revoke', { credentialId: 'anonymous' }, 400],
    ['an unknown key', '/admin/tokens/revoke', { keyId: 'none' }, 404],
  ])('is refused: %s', async (_, path, body, status) => {
    const answer = await auth.call('POST', path, body);

    expect(answer.status).toBe(status);
    expect(answer.body['message']).toEqual(expect.any(String));
  });

  it('is refused in any media type but JSON', async () => {
    const answer = await auth.call('POST', '/admin/keys', { publish: ['a'] }, { 'content-type': 'text/plain' });

    expect(answer.status).toBe(415);
  });
});
