import { type RawBuilder, sql } from 'kysely';

/**
 * What timelines leave out, as conditions on the `posts` rows of an alias (protocol page §7). A block by the author is
 * not here: nobody sees the posts of those who block them (`access.ts`).
 */

/** The viewer blocks or mutes the author or somebody whom the post names; mutes count while they last. */
export function isExcluded(alias: string, viewer: number, now: number): RawBuilder<boolean> {
  const post = sql.raw(alias);
  const stands = sql`(barrier.kind = 'block' OR barrier.expires_at IS NULL OR barrier.expires_at > ${now})`;
  return sql<boolean>`(EXISTS (SELECT 1 FROM relations AS barrier
      WHERE barrier.account = ${viewer} AND barrier.target = ${post}.author AND ${stands})
    OR EXISTS (SELECT 1 FROM post_mentions AS said CROSS JOIN relations AS barrier
      WHERE said.post = ${post}.id AND barrier.account = ${viewer} AND barrier.target = said.account AND ${stands}))`;
}

/** The viewer blocks the author's server. */
function isFromBlockedDomain(alias: string, viewer: number): RawBuilder<boolean> {
  return sql<boolean>`EXISTS (SELECT 1 FROM accounts AS foreigner CROSS JOIN domain_blocks AS wall
    WHERE foreigner.id = ${sql.raw(alias)}.author AND wall.account = ${viewer} AND wall.domain = foreigner.domain)`;
}

/** The author is of another server. */
export function isRemote(alias: string): RawBuilder<boolean> {
  return sql<boolean>`EXISTS (SELECT 1 FROM accounts AS foreigner
    WHERE foreigner.id = ${sql.raw(alias)}.author AND foreigner.domain IS NOT NULL)`;
}

/** In a language that the viewer has chosen, if any; posts without a language are then in none. */
function isInChosenLanguage(alias: string, viewer: number): RawBuilder<boolean> {
  return sql<boolean>`(NOT EXISTS (SELECT 1 FROM account_settings AS taste
      WHERE taste.account = ${viewer} AND taste.chosen_languages IS NOT NULL)
    OR ${sql.raw(alias)}.language IN (SELECT chosen.value FROM account_settings AS taste,
      json_each(taste.chosen_languages) AS chosen WHERE taste.account = ${viewer}))`;
}

/** A reply to somebody else is on no public timeline. */
export function isReplyToOther(alias: string): RawBuilder<boolean> {
  const post = sql.raw(alias);
  return sql<boolean>`(${post}.reply_to_account IS NOT NULL AND ${post}.reply_to_account <> ${post}.author)`;
}

/** What public and hashtag timelines have in common beside who may see a post. */
export function isForPublic(alias: string, viewer: number, now: number): RawBuilder<boolean> {
  return sql<boolean>`(NOT ${isExcluded(alias, viewer, now)} AND NOT ${isFromBlockedDomain(alias, viewer)}
    AND ${isInChosenLanguage(alias, viewer)})`;
}

/** The viewer follows this account's own channel. */
function isFollowing(viewer: number, account: RawBuilder<number>): RawBuilder<boolean> {
  return sql<boolean>`EXISTS (SELECT 1 FROM accounts AS friend CROSS JOIN follows AS bond
    WHERE friend.id = ${account} AND bond.channel = friend.channel AND bond.account = ${viewer}
      AND bond.state = 'subscribed')`;
}

/**
 * A post of a followed channel as home and lists show it: in the languages that the follow is limited to, shares if
 * they are wanted, replies to those whom the viewer follows, to oneself or to the viewer, direct posts of followed
 * accounts; nothing of or with those whom the viewer blocks or mutes, no shares from blocked servers.
 */
export function isFollowed(alias: string, viewer: number, now: number): RawBuilder<boolean> {
  const post = sql.raw(alias);
  const inside = `${alias}_inside`;
  const shared = sql.raw(inside);
  const answered = sql<number>`${post}.reply_to_account`;
  const place = sql`CASE ${post}.visibility WHEN 'direct'
    THEN (SELECT writer.channel FROM accounts AS writer WHERE writer.id = ${post}.author) ELSE ${post}.channel END`;
  return sql<boolean>`(EXISTS (SELECT 1 FROM follows AS tie WHERE tie.channel = ${place}
      AND tie.account = ${viewer} AND tie.state = 'subscribed' AND (${post}.shared IS NULL OR tie.shares = 1)
      AND (tie.languages IS NULL OR ${post}.language IS NULL
        OR ${post}.language IN (SELECT wanted.value FROM json_each(tie.languages) AS wanted)))
    AND (${answered} IS NULL OR (${post}.reply_to IS NOT NULL
      AND (${answered} IN (${post}.author, ${viewer}) OR ${isFollowing(viewer, answered)})))
    AND NOT ${isExcluded(alias, viewer, now)}
    AND NOT EXISTS (SELECT 1 FROM posts AS ${shared} WHERE ${shared}.id = ${post}.shared
      AND (${isExcluded(inside, viewer, now)} OR ${isFromBlockedDomain(inside, viewer)})))`;
}

/** The author, or the channel, is in a list of the viewer's that takes its members out of the home timeline. */
export function isTakenByList(alias: string, viewer: number): RawBuilder<boolean> {
  const post = sql.raw(alias);
  return sql<boolean>`EXISTS (SELECT 1 FROM lists AS taking CROSS JOIN list_members AS taken
    WHERE taking.account = ${viewer} AND taking.exclusive = 1 AND taken.list = taking.id
      AND (taken.member = ${post}.author OR taken.channel = ${post}.channel))`;
}

/** A public post with a tag that the viewer follows. */
export function isTaggedForHome(alias: string, viewer: number, now: number): RawBuilder<boolean> {
  const post = sql.raw(alias);
  return sql<boolean>`(${post}.visibility = 'public' AND ${post}.shared IS NULL
    AND EXISTS (SELECT 1 FROM post_tags AS mark CROSS JOIN followed_tags AS watched
      WHERE mark.post = ${post}.id AND watched.account = ${viewer} AND watched.tag = mark.tag)
    AND NOT ${isExcluded(alias, viewer, now)} AND NOT ${isFromBlockedDomain(alias, viewer)})`;
}

/** A list's word on replies to others: to whom they may be. */
export function isReplyForList(alias: string, list: number, viewer: number): RawBuilder<boolean> {
  const post = sql.raw(alias);
  const answered = sql<number>`${post}.reply_to_account`;
  return sql<boolean>`(NOT ${isReplyToOther(alias)} OR ${answered} = ${viewer}
    OR EXISTS (SELECT 1 FROM lists AS chosen WHERE chosen.id = ${list}
      AND ((chosen.replies = 'followed' AND ${isFollowing(viewer, answered)})
        OR (chosen.replies = 'list' AND EXISTS (SELECT 1 FROM list_members AS fellow
          WHERE fellow.list = chosen.id AND fellow.member = ${answered})))))`;
}
