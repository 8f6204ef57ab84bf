import { sql } from 'kysely';
import { type Database, lists, type Message, statement } from '../../state/index.ts';
import { viewPosts } from '../community/load-posts.ts';
import { type Bounds, paged } from '../community/paging.ts';
import { maySee } from './access.ts';
import { type Candidates, collect, type Feed } from './collect.ts';
import { listTimeline } from './messages.ts';
import { isFollowed, isReplyForList } from './sieve.ts';

type Input<M> = M extends Message<infer I, unknown> ? I : never;

interface Of {
  readonly list: number;
  readonly viewer: number;
  readonly now: number;
}

/** The nearest posts of each member's channel, then of all. */
const ofList: Feed<Of> = {
  candidates: paged<Of>((order) =>
    statement<Of & Bounds>((db, { list, below, above, limit }) => {
      const by = sql.raw(order);
      return {
        compile: () =>
          sql`SELECT posts.id AS n FROM list_members CROSS JOIN posts WHERE list_members.list = ${list}
            AND posts.id IN (SELECT near.id FROM posts AS near
              WHERE near.channel = list_members.channel AND near.id < ${below} AND near.id > ${above}
              ORDER BY near.id ${by} LIMIT ${limit})
            ORDER BY n ${by} LIMIT ${limit}`.compile(db),
      };
    }),
  ),
  sieve: statement<Of & Candidates>((db, { list, viewer, now, ids }) =>
    db
      .selectFrom('posts')
      .selectAll()
      .where('id', 'in', sql<number>`(SELECT value FROM json_each(${ids}))`)
      .where(maySee('posts', viewer))
      .where(isFollowed('posts', viewer, now))
      .where(isReplyForList('posts', list, viewer)),
  ),
};

export const listQueries = {
  [listTimeline.name]: async (db: Database, { viewer, list, page }: Input<typeof listTimeline>) => {
    const owned = await lists.get(db, { id: list });
    if (owned?.account !== viewer) return undefined;
    return viewPosts(db, viewer, await collect(db, ofList, { list, viewer, now: Date.now() }, page));
  },
};
