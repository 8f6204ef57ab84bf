import { generateKeyPairSync } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJwtKeys } from './jwt-keys.ts';
import { Refusal } from './refusal.ts';
import type { JwtSettings } from './settings.ts';
import {
  CLAIMS,
  ed,
  eddsa,
  encode,
  hmac,
  JWT,
  otherRsa,
  rs256,
  rsa,
  rsaPem,
  SECONDS,
  SECRET,
  token,
  verifier,
} from './testing/forge-jwt.ts';

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
