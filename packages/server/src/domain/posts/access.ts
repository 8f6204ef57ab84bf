import { CarillonError } from '@carillon/core';
import { type RawBuilder, sql } from 'kysely';
import { type Database, type PostRow, posts, statement } from '../../state/index.ts';

/** Stands in statements for a viewer who is nobody in particular: no account has this id. */
export const NOBODY = 0;

/**
 * Who may see a post, the one place that says so; as a condition on the `posts` rows of an alias:
 * - its author always; nobody else once the author is suspended or gone, or has blocked the viewer;
 * - public and unlisted posts everybody, but those of a closed group channel only its followers;
 * - all others the followers of the post's channel, which are the participants of a direct channel;
 * - whoever a followers' post of a personal channel names;
 * - a share whoever may see both it and what it passes on.
 */
export function maySee(alias: string, viewer: number): RawBuilder<boolean> {
  const inside = `${alias}_shared`;
  const post = sql.raw(alias);
  const shared = sql.raw(inside);
  return sql<boolean>`(${maySeeItself(alias, viewer)} AND (${post}.shared IS NULL OR EXISTS (
    SELECT 1 FROM posts AS ${shared} WHERE ${shared}.id = ${post}.shared AND ${maySeeItself(inside, viewer)})))`;
}

function maySeeItself(alias: string, viewer: number): RawBuilder<boolean> {
  const post = sql.raw(alias);
  return sql<boolean>`(${post}.author = ${viewer} OR (
    NOT EXISTS (SELECT 1 FROM accounts AS writer WHERE writer.id = ${post}.author
      AND (writer.suspended_at IS NOT NULL OR writer.deactivated_at IS NOT NULL))
    AND NOT EXISTS (SELECT 1 FROM relations AS bar WHERE bar.account = ${post}.author
      AND bar.target = ${viewer} AND bar.kind = 'block')
    AND ((${post}.visibility IN ('public', 'unlisted') AND NOT EXISTS (SELECT 1 FROM channels AS place
        WHERE place.id = ${post}.channel AND place.kind = 'group' AND place.access <> 'open'))
      OR EXISTS (SELECT 1 FROM follows AS member WHERE member.channel = ${post}.channel
        AND member.account = ${viewer} AND member.state = 'subscribed')
      OR (${post}.visibility = 'followers'
        AND EXISTS (SELECT 1 FROM post_mentions AS named WHERE named.post = ${post}.id AND named.account = ${viewer})
        AND EXISTS (SELECT 1 FROM channels AS place WHERE place.id = ${post}.channel AND place.kind = 'personal')))))`;
}

const visibleByIds = statement<{ ids: string; viewer: number }>((db, { ids, viewer }) =>
  db
    .selectFrom('posts')
    .selectAll()
    .where('id', 'in', sql<number>`(SELECT value FROM json_each(${ids}))`)
    .where(maySee('posts', viewer)),
);

/** Those of the posts that the viewer may see, in no order. */
export function findVisible(db: Database, viewer: number | null, ids: readonly number[]): Promise<readonly PostRow[]> {
  return posts.find(db, visibleByIds, { ids: JSON.stringify(ids), viewer: viewer ?? NOBODY });
}

/** One post that the viewer may see. */
export async function visiblePost(db: Database, viewer: number | null, id: number): Promise<PostRow | undefined> {
  return (await findVisible(db, viewer, [id]))[0];
}

/**
 * As `requirePost`; beside what can be seen also what the viewer once did something with, as `did` finds: that can be
 * taken back by who has lost sight of the post.
 */
export async function requireTouched(
  db: Database,
  viewer: number,
  id: number,
  did: (post: PostRow) => Promise<boolean>,
): Promise<PostRow> {
  const row = await posts.get(db, { id });
  const meant = row?.shared ? await posts.get(db, { id: row.shared }) : row;
  return meant && (await did(meant)) ? meant : requirePost(db, viewer, id);
}

/** The post that is meant, which a share's is the one it passes on; throws `not-found` where it cannot be seen. */
export async function requirePost(db: Database, viewer: number, id: number): Promise<PostRow> {
  const row = await visiblePost(db, viewer, id);
  const meant = row?.shared ? await visiblePost(db, viewer, row.shared) : row;
  if (meant) return meant;
  throw new CarillonError('not-found', `there is no post ${id}`);
}
