import { type Database, postFlags, posts, reactions, statement } from '../../state/index.ts';
import { FAVOURITE } from '../community/load-flags.ts';
import type { PostDoers } from '../community/snapshots.ts';

/** Accounts of each kind that an event names at most (kernel K5). */
const MAX_DOERS = 1_000;

const favouritesOf = statement<{ post: number }>((db, { post }) =>
  db
    .selectFrom('reactions')
    .selectAll()
    .where('post', '=', post)
    .where('emoji', '=', FAVOURITE)
    .orderBy('account')
    .limit(MAX_DOERS),
);
const sharesOf = statement<{ post: number }>((db, { post }) =>
  db.selectFrom('posts').selectAll().where('shared', '=', post).orderBy('author').limit(MAX_DOERS),
);
const bookmarksOf = statement<{ post: number }>((db, { post }) =>
  db.selectFrom('post_flags').selectAll().where('post', '=', post).where('bookmarked', 'is not', null).limit(MAX_DOERS),
);
const pinsOf = statement<{ post: number }>((db, { post }) =>
  db.selectFrom('post_flags').selectAll().where('post', '=', post).where('pinned', 'is not', null).limit(MAX_DOERS),
);

/** Who did what with a post. */
export async function findDoers(db: Database, post: number): Promise<PostDoers> {
  return {
    favourited: (await reactions.find(db, favouritesOf, { post })).map(({ account }) => account),
    shared: (await posts.find(db, sharesOf, { post })).map(({ author }) => author),
    bookmarked: (await postFlags.find(db, bookmarksOf, { post })).map(({ account }) => account),
    pinned: (await postFlags.find(db, pinsOf, { post })).map(({ account }) => account),
  };
}
