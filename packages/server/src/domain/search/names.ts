import { sql } from 'kysely';
import { type AccountSnapshot, computed, type Database, statement } from '../../state/index.ts';
import { loadAccountList } from '../community/load-accounts.ts';
import { NOBODY } from '../posts/access.ts';
import type { SearchQuery } from '../posts/messages.ts';
import { prefixMatchOf } from './match.ts';

interface Wanted {
  readonly match: string;
  readonly exact: string;
  readonly viewer: number;
  /** 1 for those only whom the viewer follows. */
  readonly following: number;
  readonly limit: number;
  readonly offset: number;
}

/** The one of exactly this name first, then whom the viewer follows, then the best; no secret groups of others. */
const found = statement<Wanted>((db, { match, exact, viewer, following, limit, offset }) =>
  db
    .selectFrom('name_search')
    .leftJoin('accounts', 'accounts.id', 'name_search.rowid')
    .leftJoin('channels', 'channels.id', 'name_search.rowid')
    .leftJoin('follows', (on) =>
      on
        .on('follows.account', '=', viewer)
        .on('follows.state', '=', 'subscribed')
        .on('name_search.rowid', '<>', viewer)
        .on('follows.channel', '=', sql<number>`coalesce(accounts.channel, channels.id)`),
    )
    .select('name_search.rowid as id')
    .where(sql<boolean>`name_search MATCH ${match}`)
    .where('accounts.suspended_at', 'is', null)
    .where('accounts.deactivated_at', 'is', null)
    .where(sql<boolean>`(channels.id IS NULL OR channels.access <> 'whitelist' OR follows.id IS NOT NULL)`)
    .where(sql<boolean>`(${following} = 0 OR follows.id IS NOT NULL)`)
    .orderBy(sql`name_search.slug = ${exact}`, 'desc')
    .orderBy(sql`follows.id IS NULL`)
    .orderBy('name_search.rank')
    .orderBy('name_search.rowid')
    .limit(limit)
    .offset(offset),
);

export async function findNames(
  db: Database,
  { viewer, text, limit, offset, following = false }: SearchQuery & { readonly following?: boolean },
): Promise<readonly AccountSnapshot[]> {
  const typed = text.trim().replace(/^@/u, '');
  const match = prefixMatchOf(typed);
  if (match === undefined) return [];
  const rows = await computed(db, found, {
    match,
    exact: typed.toLowerCase(),
    viewer: viewer ?? NOBODY,
    following: following ? 1 : 0,
    limit,
    offset,
  });
  return loadAccountList(
    db,
    rows.map(({ id }) => Number(id)),
  );
}
