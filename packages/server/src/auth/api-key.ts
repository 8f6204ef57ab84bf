import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const FORM = /^ck_([0-9a-v]{16})_([A-Za-z0-9_-]{43})$/;
const ID_DIGITS = '0123456789abcdefghijklmnopqrstuv';

export interface ApiKey {
  /** Names the key everywhere; no secret. */
  readonly id: string;
  /** The whole text, shown once. */
  readonly text: string;
  /** SHA-256 of the whole text: 256 random bits need no slow hash. */
  readonly digest: Uint8Array;
}

/** Makes a key of 80 random bits of name and 256 random bits of secret. */
export function makeApiKey(): ApiKey {
  const id = Array.from(randomBytes(16), (byte) => ID_DIGITS[byte % 32]).join('');
  const text = `ck_${id}_${randomBytes(32).toString('base64url')}`;
  return { id, text, digest: digestOf(text) };
}

/** The key that a text claims to be; `undefined` when it has not the form of one. */
export function readApiKey(text: string): ApiKey | undefined {
  const id = FORM.exec(text)?.[1];
  return id === undefined ? undefined : { id, text, digest: digestOf(text) };
}

/** Compares in constant time; a missing digest takes as long as a wrong one. */
export function isSameDigest(presented: Uint8Array, stored: Uint8Array | undefined): boolean {
  const other = stored?.byteLength === presented.byteLength ? stored : new Uint8Array(presented.byteLength);
  return timingSafeEqual(presented, other) && other === stored;
}

export function digestOf(text: string): Uint8Array {
  return createHash('sha256').update(text).digest();
}
