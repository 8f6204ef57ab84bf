import { type Database, numbersOf, type PostDoers, statement } from '../../state/index.ts';
import { FAVOURITE } from '../community/load-flags.ts';

/** Accounts of each kind that an event names at most (kernel K5). */
const MAX_DOERS = 1_000;

/** Ids from their indexes alone: a popular post has so many doers that reading their rows would hold up the writer. */
const favouritesOf = statement<{ post: number }>((db, { post }) =>
  db
    .selectFrom('reactions')
    .select('account as n')
    .where('post', '=', post)
    .where('emoji', '=', FAVOURITE)
    .orderBy('account')
    .limit(MAX_DOERS),
);
const sharesOf = statement<{ post: number }>((db, { post }) =>
  db.selectFrom('posts').select('author as n').where('shared', '=', post).orderBy('author').limit(MAX_DOERS),
);
const bookmarksOf = statement<{ post: number }>((db, { post }) =>
  db
    .selectFrom('post_flags')
    .select('account as n')
    .where('post', '=', post)
    .where('bookmarked', 'is not', null)
    .limit(MAX_DOERS),
);
const pinsOf = statement<{ post: number }>((db, { post }) =>
  db
    .selectFrom('post_flags')
    .select('account as n')
    .where('post', '=', post)
    .where('pinned', 'is not', null)
    .limit(MAX_DOERS),
);

/** Who did what with a post. */
export async function findDoers(db: Database, post: number): Promise<PostDoers> {
  return {
    favourited: await numbersOf(db, favouritesOf, { post }),
    shared: await numbersOf(db, sharesOf, { post }),
    bookmarked: await numbersOf(db, bookmarksOf, { post }),
    pinned: await numbersOf(db, pinsOf, { post }),
  };
}
