import { type RawBuilder, sql } from 'kysely';
import { type Database, type Message, type PostRow, posts, statement } from '../../state/index.ts';
import { normalizeTag } from '../body/tags.ts';
import { viewPosts } from '../community/load-posts.ts';
import { type Bounds, findPage, paged } from '../community/paging.ts';
import { findParty } from '../community/parties.ts';
import { maySee, NOBODY } from './access.ts';
import { accountPosts } from './messages.ts';
import { isReplyToOther } from './sieve.ts';

type Input<M> = M extends Message<infer I, unknown> ? I : never;

/** Switches are 0 or 1; an empty tag is any. */
interface Of {
  readonly of: number;
  readonly viewer: number;
  readonly replies: number;
  readonly shares: number;
  readonly media: number;
  readonly tag: string;
}

const byAuthor = pagesBy('author');
const byChannel = pagesBy('channel');
const pinnedBy = statement<Of & Pick<Bounds, 'limit'>>((db, values) =>
  db
    .selectFrom('posts')
    .innerJoin('post_flags', 'post_flags.post', 'posts.id')
    .selectAll('posts')
    .where('post_flags.account', '=', values.of)
    .where('post_flags.pinned', 'is not', null)
    .where('posts.author', '=', values.of)
    .where(isWanted(values))
    .orderBy('post_flags.pinned', 'desc')
    .limit(values.limit),
);

function pagesBy(column: 'author' | 'channel') {
  return paged<Of>((order) =>
    statement<Of & Bounds>((db, values) =>
      db
        .selectFrom('posts')
        .selectAll()
        .where(column, '=', values.of)
        .where('id', '<', values.below)
        .where('id', '>', values.above)
        .where(isWanted(values))
        .orderBy('id', order)
        .limit(values.limit),
    ),
  );
}

function isWanted({ viewer, replies, shares, media, tag }: Of): RawBuilder<boolean> {
  return sql<boolean>`((${replies} = 1 OR NOT ${isReplyToOther('posts')}) AND (${shares} = 1 OR posts.shared IS NULL)
    AND (${media} = 0 OR posts.media <> '[]')
    AND (${tag} = '' OR EXISTS (SELECT 1 FROM post_tags WHERE post_tags.tag = ${tag} AND post_tags.post = posts.id))
    AND ${maySee('posts', viewer)})`;
}

export const profileQueries = {
  [accountPosts.name]: async (db: Database, query: Input<typeof accountPosts>) => {
    const party = await findParty(db, query.account);
    if (!party) return undefined;
    const { viewer, page, excludeReplies, excludeShares, onlyMedia, tagged } = query;
    const values: Of = {
      of: query.account,
      viewer: viewer ?? NOBODY,
      replies: excludeReplies ? 0 : 1,
      shares: excludeShares ? 0 : 1,
      media: onlyMedia ? 1 : 0,
      tag: tagged === undefined ? '' : normalizeTag(tagged),
    };
    const rows: readonly PostRow[] = query.pinned
      ? await posts.find(db, pinnedBy, { ...values, limit: page.limit })
      : await findPage(db, posts, party.account ? byAuthor : byChannel, values, page);
    return viewPosts(db, viewer, rows);
  },
};
