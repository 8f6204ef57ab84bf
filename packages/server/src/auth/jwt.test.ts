import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mintToken } from './mint.ts';
import { Refusal } from './refusal.ts';
import {
  CLAIMS,
  eddsa,
  encode,
  hmac,
  hs,
  JWT,
  NOW,
  otherRsa,
  rs256,
  rsaPem,
  SECONDS,
  SECRET,
  token,
  verifier,
} from './testing/forge-jwt.ts';

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
    const others = alphabet
      .split('')
      .map((last) => good.slice(0, -1) + last)
      .filter((text) => text !== good);

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
