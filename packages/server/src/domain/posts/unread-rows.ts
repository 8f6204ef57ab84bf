import { type RawBuilder, sql } from 'kysely';
import { statement } from '../../state/index.ts';
import { maySee } from './access.ts';
import { isExcluded } from './sieve.ts';

/**
 * What an account has not read, from indexes alone: what was posted in its channels above its marks, and the
 * exceptions to both sides of them (decision 009). A post is read or not by the channel where it was posted, wherever it
 * lives now; one from before the membership began is read.
 */
export interface Reader {
  readonly viewer: number;
  readonly now: number;
  readonly limit: number;
}

/** Both ends are outside. */
interface Between {
  readonly above: number;
  readonly below: number;
}

interface In {
  readonly channel: number;
}

/** `post_flags.read`, where it differs from what the mark says. */
export const EXCEPTION = { none: 0, read: 1, unread: 2 } as const;

/** Of all channels: `id`, `channel`, `topic`, newest first. */
export const unreadBetween = statement<Reader & Between>((db, { viewer, now, limit, above, below }) => ({
  compile: () => {
    const range = (id: RawBuilder<unknown>) => sql`${id} > max(${base(viewer)}, ${above}) AND ${id} < ${below}`;
    const follows = sql`follows AS bond CROSS JOIN`;
    const own = sql`bond.account = ${viewer} AND bond.state = 'subscribed'`;
    return sql`SELECT p.id AS id, p.channel AS channel, p.topic AS topic FROM (
        SELECT fresh.id AS post FROM ${follows} posts AS fresh WHERE ${own} AND fresh.channel = bond.channel
          AND ${range(sql`fresh.id`)} AND NOT ${isMoved(sql`fresh.id`)} AND NOT ${isRead(sql`fresh.id`, viewer)}
        UNION ALL SELECT moved.post FROM ${follows} moved_posts AS moved WHERE ${own}
          AND moved.first_channel = bond.channel AND ${range(sql`moved.post`)} AND NOT ${isRead(sql`moved.post`, viewer)}
        UNION ALL SELECT kept.post FROM post_flags AS kept
          WHERE kept.account = ${viewer} AND kept.read = ${sql.lit(EXCEPTION.unread)}
            AND kept.post > ${above} AND kept.post < ${below} AND ${isSinceMember(sql`kept.post`, viewer)}
      ) AS found CROSS JOIN posts AS p WHERE p.id = found.post AND ${isCounted(viewer, now)}
      ORDER BY p.id DESC LIMIT ${limit}`.compile(db);
  },
}));

/** Of one channel, as `n`, oldest first. */
export const unreadInChannel = inChannel<Reader & In>(
  ({ channel }) => sql`SELECT fresh.id AS post FROM posts AS fresh WHERE fresh.channel = ${channel} AND fresh.id`,
  () => sql`TRUE`,
);
/** Of those of its posts that have no topic. */
export const unreadWithoutTopic = inChannel<Reader & In>(
  ({ channel }) => sql`SELECT fresh.id AS post FROM posts AS fresh WHERE fresh.channel = ${channel}
    AND fresh.topic = '' AND fresh.id`,
  () => sql`p.topic = ''`,
);
/** Of one topic, folded. */
export const unreadInTopic = inChannel<Reader & In & { readonly topic: string }>(
  ({ channel, topic }) => sql`SELECT fresh.post AS post FROM topic_posts AS fresh WHERE fresh.channel = ${channel}
    AND fresh.topic = ${topic} AND fresh.post`,
  ({ channel, topic }) => sql`EXISTS (SELECT 1 FROM topic_posts AS named
    WHERE named.channel = ${channel} AND named.topic = ${topic} AND named.post = p.id)`,
);

function inChannel<Values extends Reader & In & { readonly [Name in keyof Values]: string | number }>(
  source: (values: Values) => RawBuilder<unknown>,
  filter: (values: Values) => RawBuilder<unknown>,
) {
  return statement<Values>((db, values) => {
    const { viewer, now, limit, channel } = values;
    return {
      compile: () =>
        sql`SELECT p.id AS n FROM (
            SELECT near.post FROM (${source(values)} > (SELECT ${base(viewer)} FROM follows AS bond
              WHERE bond.channel = ${channel} AND bond.account = ${viewer} AND bond.state = 'subscribed')) AS near
              WHERE NOT ${isMoved(sql`near.post`)} AND NOT ${isRead(sql`near.post`, viewer)}
            UNION ALL SELECT moved.post FROM moved_posts AS moved CROSS JOIN follows AS bond
              WHERE moved.channel = ${channel} AND bond.channel = moved.first_channel AND bond.account = ${viewer}
                AND bond.state = 'subscribed' AND moved.post > ${base(viewer)}
                AND NOT ${isRead(sql`moved.post`, viewer)}
            UNION ALL SELECT kept.post FROM post_flags AS kept
              WHERE kept.account = ${viewer} AND kept.read = ${sql.lit(EXCEPTION.unread)}
                AND ${isSinceMember(sql`kept.post`, viewer)}
          ) AS found CROSS JOIN posts AS p WHERE p.id = found.post AND p.channel = ${channel} AND ${filter(values)}
            AND ${isCounted(viewer, now)}
          ORDER BY p.id LIMIT ${limit}`.compile(db),
    };
  });
}

/** Nothing up to here is unread but for exceptions: the mark, or where the membership began. */
function base(viewer: number): RawBuilder<number> {
  return sql`max(bond.id, coalesce((SELECT mark.up_to FROM read_marks AS mark
    WHERE mark.account = ${viewer} AND mark.channel = bond.channel), 0))`;
}

function isMoved(post: RawBuilder<unknown>): RawBuilder<boolean> {
  return sql`EXISTS (SELECT 1 FROM moved_posts AS gone WHERE gone.post = ${post})`;
}

function isRead(post: RawBuilder<unknown>, viewer: number): RawBuilder<boolean> {
  return sql`EXISTS (SELECT 1 FROM post_flags AS done WHERE done.account = ${viewer} AND done.post = ${post}
    AND done.read = ${sql.lit(EXCEPTION.read)})`;
}

function isSinceMember(post: RawBuilder<unknown>, viewer: number): RawBuilder<boolean> {
  return sql`EXISTS (SELECT 1 FROM posts AS born LEFT JOIN moved_posts AS moved ON moved.post = born.id
    CROSS JOIN follows AS bond WHERE born.id = ${post} AND bond.channel = coalesce(moved.first_channel, born.channel)
      AND bond.account = ${viewer} AND bond.state = 'subscribed' AND bond.id < ${post})`;
}

/** Shares are no messages; what a viewer's blocks and mutes hide does not count. */
function isCounted(viewer: number, now: number): RawBuilder<boolean> {
  return sql`p.kind <> 'share' AND ${maySee('p', viewer)} AND NOT ${isExcluded('p', viewer, now)}`;
}
