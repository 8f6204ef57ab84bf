import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  accessTokenCredentialId,
  accessTokenOf,
  createAppToken,
  createOauthApp,
  createOauthCode,
  forgetUnusedApps,
  oauthAppByClientId,
  oauthAppById,
  readRevocation,
  redeemOauthCode,
  revokeOauthToken,
  suspendAccount,
} from '../index.ts';
import { type OpenDomain, openDomain } from '../testing/open-domain.ts';

let domain: OpenDomain;
beforeAll(async () => {
  domain = await openDomain();
});
afterAll(() => domain[Symbol.asyncDispose]());

const sha256 = (text: string) => createHash('sha256').update(text).digest();
const secret = () => sha256(randomBytes(16).toString('hex'));
let made = 0;

async function cast() {
  made += 1;
  const account = await domain.account(`juliet${made}`);
  const facts = {
    clientId: `client-${made}`,
    name: 'Balcony',
    website: 'https://balcony.example',
    redirectUris: ['https://balcony.example/back', 'urn:ietf:wg:oauth:2.0:oob'],
    scopes: ['read', 'write:statuses'],
  };
  const app = await domain.run(createOauthApp, { ...facts, secret: secret() });
  return { account, app, facts };
}

const REDIRECT = 'https://balcony.example/back';

async function coded(challenge: string | null, expiresAt = Date.now() + 600_000) {
  const { account, app } = await cast();
  const digest = secret();
  const code = { digest, app: app.id, account: account.id, redirectUri: REDIRECT, scopes: ['read'], challenge };
  await domain.run(createOauthCode, { ...code, expiresAt });
  return { account, app, wanted: { digest, app: app.id, redirectUri: REDIRECT, challenge, token: secret() } };
}

test('an application is found by both of its names, its secret by the public one', async () => {
  const { app, facts } = await cast();
  expect(app).toEqual({ ...facts, id: app.id });
  expect(await domain.ask(oauthAppById, { id: app.id })).toEqual(app);
  expect(await domain.ask(oauthAppByClientId, { clientId: facts.clientId })).toMatchObject(app);
  expect(await domain.ask(oauthAppByClientId, { clientId: 'nobody' })).toBeUndefined();
  await expect(domain.run(createOauthApp, { ...facts, secret: secret() })).rejects.toMatchObject({ code: 'conflict' });
});

describe('a code', () => {
  test('is traded once, for a token of its account, scopes and application', async () => {
    const { account, wanted } = await coded('a-challenge');
    const token = await domain.run(redeemOauthCode, wanted);
    expect(token).toMatchObject({ account: account.id, scopes: ['read'] });
    expect(await domain.ask(accessTokenOf, { digest: wanted.token })).toMatchObject({
      id: token?.id,
      account: { id: account.id },
      kind: 'access',
      scopes: ['read'],
    });
  });

  test('that comes again gives nothing, and takes back the token that it gave', async () => {
    const { app, wanted } = await coded('a-challenge');
    const issued = await domain.run(redeemOauthCode, wanted);
    const ofTheApp = await domain.run(createAppToken, { app: app.id, scopes: ['read'], token: secret() });
    const before = domain.heard.length;
    const again = secret();

    expect(await domain.run(redeemOauthCode, { ...wanted, token: again })).toBeUndefined();
    expect(await domain.run(redeemOauthCode, { ...wanted, token: again })).toBeUndefined();

    for (const digest of [wanted.token, again]) expect(await domain.ask(accessTokenOf, { digest })).toBeUndefined();
    const revoked = domain.heard.slice(before).map(readRevocation);
    expect(revoked).toMatchObject([{ credentialId: accessTokenCredentialId(issued?.id ?? 0) }]);
    expect(ofTheApp.id).not.toBe(issued?.id);
  });

  test('that was used takes nothing back when somebody shows it who could not have used it', async () => {
    const { account, wanted } = await coded('a-challenge');
    await domain.run(redeemOauthCode, wanted);

    for (const change of [{ app: 1 }, { redirectUri: 'urn:ietf:wg:oauth:2.0:oob' }, { challenge: null }]) {
      const refused = domain.run(redeemOauthCode, { ...wanted, ...change, token: secret() });
      await expect(refused).rejects.toMatchObject({ code: 'unauthorized' });
    }

    expect(await domain.ask(accessTokenOf, { digest: wanted.token })).toMatchObject({ account: { id: account.id } });
  });

  test.each<[string, string | null, object]>([
    ['of another application', 'x', { app: 1 }],
    ['with another redirect address', 'x', { redirectUri: 'urn:ietf:wg:oauth:2.0:oob' }],
    ['with a verifier that does not fit', 'x', { challenge: 'y' }],
    ['without the verifier', 'x', { challenge: null }],
    ['with a verifier that was never announced', null, { challenge: 'y' }],
    ['that nobody gave', 'x', { digest: sha256('guessed') }],
  ])('%s is refused, and stays good for its owner', async (_, challenge, change) => {
    const { account, wanted } = await coded(challenge);
    const refused = domain.run(redeemOauthCode, { ...wanted, ...change });
    await expect(refused).rejects.toMatchObject({ code: 'unauthorized' });
    expect(await domain.run(redeemOauthCode, wanted)).toMatchObject({ account: account.id });
  });

  test('ends by time, by the end of its account, and is only given for a registered address', async () => {
    const late = await coded(null, Date.now() - 1);
    await expect(domain.run(redeemOauthCode, late.wanted)).rejects.toMatchObject({ code: 'unauthorized' });
    const { account, app, wanted } = await coded(null);
    const elsewhere = { ...wanted, account: account.id, scopes: [], expiresAt: Date.now() + 1_000 };
    const given = domain.run(createOauthCode, { ...elsewhere, app: app.id, redirectUri: 'https://evil.example/' });
    await expect(given).rejects.toMatchObject({ code: 'bad-request' });
    await domain.run(suspendAccount, {
      input: { account: account.id },
      entry: { actor: 'test', action: 'accounts.suspend', target: String(account.id) },
    });
    await expect(domain.run(redeemOauthCode, wanted)).rejects.toMatchObject({ code: 'unauthorized' });
  });
});

test('a code that has ended is forgotten with the next one', async () => {
  const { account, wanted } = await coded(null, Date.now() - 1);
  const again = { ...wanted, account: account.id, scopes: [], expiresAt: Date.now() + 600_000 };
  // The same digest is taken only if the old row is gone.
  await domain.run(createOauthCode, again);
  expect(await domain.run(redeemOauthCode, wanted)).toMatchObject({ account: account.id });
  const stands = { ...again, digest: secret() };
  await domain.run(createOauthCode, stands);
  await expect(domain.run(createOauthCode, stands)).rejects.toMatchObject({ code: 'conflict' });
});

test('an application revokes its own tokens alone, and tells the server each once', async () => {
  const { account, app, wanted } = await coded(null);
  const issued = await domain.run(redeemOauthCode, wanted);
  const before = domain.heard.length;
  const revoke = (of: number, digest = wanted.token) => domain.run(revokeOauthToken, { app: of, digest });

  await revoke(app.id + 1);
  await revoke(app.id, secret());
  expect(domain.heard.length).toBe(before);
  expect(await domain.ask(accessTokenOf, { digest: wanted.token })).toMatchObject({ account: { id: account.id } });
  await revoke(app.id);
  await revoke(app.id);
  const revoked = domain.heard.slice(before).map(readRevocation);
  expect(revoked).toMatchObject([{ credentialId: accessTokenCredentialId(issued?.id ?? 0) }]);
  expect(await domain.ask(accessTokenOf, { digest: wanted.token })).toBeUndefined();
});

test('an application has tokens of its own, for nobody', async () => {
  const { app } = await cast();
  const token = secret();
  const issued = await domain.run(createAppToken, { app: app.id, scopes: ['read'], token });
  expect(issued).toMatchObject({ account: 0, scopes: ['read'] });
  await expect(domain.run(createAppToken, { app: app.id, scopes: [], token })).rejects.toMatchObject({
    code: 'conflict',
  });
  await expect(domain.run(createAppToken, { app: 5, scopes: [], token: secret() })).rejects.toMatchObject({
    code: 'not-found',
  });
});

test('an application has twenty tokens of its own at once: the oldest ends for a new one', async () => {
  const { app } = await cast();
  const tokens = Array.from({ length: 22 }, secret);
  const issued = [];
  for (const token of tokens) issued.push(await domain.run(createAppToken, { app: app.id, scopes: ['read'], token }));

  const standing = await Promise.all(tokens.map((digest) => domain.ask(accessTokenOf, { digest })));
  expect(standing.map((token) => token?.id)).toEqual(issued.map(({ id }, at) => (at < 2 ? undefined : id)));
  const ended = domain.heard.flatMap((event) => readRevocation(event)?.credentialId ?? []);
  expect(ended).toEqual(expect.arrayContaining(issued.slice(0, 2).map(({ id }) => accessTokenCredentialId(id))));
});

test('applications that nobody can be signed in with are forgotten, with their own tokens', async () => {
  const used = await coded(null);
  await domain.run(redeemOauthCode, used.wanted);
  const waiting = await coded(null);
  const { app: unused } = await cast();
  const left = await coded(null);
  await domain.run(redeemOauthCode, left.wanted);
  await domain.run(revokeOauthToken, { app: left.app.id, digest: left.wanted.token });
  const before = (await domain.run(createAppToken, { app: used.app.id, scopes: [], token: secret() })).createdAt + 1;
  const { app: busy } = await cast();
  await expect.poll(() => Date.now()).toBeGreaterThan(before);
  await domain.run(createAppToken, { app: busy.id, scopes: [], token: secret() });
  const apps = [used.app, waiting.app, unused, left.app, busy];
  const known = () => Promise.all(apps.map(async ({ id }) => (await domain.ask(oauthAppById, { id })) !== undefined));

  await domain.run(forgetUnusedApps, { before: 0 });
  expect(await known()).toEqual([true, true, true, true, true]);
  await domain.run(forgetUnusedApps, { before });
  expect(await known()).toEqual([true, true, false, true, true]);
  await domain.run(forgetUnusedApps, { before: before + 3_600_000 });
  expect(await known()).toEqual([true, false, false, false, false]);
  expect(await domain.ask(accessTokenOf, { digest: used.wanted.token })).toBeDefined();
});
