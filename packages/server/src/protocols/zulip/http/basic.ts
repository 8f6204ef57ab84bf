import type { Principal } from '@carillon/core';
import { toErrorValue } from '@carillon/core';
import type { ZulipDependencies } from '../dependencies.ts';
import { Refusal, unauthorized } from './failure.ts';

const KEY = /^[A-Za-z0-9]{32}$/;

/** Who asks, by the `Authorization` header; throws in the words of the protocol. */
export async function identify(
  { authenticator, settings }: Pick<ZulipDependencies, 'authenticator' | 'settings'>,
  authorization: string | undefined,
): Promise<Principal> {
  if (authorization === undefined || authorization.trim() === '') {
    throw unauthorized('Not logged in: API authentication or user session required');
  }
  const { email, key } = readBasic(authorization);
  if (!KEY.test(key)) throw unauthorized('Malformed API key');
  try {
    return await authenticator.authenticateKey({ email, key, domain: settings.domain });
  } catch (error) {
    const { code, facts } = toErrorValue(error);
    if (code !== 'unauthorized') throw error;
    throw unauthorized(facts.suspended === true ? 'Account is deactivated' : 'Invalid API key');
  }
}

/** RFC 7617, with exactly one colon in the pair. */
function readBasic(authorization: string): { readonly email: string; readonly key: string } {
  const [scheme = '', credentials, ...rest] = authorization.trim().split(/\s+/);
  if (credentials === undefined || rest.length > 0) throw invalidHeader();
  if (scheme.toLowerCase() !== 'basic') throw new Refusal('This endpoint requires HTTP basic authentication.');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(credentials)) throw invalidHeader();
  const [email, key, ...more] = Buffer.from(credentials, 'base64').toString('utf8').split(':');
  if (email === undefined || key === undefined || more.length > 0) throw invalidHeader();
  return { email: email.trim(), key: key.trim() };
}

function invalidHeader(): Refusal {
  return unauthorized('Invalid authorization header for basic auth');
}
