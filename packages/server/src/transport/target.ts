import { CarillonError } from '@carillon/core';

/** A request target in the one form that every route sees. */
export interface Target {
  /** Origin form: path and query. */
  readonly url: string;
  readonly path: string;
  /** Without `?`, empty when absent. */
  readonly query: string;
}

const PLAIN_PATH = /^\/[A-Za-z0-9_~!$&'()*+,;=:@\-./]*$/;
const DOT_SEGMENT = /\/\.\.?(?:\/|$)/;
const VISIBLE = /^[\x21-\x7e]*$/;
const ESCAPE = /%([0-9A-Fa-f]{2})?/g;
const UNRESERVED = /[A-Za-z0-9\-._~]/;

/**
 * Normalises a request target (RFC 3986 §6.2.2: escaped unreserved characters are decoded, hexadecimal digits are
 * upper case) and refuses what two readers could read differently: dot segments and empty segments however written,
 * NUL and other controls, backslashes, fragments, bytes that are not UTF-8. Absolute form must name the Host given
 * (RFC 9112 §3.2.2). Throws `bad-request`.
 */
export function readTarget(text: string, host: string | undefined): Target {
  const url = text.startsWith('/') ? text : withoutOrigin(text, host);
  const mark = url.indexOf('?');
  const raw = mark < 0 ? url : url.slice(0, mark);
  const query = mark < 0 ? '' : url.slice(mark + 1);
  if (query !== '' && (!VISIBLE.test(query) || query.includes('#'))) throw refuse('its query');
  const path = PLAIN_PATH.test(raw) ? raw : normalisePath(raw);
  if (path.includes('//') || DOT_SEGMENT.test(path))
    throw refuse('its path (empty and dot segments are not resolved here)');
  return { url: mark < 0 ? path : `${path}?${query}`, path, query };
}

function withoutOrigin(text: string, host: string | undefined): string {
  const start = /^https?:\/\//i.exec(text)?.[0].length;
  if (start === undefined) throw refuse('its form');
  const end = text.slice(start).search(/[/?]/);
  const authority = end < 0 ? text.slice(start) : text.slice(start, start + end);
  if (host === undefined || authority.toLowerCase() !== host.toLowerCase()) throw refuse('its host, which is not Host');
  const rest = end < 0 ? '' : text.slice(start + end);
  return rest.startsWith('/') ? rest : `/${rest}`;
}

function normalisePath(raw: string): string {
  if (!VISIBLE.test(raw) || raw.includes('\\') || raw.includes('#')) throw refuse('its path');
  const path = raw.replace(ESCAPE, normaliseEscape);
  try {
    decodeURIComponent(path);
  } catch {
    throw refuse('its path (not UTF-8)');
  }
  return path;
}

function normaliseEscape(escape: string, digits: string | undefined): string {
  if (digits === undefined) throw refuse('an escape in its path');
  const code = Number.parseInt(digits, 16);
  if (code < 0x20 || code === 0x7f) throw refuse('a control character in its path');
  const character = String.fromCharCode(code);
  return UNRESERVED.test(character) ? character : escape.toUpperCase();
}

function refuse(what: string): CarillonError {
  return new CarillonError('bad-request', `the request target is refused for ${what}`);
}
