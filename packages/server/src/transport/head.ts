import { CarillonError } from '@carillon/core';
import type { ReadMessage } from './message.ts';
import type { ListenerLimits } from './settings.ts';
import { readTarget, type Target } from './target.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
const KNOWN_METHODS: ReadonlySet<string> = new Set(METHODS);
export const ALLOW = METHODS.join(', ');

/** Fields that mean one thing and may come once; Node would silently keep the first or join them. */
const SINGLETONS: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'content-type',
  'authorization',
  'origin',
]);

/** RFC 9112 §3.2: `uri-host [":" port]`, without user information, path or list. */
const HOST = /^(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._-]{1,253})(?::(\d{1,5}))?$/;
const DIGITS = /^\d{1,15}$/;

export interface HeadRules {
  readonly limits: ListenerLimits;
  /** Undefined when any Host will do; names arrive in lower case, without port. */
  readonly allowsHost: ((name: string) => boolean) | undefined;
}

/**
 * What Node's parser lets through and we do not (RFC 9112 §§3.2, 6.1, 6.3, 11.2), checked before a request reaches
 * any route. Returns the normalised target; throws the refusal.
 */
export function checkHead(message: ReadMessage, rules: HeadRules): Target {
  const { rawHeaders, headers, method = '', url = '' } = message;
  if (message.httpVersionMajor !== 1) throw bad('only HTTP/1.x is spoken here');
  if (url.length > rules.limits.urlBytes) {
    const limit = rules.limits.urlBytes;
    throw new CarillonError('uri-too-long', `the request target has ${url.length} bytes, the limit is ${limit}`, {
      facts: { limit },
    });
  }
  checkFields(rawHeaders, rules.limits.headers);
  const host = checkHost(message, rules);
  if (!KNOWN_METHODS.has(method)) {
    throw new CarillonError('method-not-allowed', 'this server does not know the method', { facts: { allow: ALLOW } });
  }
  checkFraming(message);
  if (headers.expect !== undefined && headers.expect.toLowerCase() !== '100-continue')
    throw bad('Expect asks for more than 100-continue');
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new CarillonError(
      'unsupported-media-type',
      'a request body may not be encoded: send it without Content-Encoding',
    );
  }
  if (url === '*' && method === 'OPTIONS') return { url, path: url, query: '' };
  const target = readTarget(url, host);
  const limit = rules.limits.bodyBytesOf?.(target.path) ?? rules.limits.bodyBytes;
  if (Number(headers['content-length'] ?? 0) > limit) throw bodyTooLarge(limit);
  message.bodyLimit = limit;
  return target;
}

export function bodyTooLarge(limit: number): CarillonError {
  return new CarillonError('too-large', `the body is larger than ${limit} bytes`, { facts: { limit } });
}

function checkFields(rawHeaders: readonly string[], limit: number): void {
  if (rawHeaders.length / 2 > limit) {
    throw new CarillonError('headers-too-large', `the request has more than ${limit} header lines`, {
      facts: { limit },
    });
  }
  let seen = '';
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? '';
    if (!SINGLETONS.has(name)) continue;
    if (seen.includes(` ${name} `)) throw bad(`the header ${name} may come once only`);
    seen += ` ${name} `;
  }
}

function checkHost(message: ReadMessage, { allowsHost }: HeadRules): string | undefined {
  const { host } = message.headers;
  if (host === undefined) {
    if (message.httpVersionMinor >= 1) throw bad('HTTP/1.1 needs a Host header');
    return undefined;
  }
  const [, name = '', port = '0'] = HOST.exec(host) ?? [];
  if (name === '' || Number(port) > 65_535) throw bad('the Host header must be a host with an optional port');
  if (allowsHost && !allowsHost(name.toLowerCase())) {
    throw new CarillonError(
      'misdirected',
      'this server does not answer for that Host; its setting server.allowedHosts names those it does',
    );
  }
  return host;
}

function checkFraming({ headers, httpVersionMinor }: ReadMessage): void {
  const length = headers['content-length'];
  const coding = headers['transfer-encoding'];
  if (length !== undefined && !DIGITS.test(length)) throw bad('Content-Length must be a decimal number');
  if (coding === undefined) return;
  if (length !== undefined) throw bad('Content-Length and Transfer-Encoding exclude each other');
  if (coding.toLowerCase() !== 'chunked' || httpVersionMinor < 1)
    throw bad('the only Transfer-Encoding is chunked, in HTTP/1.1');
}

function bad(message: string): CarillonError {
  return new CarillonError('bad-request', message);
}
