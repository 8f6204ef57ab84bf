import { sql } from 'kysely';
import {
  type Database,
  type PostFlags,
  type PostSnapshot,
  postFlags,
  posts,
  reactions,
  statement,
} from '../../state/index.ts';

/** The reaction that counts as a favourite. */
export const FAVOURITE = '⭐';

export const NO_FLAGS: PostFlags = { favourited: false, shared: false, bookmarked: false, muted: false, pinned: false };

const favouritesOf = statement<{ viewer: number; posts: string }>((db, { viewer, posts: ids }) =>
  db
    .selectFrom('reactions')
    .selectAll()
    .where('post', 'in', sql<number>`(SELECT value FROM json_each(${ids}))`)
    .where('emoji', '=', FAVOURITE)
    .where('account', '=', viewer),
);
const sharesOf = statement<{ viewer: number; posts: string }>((db, { viewer, posts: ids }) =>
  db
    .selectFrom('posts')
    .selectAll()
    .where('shared', 'in', sql<number>`(SELECT value FROM json_each(${ids}))`)
    .where('author', '=', viewer),
);
const flagsOf = statement<{ viewer: number; posts: string }>((db, { viewer, posts: ids }) =>
  db
    .selectFrom('post_flags')
    .selectAll()
    .where('account', '=', viewer)
    .where('post', 'in', sql<number>`(SELECT value FROM json_each(${ids}))`),
);

/** What the viewer has done with each of these posts, in three statements. */
export async function loadFlags(
  db: Database,
  viewer: number,
  of: readonly Pick<PostSnapshot, 'id' | 'thread'>[],
): Promise<(post: Pick<PostSnapshot, 'id' | 'thread'>) => PostFlags> {
  const ids = JSON.stringify([...new Set(of.map(({ id }) => id))]);
  const withThreads = JSON.stringify([...new Set(of.flatMap(({ id, thread }) => [id, thread]))]);
  const favourited = new Set((await reactions.find(db, favouritesOf, { viewer, posts: ids })).map(({ post }) => post));
  const shared = new Set((await posts.find(db, sharesOf, { viewer, posts: ids })).map((row) => row.shared));
  const flags = new Map(
    (await postFlags.find(db, flagsOf, { viewer, posts: withThreads })).map((row) => [row.post, row]),
  );
  return ({ id, thread }) => ({
    favourited: favourited.has(id),
    shared: shared.has(id),
    bookmarked: (flags.get(id)?.bookmarked ?? null) !== null,
    muted: flags.get(thread)?.muted === 1,
    pinned: (flags.get(id)?.pinned ?? null) !== null,
  });
}
