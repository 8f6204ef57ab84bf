import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { createJwtVerifier } from '../jwt.ts';
import { createJwtKeys } from '../jwt-keys.ts';
import type { AuthSettings, JwtSettings } from '../settings.ts';

export const NOW = Date.UTC(2026, 10, 25);
export const SECONDS = NOW / 1000;
export const SECRET = 'a-secret-of-at-least-thirty-two-characters';
export const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const otherRsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const ed = generateKeyPairSync('ed25519');
export const rsaPem = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const edPem = ed.publicKey.export({ type: 'spki', format: 'pem' }).toString();

export const CLAIMS = { sub: 'ann', aud: 'carillon', exp: SECONDS + 60, publish: ['news'], subscribe: ['*'] };

export const JWT: JwtSettings = {
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

export function verifier(jwt: Partial<JwtSettings> = {}) {
  const settings = settingsOf(jwt);
  return createJwtVerifier(settings, new Set(['default', 'shop']), createJwtKeys(settings.jwt), () => NOW);
}

export const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

export type Signer = (signed: string) => Buffer;
export const hmac =
  (secret: string): Signer =>
  (signed) =>
    createHmac('sha256', secret).update(signed).digest();
export const rs256 =
  (key = rsa.privateKey): Signer =>
  (signed) =>
    sign('sha256', Buffer.from(signed), key);
export const eddsa: Signer = (signed) => sign(null, Buffer.from(signed), ed.privateKey);

export function token(header: unknown, claims: unknown, signer: Signer): string {
  const signed = `${encode(header)}.${encode(claims)}`;
  return `${signed}.${signer(signed).toString('base64url')}`;
}

export const hs = (claims: unknown, header: object = {}): string =>
  token({ alg: 'HS256', ...header }, claims, hmac(SECRET));
