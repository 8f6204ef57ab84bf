import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OpenAuth, openAuth } from './testing/open-auth.ts';

let auth: OpenAuth;
beforeAll(async () => {
  auth = await openAuth();
});
afterAll(() => auth[Symbol.asyncDispose]());

const bearer = (token: unknown) => ({ authorization: `Bearer ${String(token)}` });
const add = (body: object) => auth.call('POST', '/admin/accounts', body);

describe('suspension', () => {
  it('ends what is open, refuses every token, and is over when the account is restored', async () => {
    const name = 'paris';
    await add({ name });
    const made = await auth.call('POST', `/admin/accounts/${name}/tokens`, {});
    const principal = await auth.authenticator.authenticate(bearer(made.body['token']));
    const ended: string[] = [];
    const unlisten = auth.gate.onRevoked((credentialId) => ended.push(credentialId));
    const suspended = await auth.call('POST', `/admin/accounts/${name}/suspend`);
    unlisten();

    expect(suspended).toMatchObject({ status: 200, body: { name, suspended: true } });
    expect(ended).toEqual([principal.credentialId]);
    expect(auth.gate.isValid(principal)).toBe(false);
    await expect(auth.authenticator.authenticate(bearer(made.body['token']))).rejects.toMatchObject({
      code: 'unauthorized',
    });
    expect((await auth.call('POST', `/admin/accounts/${name}/tokens`, {})).status).toBe(409);

    const restored = await auth.call('POST', `/admin/accounts/${name}/restore`);
    expect(restored).toMatchObject({ status: 200, body: { name, suspended: false } });
    expect(await auth.authenticator.authenticate(bearer(made.body['token']))).toMatchObject({
      account: Number(restored.body['id']),
    });
    expect(auth.gate.isValid(principal)).toBe(true);
  });

  it('lasts over a restart, and its end too', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'carillon-suspension-'));
    try {
      let opened = await openAuth({}, dataDir);
      await opened.call('POST', '/admin/accounts', { name: 'rosaline' });
      const { token } = (await opened.call('POST', '/admin/accounts/rosaline/tokens', {})).body;
      await opened.call('POST', '/admin/accounts/rosaline/suspend');
      await opened[Symbol.asyncDispose]();
      opened = await openAuth({}, dataDir);
      await expect(opened.authenticator.authenticate(bearer(token))).rejects.toMatchObject({ code: 'unauthorized' });
      await opened.call('POST', '/admin/accounts/rosaline/restore');
      expect(await opened.authenticator.authenticate(bearer(token))).toMatchObject({ admin: false });
      await opened[Symbol.asyncDispose]();
    } finally {
      rmSync(dataDir, { recursive: true });
    }
  });

  it('is followed by deletion, after which the name stays taken', async () => {
    const name = 'tybalt';
    await add({ name });
    const made = await auth.call('POST', `/admin/accounts/${name}/tokens`, {});
    const principal = await auth.authenticator.authenticate(bearer(made.body['token']));
    const deleted = await auth.call('DELETE', `/admin/accounts/${name}`);

    expect(deleted).toMatchObject({ status: 200, body: { name, deleted: true } });
    expect(auth.gate.isValid(principal)).toBe(false);
    expect((await auth.call('GET', `/admin/accounts/${name}`)).status).toBe(404);
    expect((await add({ name })).status).toBe(409);
  });

  it('is written to the audit log, and refused to all but the administrator', async () => {
    await add({ name: 'benvolio' });
    const paths = [
      ['POST', '/admin/accounts/benvolio/suspend'],
      ['POST', '/admin/accounts/benvolio/restore'],
      ['DELETE', '/admin/accounts/benvolio'],
    ] as const;
    for (const [method, path] of paths) {
      expect((await auth.call(method, path, undefined, { authorization: '' })).status).toBe(401);
      expect((await auth.call(method, path.replace('benvolio', 'nobody'))).status).toBe(404);
      expect((await auth.call(method, path)).status).toBe(200);
    }
    const entries = (await auth.call('GET', '/admin/audit?limit=6')).body['entries'] as Record<string, string>[];
    expect(entries.map(({ action, target, outcome }) => [action, target, outcome])).toEqual([
      ['accounts.delete', 'benvolio', 'ok'],
      ['accounts.delete', 'nobody', 'not-found'],
      ['accounts.restore', 'benvolio', 'ok'],
      ['accounts.restore', 'nobody', 'not-found'],
      ['accounts.suspend', 'benvolio', 'ok'],
      ['accounts.suspend', 'nobody', 'not-found'],
    ]);
  });
});
