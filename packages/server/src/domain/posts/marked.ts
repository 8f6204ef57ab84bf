import {
  type Database,
  type Listed,
  type Message,
  type PostFlagsRow,
  type PostView,
  postFlags,
  type ReactionRow,
  reactions,
} from '../../state/index.ts';
import { FAVOURITE } from '../community/load-flags.ts';
import { loadPosts } from '../community/load-posts.ts';
import { findPage, pagedBy } from '../community/paging.ts';
import { maySee } from './access.ts';
import { bookmarks, favourites } from './messages.ts';

type Input<M> = M extends Message<infer I, unknown> ? I : never;

interface Of {
  readonly viewer: number;
}

const favouritesOf = pagedBy('reactions.id', (db, { viewer }: Of) =>
  db
    .selectFrom('reactions')
    .innerJoin('posts', 'posts.id', 'reactions.post')
    .selectAll('reactions')
    .where('reactions.account', '=', viewer)
    .where('reactions.emoji', '=', FAVOURITE)
    .where(maySee('posts', viewer)),
);
const bookmarksOf = pagedBy('post_flags.bookmarked', (db, { viewer }: Of) =>
  db
    .selectFrom('post_flags')
    .innerJoin('posts', 'posts.id', 'post_flags.post')
    .selectAll('post_flags')
    .where('post_flags.account', '=', viewer)
    .where(maySee('posts', viewer)),
);

export const markedQueries = {
  [favourites.name]: async (db: Database, { viewer, page }: Input<typeof favourites>) => {
    const rows: readonly ReactionRow[] = await findPage(db, reactions, favouritesOf, { viewer }, page);
    return list(
      db,
      viewer,
      rows.map(({ id, post }) => ({ cursor: id, item: post })),
    );
  },
  [bookmarks.name]: async (db: Database, { viewer, page }: Input<typeof bookmarks>) => {
    const rows: readonly PostFlagsRow[] = await findPage(db, postFlags, bookmarksOf, { viewer }, page);
    return list(
      db,
      viewer,
      rows.flatMap(({ bookmarked, post }) => (bookmarked === null ? [] : [{ cursor: bookmarked, item: post }])),
    );
  },
};

async function list(
  db: Database,
  viewer: number,
  listed: readonly Listed<number>[],
): Promise<readonly Listed<PostView>[]> {
  const found = await loadPosts(
    db,
    viewer,
    listed.map(({ item }) => item),
  );
  return listed.flatMap(({ cursor, item }) => {
    const view = found.get(item);
    return view ? [{ cursor, item: view }] : [];
  });
}
