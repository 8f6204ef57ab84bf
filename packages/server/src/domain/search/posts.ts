import { sql } from 'kysely';
import { type Database, type PageQuery, type PostView, posts, statement } from '../../state/index.ts';
import { viewPosts } from '../community/load-posts.ts';
import { maySee, NOBODY } from '../posts/access.ts';
import type { SearchQuery } from '../posts/messages.ts';
import { matchOf } from './match.ts';

interface Wanted {
  readonly match: string;
  readonly viewer: number;
  /** Zero for anybody. */
  readonly author: number;
  readonly below: number;
  readonly above: number;
  readonly now: number;
  readonly limit: number;
  readonly offset: number;
}

/**
 * Best first, then newest. Public posts of whoever does not want to be found by their words are found by themselves and
 * those whom they name; whom the viewer blocks or mutes is left out.
 */
const found = statement<Wanted>((db, { match, viewer, author, below, above, now, limit, offset }) =>
  db
    .selectFrom('post_search')
    .innerJoin('posts', 'posts.id', 'post_search.rowid')
    .innerJoin('accounts', 'accounts.id', 'posts.author')
    .selectAll('posts')
    .where(sql<boolean>`post_search MATCH ${match}`)
    .where('posts.id', '<', below)
    .where('posts.id', '>', above)
    .where(sql<boolean>`(${author} = 0 OR posts.author = ${author})`)
    .where(maySee('posts', viewer))
    .where(
      sql<boolean>`(accounts.indexable = 1 OR posts.visibility IN ('followers', 'direct') OR posts.author = ${viewer}
        OR EXISTS (SELECT 1 FROM post_mentions AS named WHERE named.post = posts.id AND named.account = ${viewer}))`,
    )
    .where(
      sql<boolean>`NOT EXISTS (SELECT 1 FROM relations AS bar WHERE bar.account = ${viewer}
        AND bar.target = posts.author AND (bar.expires_at IS NULL OR bar.expires_at > ${now}))`,
    )
    .where(
      sql<boolean>`NOT EXISTS (SELECT 1 FROM domain_blocks AS bar WHERE bar.account = ${viewer}
        AND bar.domain = accounts.domain)`,
    )
    .orderBy('post_search.rank')
    .orderBy('posts.id', 'desc')
    .limit(limit)
    .offset(offset),
);

export async function findPosts(
  db: Database,
  query: SearchQuery & { readonly account?: number; readonly page?: PageQuery },
): Promise<readonly PostView[]> {
  const match = matchOf(query.text);
  if (match === undefined) return [];
  const rows = await posts.find(db, found, {
    match,
    viewer: query.viewer ?? NOBODY,
    author: query.account ?? 0,
    below: query.page?.maxId ?? Number.MAX_SAFE_INTEGER,
    above: query.page?.minId ?? query.page?.sinceId ?? 0,
    now: Date.now(),
    limit: query.limit,
    offset: query.offset,
  });
  return viewPosts(db, query.viewer, rows);
}
