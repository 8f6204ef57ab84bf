import { createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import { CarillonError } from '@carillon/core';
import { type CryptoKey, createRemoteJWKSet, customFetch, type FetchImplementation, type JWTVerifyGetKey } from 'jose';
import type { JwtAlgorithm, JwtSettings } from './settings.ts';

/**
 * The keys a token may be checked with. A key belongs to exactly one algorithm, so that no header can make an RSA
 * key serve as an HMAC secret (RFC 8725 §3.1).
 */
export interface JwtKeys {
  /** Keys of the settings for this algorithm. */
  configured(algorithm: JwtAlgorithm): readonly KeyObject[];
  /** Finds a key in the configured set; absent when there is none for this algorithm. */
  remote(algorithm: JwtAlgorithm): RemoteKey | undefined;
}

/** May cause a request to the one configured address; rejects when the set has no such key. */
export type RemoteKey = (...request: Parameters<JWTVerifyGetKey>) => Promise<CryptoKey>;

const LEAST_RSA_BITS = 2048;
const MOST_SET_BYTES = 65_536;

/** Throws `bad-request` naming the setting when a configured key cannot be used. */
export function createJwtKeys(settings: JwtSettings, fetchSet: FetchImplementation = fetch): JwtKeys {
  const keys: Record<JwtAlgorithm, KeyObject[]> = { HS256: [], RS256: [], EdDSA: [] };
  for (const secret of settings.secrets) keys.HS256.push(createSecretKey(secret, 'utf8'));
  for (const [index, text] of settings.publicKeys.entries()) {
    const key = readPublicKey(text, `auth.jwt.publicKeys[${index}]`);
    keys[key.asymmetricKeyType === 'rsa' ? 'RS256' : 'EdDSA'].push(key);
  }
  const remote = settings.jwksUrl === undefined ? undefined : createRemoteKey(settings.jwksUrl, fetchSet);
  return {
    configured: (algorithm) => keys[algorithm],
    remote: (algorithm) => (algorithm !== 'HS256' && settings.jwksAlgorithms.includes(algorithm) ? remote : undefined),
  };
}

function readPublicKey(text: string, name: string): KeyObject {
  if (text.includes('PRIVATE KEY')) throw unusable(name, 'is a private key; configure its public half');
  let key: KeyObject;
  try {
    key = text.trimStart().startsWith('{')
      ? createPublicKey({ key: JSON.parse(text), format: 'jwk' })
      : createPublicKey(text);
  } catch {
    throw unusable(name, 'is neither a PEM public key nor a JWK');
  }
  if (key.asymmetricKeyType === 'ed25519') return key;
  if (key.asymmetricKeyType !== 'rsa') throw unusable(name, 'is neither an RSA nor an Ed25519 key');
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < LEAST_RSA_BITS) throw unusable(name, `has ${bits} bits; RSA keys need ${LEAST_RSA_BITS}`);
  return key;
}

function unusable(name: string, reason: string): CarillonError {
  return new CarillonError('bad-request', `${name} ${reason}`);
}

/**
 * One set from one address: kept ten minutes, asked again for an unknown `kid` at most every 30 s, so that invented
 * names cannot make this server a hammer. Keys are looked up by `kid` and algorithm inside this set alone.
 */
function createRemoteKey(address: string, fetchSet: FetchImplementation): RemoteKey {
  return createRemoteJWKSet(new URL(address), {
    timeoutDuration: 5_000,
    cooldownDuration: 30_000,
    cacheMaxAge: 600_000,
    [customFetch]: async (url, options) => capped(await fetchSet(url, options)),
  });
}

async function capped(response: Response): Promise<Response> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MOST_SET_BYTES) throw new Error(`the key set is larger than ${MOST_SET_BYTES} bytes`);
    chunks.push(chunk);
  }
  return new Response(Buffer.concat(chunks), { status: response.status, headers: response.headers });
}
