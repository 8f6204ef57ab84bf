import type { IncomingHttpHeaders } from 'node:http';
import { ALLOW } from './head.ts';

/** Answer headers that a browser's script may read, of every protocol. */
const EXPOSED = [
  'Carillon-Position',
  'ETag',
  'Link',
  'Location',
  'Mastodon-Async-Refresh',
  'Retry-After',
  'Stream-Next-Offset',
  'Stream-Cursor',
  'Stream-Up-To-Date',
  'Stream-Closed',
  'Stream-TTL',
  'Stream-Expires-At',
  'Stream-Seq',
  'Stream-Forked-From',
  'Stream-Fork-Offset',
  'Stream-Fork-Sub-Offset',
  'Stream-SSE-Data-Encoding',
  'Producer-Epoch',
  'Producer-Seq',
  'Producer-Expected-Seq',
  'Producer-Received-Seq',
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
  'X-Request-Id',
].join(', ');

const TOKENS = /^[A-Za-z0-9!#$%&'*+\-.^_`|~, \t]{1,4096}$/;
const PREFLIGHT_SECONDS = 7_200;

type Headers = Readonly<Record<string, string>>;

/** Which origins may call from a browser. Credentials are bearer tokens, so answers never allow credentials mode. */
export interface Cors {
  /** True when answers differ by Origin and caches must know. */
  readonly varies: boolean;
  /** Headers for an answer to a request of this origin; empty when the origin is not allowed. */
  headers(path: string, origin: string | undefined): Headers;
  /** The whole header set of a preflight's 204, or `undefined` when this is no preflight that we answer. */
  preflight(path: string, headers: IncomingHttpHeaders): Headers | undefined;
  /** Whether a WebSocket may be opened by a page of this origin: its own, or a listed one. */
  admitsSocket(origin: string | undefined, host: string | undefined): boolean;
}

export function createCors(options: { readonly origins: readonly string[]; readonly except: readonly string[] }): Cors {
  const any = options.origins.includes('*');
  const listed = new Set(options.origins.map((origin) => origin.toLowerCase()));
  const forAny: Headers = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Expose-Headers': EXPOSED };
  const forOthers: Headers = any ? {} : { Vary: 'Origin' };
  const isListed = (origin: string): boolean => any || listed.has(origin.toLowerCase());
  const isExcepted = (path: string): boolean => options.except.some((prefix) => path.startsWith(prefix));
  const headers = (path: string, origin: string | undefined): Headers => {
    if (isExcepted(path)) return {};
    if (any) return forAny;
    if (origin === undefined || !isListed(origin)) return forOthers;
    return { ...forAny, ...forOthers, 'Access-Control-Allow-Origin': origin };
  };
  return {
    varies: !any,
    headers,
    preflight(path, asked) {
      if (asked.origin === undefined || asked['access-control-request-method'] === undefined || isExcepted(path))
        return undefined;
      const allowed = headers(path, asked.origin);
      if (!isListed(asked.origin)) return allowed;
      const wanted = asked['access-control-request-headers'];
      return {
        ...allowed,
        'Access-Control-Allow-Methods': ALLOW,
        ...(wanted !== undefined && TOKENS.test(wanted) && { 'Access-Control-Allow-Headers': wanted }),
        'Access-Control-Max-Age': String(PREFLIGHT_SECONDS),
      };
    },
    admitsSocket(origin, host) {
      if (origin === undefined || isListed(origin)) return true;
      return host !== undefined && origin.toLowerCase().replace(/^https?:\/\//, '') === host.toLowerCase();
    },
  };
}
