import { sql } from 'kysely';
import { type Database, numbersOf, posts, statement } from '../../state/index.ts';

/** Of an account's posts, so many of the newest are looked at, and as many are told. */
const MOST = 1_000;
const MOST_OF_CHANNEL = 100;

const ofAccount = statement<{ actor: number; target: number }>((db, { actor, target }) =>
  db
    .with('own', (is) =>
      is.selectFrom('posts').select('id').where('author', '=', target).orderBy('id', 'desc').limit(MOST),
    )
    .with('named', (is) =>
      is
        .selectFrom('post_mentions')
        .select('post as id')
        .where('account', '=', target)
        .orderBy('post', 'desc')
        .limit(MOST),
    )
    .with('known', (is) => is.selectFrom('own').select('id').union(is.selectFrom('named').select('id')))
    .with('all_known', (is) =>
      is
        .selectFrom('known')
        .select('id')
        .union(
          is
            .selectFrom('posts')
            .select('id')
            .where('shared', 'in', (known) => known.selectFrom('known').select('id')),
        ),
    )
    .selectFrom('posts')
    .selectAll()
    .where('id', 'in', (known) => known.selectFrom('all_known').select('id'))
    .where(atHome(actor))
    .orderBy('id', 'desc')
    .limit(MOST),
);
/** Of each channel the newest alone: a server may have posted more than a command should walk through. */
const ofDomain = statement<{ actor: number; domain: string }>((db, { actor, domain }) => ({
  compile: () =>
    sql`SELECT posts.id AS n FROM follows CROSS JOIN channels CROSS JOIN accounts CROSS JOIN posts
      WHERE follows.account = ${actor} AND follows.state = 'subscribed' AND channels.id = follows.channel
        AND accounts.id = channels.owner AND accounts.domain = ${domain}
        AND posts.id IN (SELECT near.id FROM posts AS near WHERE near.channel = channels.id
          ORDER BY near.id DESC LIMIT ${MOST_OF_CHANNEL})
      ORDER BY n DESC LIMIT ${MOST}`.compile(db),
}));

/**
 * Posts that stand in the actor's home and lists and go with a block or mute of the target: its own, those that name
 * it, and shares of both. Newest first.
 */
export async function hiddenByRelation(db: Database, actor: number, target: number): Promise<readonly number[]> {
  return (await posts.find(db, ofAccount, { actor, target })).map(({ id }) => id);
}

/** Posts in the actor's home by accounts of a domain whose follows end. Newest first. */
export async function hiddenByDomain(db: Database, actor: number, domain: string): Promise<readonly number[]> {
  return numbersOf(db, ofDomain, { actor, domain });
}

/** In a channel that the actor follows, or public with a tag that it follows. */
function atHome(actor: number) {
  return sql<boolean>`(
    channel IN (SELECT f.channel FROM follows f WHERE f.account = ${actor} AND f.state = 'subscribed')
    OR (visibility = 'public' AND id IN (
      SELECT t.post FROM post_tags t JOIN followed_tags ft ON ft.tag = t.tag WHERE ft.account = ${actor} AND t.post = posts.id
    ))
  )`;
}
