import { sql } from 'kysely';
import { type Database, type Message, type PostRow, posts, statement } from '../../state/index.ts';
import { viewPosts } from '../community/load-posts.ts';
import { maySee, NOBODY, visiblePost } from './access.ts';
import { postContext } from './messages.ts';
import { isExcluded } from './sieve.ts';

type Input<M> = M extends Message<infer I, unknown> ? I : never;

interface Of {
  readonly post: number;
  readonly viewer: number;
  readonly now: number;
  readonly limit: number;
  readonly depth: number;
}

/** As much as Mastodon shows; nobody in particular is shown less of a thread. */
const LIMITS = {
  anonymous: { ancestors: 40, descendants: 60, depth: 20 },
  signedIn: { ancestors: 4_096, descendants: 4_096, depth: 4_096 },
} as const;
/** Of a thread's answers so many, the oldest, are looked at, whether they may be seen or not. */
const MOST_FOUND = 4_096;

const ancestorsOf = statement<Of>((db, { post, viewer, limit }) =>
  db
    .withRecursive('above', (builder) =>
      builder
        .selectFrom('posts as answer')
        .select(['answer.reply_to as id', sql<number>`1`.as('depth')])
        .where('answer.id', '=', post)
        .unionAll((again) =>
          again
            .selectFrom('above')
            .innerJoin('posts as parent', 'parent.id', 'above.id')
            .select(['parent.reply_to as id', sql<number>`depth + 1`.as('depth')])
            .where(sql<boolean>`depth < ${limit}`),
        ),
    )
    .selectFrom('posts')
    .selectAll()
    .where('id', 'in', sql<number>`(SELECT id FROM above)`)
    .where(maySee('posts', viewer))
    .orderBy('id'),
);
const descendantsOf = statement<Of>((db, { post, viewer, now, limit, depth }) =>
  db
    .withRecursive('below', (builder) =>
      builder
        .selectFrom('posts as answer')
        .select(['answer.id as id', sql<number>`1`.as('depth')])
        .where('answer.reply_to', '=', post)
        .unionAll((again) =>
          again
            .selectFrom('below')
            .innerJoin('posts as answer', 'answer.reply_to', 'below.id')
            .select(['answer.id as id', sql<number>`depth + 1`.as('depth')])
            .where(sql<boolean>`depth < ${depth}`),
        )
        // In a recursion: what is found goes on from the oldest, and ends after so many rows. An answer is younger than
        // what it answers.
        .orderBy('id')
        .limit(MOST_FOUND),
    )
    .selectFrom('posts')
    .selectAll()
    .where('id', 'in', sql<number>`(SELECT id FROM below)`)
    .where(maySee('posts', viewer))
    .where(sql<boolean>`(author = ${viewer} OR NOT ${isExcluded('posts', viewer, now)})`)
    .orderBy('id')
    .limit(limit),
);

export const threadQueries = {
  [postContext.name]: async (db: Database, { viewer, id }: Input<typeof postContext>) => {
    const row = await visiblePost(db, viewer, id);
    if (!row) return undefined;
    const { ancestors, descendants, depth } = viewer === null ? LIMITS.anonymous : LIMITS.signedIn;
    const values = { post: row.id, viewer: viewer ?? NOBODY, now: Date.now(), depth };
    const above = await posts.find(db, ancestorsOf, { ...values, limit: ancestors });
    const below = await posts.find(db, descendantsOf, { ...values, limit: descendants });
    return {
      ancestors: await viewPosts(db, viewer, above),
      descendants: await viewPosts(db, viewer, branchesFirst(row.id, below)),
    };
  },
};

/** Each answer behind what it answers; those to what is not shown stand at the end of the thread’s beginning. */
function branchesFirst(root: number, rows: readonly PostRow[]): readonly PostRow[] {
  const known = new Set(rows.map(({ id }) => id));
  const parentOf = ({ reply_to }: PostRow) => (reply_to !== null && known.has(reply_to) ? reply_to : root);
  const answers = Map.groupBy(rows, parentOf);
  const ordered: PostRow[] = [];
  const left = (answers.get(root) ?? []).toReversed();
  for (let row = left.pop(); row; row = left.pop()) {
    ordered.push(row);
    left.push(...(answers.get(row.id) ?? []).toReversed());
  }
  return ordered;
}
