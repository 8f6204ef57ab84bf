import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { exportJWK } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJwtVerifier } from './jwt.ts';
import { createJwtKeys } from './jwt-keys.ts';
import { mintToken } from './mint.ts';
import { Refusal } from './refusal.ts';
import type { AuthSettings, JwtSettings } from './settings.ts';

const NOW = Date.UTC(2026, 10, 25);
const SECONDS = NOW / 1000;
const SECRET = 'a-secret-of-at-least-thirty-two-characters';
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const otherRsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ed = generateKeyPairSync('ed25519');
const rsaPem = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const edPem = ed.publicKey.export({ type: 'spki', format: 'pem' }).toString();

const CLAIMS = { sub: 'ann', aud: 'carillon', exp: SECONDS + 60, publish: ['news'], subscribe: ['*'] };

const JWT: JwtSettings = {
  secrets: [SECRET],
  publicKeys: [rsaPem, edPem],
  jwksAlgorithms: ['RS256'],
  audience: 'carillon',
  clockSkewMs: 30_000,
  maxLifetimeMs: 366 * 86_400_000,
};

function settingsOf(jwt: Partial<JwtSettings> = {}): AuthSettings {
  return { defaultApp: 'default', anonymous: { publish: [], subscribe: [] }, jwt: { ...JWT, ...jwt }, cachedTokens: 0 };
}

function verifier(jwt: Partial<JwtSettings> = {}) {
  const settings = settingsOf(jwt);
  return createJwtVerifier(settings, new Set(['default', 'shop']), createJwtKeys(settings.jwt), () => NOW);
}

const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

type Signer = (signed: string) => Buffer;
const hmac =
  (secret: string): Signer =>
  (signed) =>
    createHmac('sha256', secret).update(signed).digest();
const rs256 =
  (key = rsa.privateKey): Signer =>
  (signed) =>
    sign('sha256', Buffer.from(signed), key);
const eddsa: Signer = (signed) => sign(null, Buffer.from(signed), ed.privateKey);

function token(header: unknown, claims: unknown, signer: Signer): string {
  const signed = `${encode(header)}.${encode(claims)}`;
  return `${signed}.${signer(signed).toString('base64url')}`;
}

const hs = (claims: unknown, header: object = {}): string => token({ alg: 'HS256', ...header }, claims, hmac(SECRET));

/** Answers with whatever keys it was given and counts every request. */
let canary: Server;
let canaryUrl: string;
let requests = 0;
let keySet: unknown = { keys: [] };

beforeAll(async () => {
  canary = createServer((_, response) => {
    requests++;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(keySet));
  });
  await new Promise<void>((resolve) => canary.listen(0, '127.0.0.1', resolve));
  canaryUrl = `http://127.0.0.1:${(canary.address() as AddressInfo).port}/keys`;
});
afterAll(() => new Promise((resolve) => canary.close(resolve)));

describe('a JWT that counts', () => {
  it.each([
    ['HS256', () => hs(CLAIMS)],
    ['RS256', () => token({ alg: 'RS256' }, CLAIMS, rs256())],
    ['EdDSA', () => token({ alg: 'EdDSA', typ: 'JWT' }, CLAIMS, eddsa)],
    ['an audience among several', () => hs({ ...CLAIMS, aud: ['other', 'carillon'] })],
    ['a start within the clock skew', () => hs({ ...CLAIMS, nbf: SECONDS + 30, iat: SECONDS + 30 })],
    ['any kid, which names no file', () => hs(CLAIMS, { kid: '../../dev/null' })],
  ])('is taken: %s', async (_, make) => {
    const principal = await verifier().verify(make());

    expect(principal).toMatchObject({
      id: 'jwt:default/ann',
      app: 'default',
      admin: false,
      grants: { publish: ['news'], subscribe: ['*'] },
      expiresAtMs: (SECONDS + 60) * 1000,
    });
  });

  it('belongs to the app it names, and subjects of two apps are not the same principal', async () => {
    const here = await verifier().verify(hs(CLAIMS));
    const shop = await verifier().verify(hs({ ...CLAIMS, app: 'shop' }));

    expect(shop.app).toBe('shop');
    expect(shop.id).not.toBe(here.id);
  });

  it('is named by its jti, or else by what is signed', async () => {
    const named = await verifier().verify(hs({ ...CLAIMS, jti: 'T1' }));
    const unnamed = await verifier().verify(hs(CLAIMS));
    const other = await verifier().verify(hs({ ...CLAIMS, exp: CLAIMS.exp + 1 }));

    expect(named.credentialId).toBe('jti:T1');
    expect(unnamed.credentialId).toMatch(/^jwt:/);
    expect(other.credentialId).not.toBe(unnamed.credentialId);
  });

  it('may be signed with an older secret while both are configured', async () => {
    const secrets = ['the-new-secret-of-at-least-32-characters', SECRET];

    await expect(verifier({ secrets }).verify(hs(CLAIMS))).resolves.toMatchObject({ app: 'default' });
  });

  it('comes out of mintToken as it went in', async () => {
    const request = { subject: 'ann', app: 'shop', grants: { publish: ['a'], subscribe: ['*'] }, lifetimeMs: 5_000 };
    const jwt = { ...JWT, issuer: 'https://issuer.example' };

    const minted = await mintToken(request, jwt, NOW);
    const principal = await verifier(jwt).verify(minted.token);

    const { app, grants } = request;
    expect(principal).toMatchObject({ app, grants, id: 'jwt:shop/ann', credentialId: minted.credentialId });
    expect(principal.expiresAtMs).toBe(minted.expiresAtMs);
    expect(minted.expiresAtMs).toBe(NOW + 5_000);
  });
});

describe('a JWT that does not count', () => {
  const flipped = (text: string): string => text.slice(0, -1) + (text.endsWith('A') ? 'B' : 'A');
  const without = (name: keyof typeof CLAIMS) =>
    Object.fromEntries(Object.entries(CLAIMS).filter(([key]) => key !== name));

  it.each([
    ['nothing', () => ''],
    ['words', () => 'not.a.jwt'],
    ['alg none', () => `${encode({ alg: 'none' })}.${encode(CLAIMS)}.`],
    ['alg None with a signature', () => token({ alg: 'None' }, CLAIMS, hmac(SECRET))],
    ['no alg', () => token({}, CLAIMS, hmac(SECRET))],
    ['alg HS512', () => token({ alg: 'HS512' }, CLAIMS, hmac(SECRET))],
    ['ES256, which is not offered', () => token({ alg: 'ES256' }, CLAIMS, hmac(SECRET))],
    ['RS256 made HS256 with the public key as secret', () => token({ alg: 'HS256' }, CLAIMS, hmac(rsaPem))],
    ['RS256 made HS256 with the trimmed public key', () => token({ alg: 'HS256' }, CLAIMS, hmac(rsaPem.trim()))],
    ['HS256 called RS256', () => token({ alg: 'RS256' }, CLAIMS, hmac(SECRET))],
    ['EdDSA called RS256', () => token({ alg: 'RS256' }, CLAIMS, eddsa)],
    ['another RSA key', () => token({ alg: 'RS256' }, CLAIMS, rs256(otherRsa.privateKey))],
    [
      'an empty HMAC secret',
      () => token({ alg: 'HS256' }, CLAIMS, (signed) => createHmac('sha256', '').update(signed).digest()),
    ],
    ['kid of a file of zeros', () => token({ alg: 'HS256', kid: '../../dev/null' }, CLAIMS, hmac(''))],
    ['kid that is no text', () => hs(CLAIMS, { kid: { $ne: '' } })],
    ['crit', () => hs(CLAIMS, { crit: ['exp'] })],
    ['crit, empty', () => hs(CLAIMS, { crit: [] })],
    ['unencoded payload', () => hs(CLAIMS, { b64: false, crit: ['b64'] })],
    ['made for another purpose', () => hs(CLAIMS, { typ: 'secevent+jwt' })],
    ['an empty signature', () => hs(CLAIMS).replace(/[^.]*$/, '')],
    ['a signature with one bit changed', () => flipped(hs(CLAIMS))],
    ['trailing garbage', () => `${hs(CLAIMS)}x`],
    ['a trailing dot', () => `${hs(CLAIMS)}.`],
    ['white space inside', () => hs(CLAIMS).replace('.', '.\n')],
    ['padding', () => `${hs(CLAIMS)}=`],
    ['claims that are no object', () => hs('[]')],
    ['claims that are no JSON', () => hs('{')],
    ['claims in broken UTF-8', () => token({ alg: 'HS256' }, '', hmac(SECRET)).replace('..', '._w.')],
    ['exp missing', () => hs(without('exp'))],
    ['exp as text', () => hs({ ...CLAIMS, exp: String(CLAIMS.exp) })],
    ['exp null', () => hs({ ...CLAIMS, exp: null })],
    ['exp without end', () => hs(JSON.stringify(CLAIMS).replace(/"exp":\d+/, '"exp":1e999'))],
    ['exp in the year 9999', () => hs({ ...CLAIMS, exp: Date.UTC(9999, 0) / 1000 })],
    ['exp in milliseconds', () => hs({ ...CLAIMS, exp: NOW + 60_000 })],
    ['exp now', () => hs({ ...CLAIMS, exp: SECONDS })],
    ['exp 61 s ago', () => hs({ ...CLAIMS, exp: SECONDS - 61 })],
    ['exp negative', () => hs({ ...CLAIMS, exp: -1 })],
    ['nbf 61 s ahead', () => hs({ ...CLAIMS, nbf: SECONDS + 61 })],
    ['iat 61 s ahead', () => hs({ ...CLAIMS, iat: SECONDS + 61 })],
    ['nbf as text', () => hs({ ...CLAIMS, nbf: '0' })],
    ['no audience', () => hs(without('aud'))],
    ['another audience', () => hs({ ...CLAIMS, aud: 'carillon2' })],
    ['an audience of another case', () => hs({ ...CLAIMS, aud: ['Carillon'] })],
    ['an unknown app', () => hs({ ...CLAIMS, app: 'bank' })],
    ['an app that is none', () => hs({ ...CLAIMS, app: '../shop' })],
    ['an app of the prototype', () => hs({ ...CLAIMS, app: 'constructor' })],
    ['a grant that is none', () => hs({ ...CLAIMS, publish: ['ne*ws'] })],
    ['grants that are no list', () => hs({ ...CLAIMS, publish: 'news' })],
    ['a subject that is no text', () => hs({ ...CLAIMS, sub: 7 })],
    ['an endless token', () => hs({ ...CLAIMS, pad: 'x'.repeat(20_000) })],
  ])('is refused: %s', async (_, make) => {
    await expect(verifier().verify(make())).rejects.toBeInstanceOf(Refusal);
  });

  it('is refused in any other spelling of its signature', async () => {
    const good = hs(CLAIMS);
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const others = [...alphabet].map((last) => good.slice(0, -1) + last).filter((text) => text !== good);

    const taken = await Promise.allSettled(others.map((text) => verifier().verify(text)));

    expect(taken.filter(({ status }) => status === 'fulfilled')).toEqual([]);
  });

  it('is refused by its issuer, when one is configured', async () => {
    const own = verifier({ issuer: 'https://issuer.example' });

    await expect(own.verify(hs({ ...CLAIMS, iss: 'https://issuer.example' }))).resolves.toBeDefined();
    await expect(own.verify(hs({ ...CLAIMS, iss: 'https://issuer.example/' }))).rejects.toBeInstanceOf(Refusal);
    await expect(own.verify(hs(CLAIMS))).rejects.toBeInstanceOf(Refusal);
  });

  it('never throws anything but a refusal, whatever the text', async () => {
    const { verify } = verifier();
    const parts = fc.oneof(fc.json(), fc.string(), fc.constant(JSON.stringify({ alg: 'HS256' })));
    await fc.assert(
      fc.asyncProperty(fc.array(parts, { maxLength: 4 }), fc.boolean(), async (texts, encoded) => {
        const text = texts.map((part) => (encoded ? encode(part) : part)).join('.');
        await expect(verify(text)).rejects.toBeInstanceOf(Refusal);
      }),
    );
  });
});

describe('keys from a key set', () => {
  const issuer = 'https://issuer.example';
  const remote = (): Partial<JwtSettings> => ({ secrets: [], publicKeys: [], jwksUrl: canaryUrl, issuer });
  const claims = { ...CLAIMS, iss: issuer };
  const publish = async () => {
    keySet = { keys: [{ ...(await exportJWK(rsa.publicKey)), kid: 'K1', alg: 'RS256', use: 'sig' }] };
  };

  it('verify tokens that name them, with one request for many tokens', async () => {
    await publish();
    requests = 0;
    const { verify } = verifier(remote());

    for (let i = 0; i < 5; i++) await verify(token({ alg: 'RS256', kid: 'K1' }, { ...claims, jti: `${i}` }, rs256()));

    expect(requests).toBe(1);
  });

  it('are asked for once, however many unknown names come', async () => {
    await publish();
    requests = 0;
    const { verify } = verifier(remote());

    for (let i = 0; i < 20; i++) {
      await expect(verify(token({ alg: 'RS256', kid: `X${i}` }, claims, rs256()))).rejects.toBeInstanceOf(Refusal);
    }

    expect(requests).toBeLessThanOrEqual(2);
  });

  it.each([
    ['another issuer', () => token({ alg: 'RS256', kid: 'K1' }, { ...claims, iss: 'https://evil.example' }, rs256())],
    ['no issuer', () => token({ alg: 'RS256', kid: 'K1' }, CLAIMS, rs256())],
    ['another algorithm', () => token({ alg: 'EdDSA', kid: 'K1' }, claims, eddsa)],
    ['HS256', () => token({ alg: 'HS256', kid: 'K1' }, claims, hmac(SECRET))],
    ['an expired token', () => token({ alg: 'RS256', kid: 'K1' }, { ...claims, exp: SECONDS - 1 }, rs256())],
    ['another audience', () => token({ alg: 'RS256', kid: 'K1' }, { ...claims, aud: 'x' }, rs256())],
    ['no kid', () => token({ alg: 'RS256' }, claims, rs256())],
    ['an unknown app', () => token({ alg: 'RS256', kid: 'K1' }, { ...claims, app: 'bank' }, rs256())],
  ])('are not asked for by %s', async (_, make) => {
    requests = 0;

    await expect(verifier(remote()).verify(make())).rejects.toBeInstanceOf(Refusal);

    expect(requests).toBe(0);
  });

  it('named by the token itself are never fetched nor used', async () => {
    requests = 0;
    const jwk = await exportJWK(otherRsa.publicKey);
    const headers = [{ jku: canaryUrl }, { x5u: canaryUrl }, { jwk }, { x5c: ['MII'] }, { kid: canaryUrl }];

    for (const header of headers) {
      const forged = token({ alg: 'RS256', ...header }, claims, rs256(otherRsa.privateKey));
      await expect(verifier({ issuer }).verify(forged)).rejects.toBeInstanceOf(Refusal);
    }

    expect(requests).toBe(0);
  });

  it('do not serve as HMAC secrets, and an oversized set is refused', async () => {
    keySet = { keys: [{ kty: 'oct', k: encode(SECRET), kid: 'K1' }] };
    await expect(
      verifier(remote()).verify(token({ alg: 'RS256', kid: 'K1' }, claims, hmac(SECRET))),
    ).rejects.toBeInstanceOf(Refusal);

    keySet = { keys: [{ ...(await exportJWK(rsa.publicKey)), kid: 'K1', x: 'x'.repeat(100_000) }] };
    await expect(verifier(remote()).verify(token({ alg: 'RS256', kid: 'K1' }, claims, rs256()))).rejects.toThrow(
      /larger/,
    );
  });
});

describe('createJwtKeys', () => {
  it.each([
    ['a private key', rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 'private key'],
    [
      'a short RSA key',
      generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      '1024 bits',
    ],
    [
      'an EC key',
      generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      'neither an RSA',
    ],
    ['words', 'not a key', 'neither a PEM'],
    ['broken JSON', '{', 'neither a PEM'],
  ])('refuses %s and names the setting', (_, key, reason) => {
    const make = () => createJwtKeys({ ...JWT, publicKeys: [rsaPem, key] });

    expect(make).toThrow(/auth\.jwt\.publicKeys\[1\]/);
    expect(make).toThrow(reason);
  });

  it('takes a JWK', async () => {
    const publicKeys = [JSON.stringify(await exportJWK(ed.publicKey))];

    await expect(verifier({ publicKeys }).verify(token({ alg: 'EdDSA' }, CLAIMS, eddsa))).resolves.toBeDefined();
  });
});
