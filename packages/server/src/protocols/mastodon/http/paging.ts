import type { PageQuery } from '../../../domain/index.ts';
import type { Fields } from './body.ts';
import { invalid } from './failure.ts';
import { readId } from './fields.ts';

export interface PageSize {
  /** When nothing is asked. */
  readonly limit: number;
  readonly most: number;
}

export const STATUSES: PageSize = { limit: 20, most: 40 };
export const ACCOUNTS: PageSize = { limit: 40, most: 80 };

const CURSORS = ['max_id', 'since_id', 'min_id'] as const;

/** The page that a query asks for; larger limits than the most are the most. */
export function readPage(fields: Fields, { limit, most }: PageSize): PageQuery {
  const maxId = cursor(fields, 'max_id');
  const sinceId = cursor(fields, 'since_id');
  const minId = cursor(fields, 'min_id');
  return {
    limit: readLimit(fields.limit, limit, most),
    ...(maxId === undefined ? {} : { maxId }),
    ...(sinceId === undefined ? {} : { sinceId }),
    ...(minId === undefined ? {} : { minId }),
  };
}

export function readLimit(value: unknown, limit: number, most: number): number {
  const wanted = Math.abs(Number.parseInt(plain(value), 10));
  return wanted > 0 ? Math.min(wanted, most) : limit;
}

/**
 * The `Link` header of a page (RFC 8288): `next` to older ones while there may be some, `prev` to newer ones. Empty
 * pages have none.
 */
export function pageLinks(address: URL, cursors: readonly number[], limit: number): string | undefined {
  const [newest] = cursors;
  const oldest = cursors.at(-1);
  if (newest === undefined || oldest === undefined) return undefined;
  const next = cursors.length >= limit ? [link(address, 'max_id', oldest, 'next')] : [];
  return [...next, link(address, 'min_id', newest, 'prev')].join(', ');
}

function cursor(fields: Fields, name: (typeof CURSORS)[number]): number | undefined {
  const value = fields[name];
  if (value === undefined || value === null || value === '') return undefined;
  const text = plain(value);
  if (!/^\d{1,20}$/.test(text)) throw invalid(`${name} is not an id`);
  return readId(text);
}

/** The text of a value that has one. */
function plain(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function link(address: URL, name: (typeof CURSORS)[number], id: number, rel: string): string {
  const target = new URL(address);
  for (const each of CURSORS) target.searchParams.delete(each);
  target.searchParams.delete('access_token');
  target.searchParams.set(name, String(id));
  return `<${target.href}>; rel="${rel}"`;
}
