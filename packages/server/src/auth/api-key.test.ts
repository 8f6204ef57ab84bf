import { describe, expect, it } from 'vitest';
import { digestOf, isSameDigest, makeApiKey, readApiKey } from './api-key.ts';

describe('API keys', () => {
  it('carry an id and at least 128 random bits, and no two are alike', () => {
    const keys = Array.from({ length: 200 }, makeApiKey);

    for (const { id, text } of keys) {
      const secret = text.slice(`ck_${id}_`.length);
      expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
      expect(readApiKey(text)).toEqual({ id, text, digest: digestOf(text) });
    }
    expect(new Set(keys.map(({ text }) => text)).size).toBe(keys.length);
    expect(new Set(keys.map(({ id }) => id)).size).toBe(keys.length);
  });

  it.each([
    '',
    'ck_',
    'ck__',
    'sk_0123456789abcdef_x',
    `ck_${'a'.repeat(16)}_short`,
    `CK_${'a'.repeat(16)}_${'x'.repeat(43)}`,
    `ck_${'w'.repeat(16)}_${'x'.repeat(43)}`,
    ` ck_${'a'.repeat(16)}_${'x'.repeat(43)}`,
    `ck_${'a'.repeat(16)}_${'x'.repeat(43)}\n`,
  ])('are not read from %j', (text) => {
    expect(readApiKey(text)).toBeUndefined();
  });

  it('equal only the digest of the same text', () => {
    const { text, digest } = makeApiKey();

    expect(isSameDigest(digestOf(text), digest)).toBe(true);
    expect(isSameDigest(digestOf(`${text} `), digest)).toBe(false);
    expect(isSameDigest(digest, undefined)).toBe(false);
    expect(isSameDigest(digest, digest.subarray(1))).toBe(false);
    expect(isSameDigest(new Uint8Array(32), undefined)).toBe(false);
  });
});
