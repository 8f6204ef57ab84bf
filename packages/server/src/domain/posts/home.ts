import { sql } from 'kysely';
import { type Database, type Message, type PostRow, type PostView, statement } from '../../state/index.ts';
import { viewPosts } from '../community/load-posts.ts';
import { type Bounds, paged } from '../community/paging.ts';
import { maySee } from './access.ts';
import { type Candidates, collect, type Feed } from './collect.ts';
import { homeTimeline } from './messages.ts';
import { isFollowed, isTaggedForHome, isTakenByList } from './sieve.ts';

type Input<M> = M extends Message<infer I, unknown> ? I : never;

interface Of {
  readonly viewer: number;
  readonly now: number;
}

/** Followed channels, what the viewer wrote elsewhere, followed tags: the nearest posts of each, then of all. */
const home: Feed<Of> = {
  candidates: paged<Of>((order) =>
    statement<Of & Bounds>((db, { viewer, below, above, limit }) => {
      const by = sql.raw(order);
      return {
        compile: () =>
          sql`SELECT id AS n FROM (
            SELECT posts.id FROM follows CROSS JOIN posts WHERE follows.account = ${viewer}
              AND follows.state = 'subscribed' AND posts.id IN (SELECT near.id FROM posts AS near
                WHERE near.channel = follows.channel AND near.id < ${below} AND near.id > ${above}
                ORDER BY near.id ${by} LIMIT ${limit})
            UNION SELECT * FROM (SELECT posts.id FROM posts
                WHERE posts.author = ${viewer} AND posts.id < ${below} AND posts.id > ${above}
                ORDER BY posts.id ${by} LIMIT ${limit})
            UNION SELECT post_tags.post FROM followed_tags CROSS JOIN post_tags
              WHERE followed_tags.account = ${viewer} AND post_tags.tag = followed_tags.tag
                AND post_tags.post IN (SELECT near.post FROM post_tags AS near
                WHERE near.tag = followed_tags.tag AND near.post < ${below} AND near.post > ${above}
                ORDER BY near.post ${by} LIMIT ${limit})
            ) ORDER BY id ${by} LIMIT ${limit}`.compile(db),
      };
    }),
  ),
  sieve: statement<Of & Candidates>((db, { viewer, now, ids }) =>
    db
      .selectFrom('posts')
      .selectAll()
      .where('id', 'in', sql<number>`(SELECT value FROM json_each(${ids}))`)
      .where(maySee('posts', viewer))
      .where(
        sql<boolean>`(author = ${viewer} OR ${isTaggedForHome('posts', viewer, now)}
          OR (${isFollowed('posts', viewer, now)} AND NOT ${isTakenByList('posts', viewer)}))`,
      ),
  ),
};

export const homeQueries = {
  [homeTimeline.name]: async (
    db: Database,
    { viewer, page }: Input<typeof homeTimeline>,
  ): Promise<readonly PostView[]> => {
    const rows: readonly PostRow[] = await collect(db, home, { viewer, now: Date.now() }, page);
    return viewPosts(db, viewer, rows);
  },
};
