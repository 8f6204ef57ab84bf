import { type RawBuilder, sql } from 'kysely';
import { type Database, type Message, type PostView, posts, statement } from '../../state/index.ts';
import { normalizeTag } from '../body/tags.ts';
import { viewPosts } from '../community/load-posts.ts';
import { type Bounds, findPage, paged } from '../community/paging.ts';
import { maySee, NOBODY } from './access.ts';
import { type Candidates, collect, type Feed } from './collect.ts';
import { publicTimeline, tagTimeline } from './messages.ts';
import { isForPublic, isRemote, isReplyToOther } from './sieve.ts';

type Input<M> = M extends Message<infer I, unknown> ? I : never;

/** Switches are 0 or 1. */
interface Sieved {
  readonly viewer: number;
  readonly now: number;
  readonly local: number;
  readonly remote: number;
  readonly media: number;
}

interface Tagged extends Sieved {
  /** JSON lists of normalised tags: one of the first, all of the second, none of the third. */
  readonly any: string;
  readonly all: string;
  readonly none: string;
}

/** Compiled with the literals of the index of public posts. */
const publicPosts = paged<Sieved>((order) =>
  statement<Sieved & Bounds>((db, values) =>
    db
      .selectFrom('posts')
      .selectAll()
      .where(sql<boolean>`(visibility = 'public' AND kind <> 'share')`)
      .where('id', '<', values.below)
      .where('id', '>', values.above)
      .where(sql<boolean>`NOT ${isReplyToOther('posts')}`)
      .where(isWanted(values))
      .orderBy('id', order)
      .limit(values.limit),
  ),
);

const tagged: Feed<Tagged> = {
  candidates: paged<Tagged>((order) =>
    statement<Tagged & Bounds>((db, { any, below, above, limit }) => {
      const by = sql.raw(order);
      return {
        compile: () =>
          sql`SELECT DISTINCT post_tags.post AS n FROM json_each(${any}) AS asked CROSS JOIN post_tags
            WHERE post_tags.tag = asked.value AND post_tags.post IN (SELECT near.post FROM post_tags AS near
              WHERE near.tag = asked.value AND near.post < ${below} AND near.post > ${above}
              ORDER BY near.post ${by} LIMIT ${limit})
            ORDER BY n ${by} LIMIT ${limit}`.compile(db),
      };
    }),
  ),
  sieve: statement<Tagged & Candidates>((db, values) =>
    db
      .selectFrom('posts')
      .selectAll()
      .where('id', 'in', sql<number>`(SELECT value FROM json_each(${values.ids}))`)
      .where(sql<boolean>`(visibility = 'public' AND kind <> 'share')`)
      .where(isWanted(values))
      .where(
        sql<boolean>`NOT EXISTS (SELECT 1 FROM json_each(${values.all}) AS asked WHERE NOT EXISTS (
          SELECT 1 FROM post_tags WHERE post_tags.tag = asked.value AND post_tags.post = posts.id))`,
      )
      .where(
        sql<boolean>`NOT EXISTS (SELECT 1 FROM json_each(${values.none}) AS asked CROSS JOIN post_tags
          WHERE post_tags.tag = asked.value AND post_tags.post = posts.id)`,
      ),
  ),
};

function isWanted({ viewer, now, local, remote, media }: Sieved): RawBuilder<boolean> {
  return sql<boolean>`((${local} = 0 OR NOT ${isRemote('posts')}) AND (${remote} = 0 OR ${isRemote('posts')})
    AND (${media} = 0 OR posts.media <> '[]') AND ${maySee('posts', viewer)} AND ${isForPublic('posts', viewer, now)})`;
}

export const publicQueries = {
  [publicTimeline.name]: async (db: Database, query: Input<typeof publicTimeline>): Promise<readonly PostView[]> =>
    viewPosts(db, query.viewer, await findPage(db, posts, publicPosts, sievedBy(query), query.page)),
  [tagTimeline.name]: async (db: Database, query: Input<typeof tagTimeline>): Promise<readonly PostView[]> => {
    const { viewer, page, tag, any = [], all = [], none = [] } = query;
    const tags = { any: listed([tag, ...any]), all: listed(all), none: listed(none) };
    return viewPosts(db, viewer, await collect(db, tagged, { ...sievedBy(query), ...tags }, page));
  },
};

interface Switches {
  readonly viewer: number | null;
  readonly local?: boolean;
  readonly remote?: boolean;
  readonly media?: boolean;
}

function sievedBy({ viewer, local, remote, media }: Switches): Sieved {
  return {
    viewer: viewer ?? NOBODY,
    now: Date.now(),
    local: local ? 1 : 0,
    remote: remote ? 1 : 0,
    media: media ? 1 : 0,
  };
}

function listed(tags: readonly string[]): string {
  return JSON.stringify([...new Set(tags.map(normalizeTag))].filter((tag) => tag !== ''));
}
