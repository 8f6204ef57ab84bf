import { NO_GRANTS, type Principal } from '@carillon/core';
import { describe, expect, it } from 'vitest';
import { CredentialCache } from './credential-cache.ts';

function principal(id: string, expiresAtMs?: number): Principal {
  const end = expiresAtMs === undefined ? {} : { expiresAtMs };
  return { id, app: 'default', grants: NO_GRANTS, admin: false, credentialId: id, ...end };
}

describe('CredentialCache', () => {
  it('gives back what was verified, for a minute at most', () => {
    const cache = new CredentialCache(10);
    cache.set('secret', principal('a'), 0);

    expect(cache.get('secret', 59_999)?.id).toBe('a');
    expect(cache.get('secret', 60_000)).toBeUndefined();
    expect(cache.get('secret', 0)).toBeUndefined();
  });

  it('forgets a token when it expires', () => {
    const cache = new CredentialCache(10);
    cache.set('secret', principal('a', 1_000), 0);

    expect(cache.get('secret', 999)?.id).toBe('a');
    expect(cache.get('secret', 1_000)).toBeUndefined();
  });

  it('holds no more than it may, and drops what was unused for longest', () => {
    const cache = new CredentialCache(2);
    cache.set('one', principal('1'), 0);
    cache.set('two', principal('2'), 0);
    cache.get('one', 0);
    cache.set('three', principal('3'), 0);

    expect(['one', 'two', 'three'].map((secret) => cache.get(secret, 0)?.id)).toEqual(['1', undefined, '3']);
  });

  it('holds nothing when it may hold nothing', () => {
    const cache = new CredentialCache(0);
    cache.set('secret', principal('a'), 0);

    expect(cache.get('secret', 0)).toBeUndefined();
  });
});
