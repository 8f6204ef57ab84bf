import { CarillonError } from '@carillon/core';
import { sql } from 'kysely';
import {
  accountTopic,
  announce,
  type CommandContext,
  type Database,
  foldTopic,
  numbersOf,
  type PostFlagsRow,
  type PostRow,
  postFlags,
  posts,
  readMarks,
  statement,
  type UnreadDetails,
} from '../../state/index.ts';
import { loadChannels } from '../community/load-accounts.ts';
import { loadMentions } from '../community/load-posts.ts';
import { requireActor } from '../community/parties.ts';
import { participantsOf } from '../notices/conversations.ts';
import { findVisible } from './access.ts';
import { loadPostFlags, loadReadStates, NO_FLAGS, writeFlags, writeReads } from './read-marks.ts';
import { FLAGGED_AT_ONCE, type Flagged, type FlagPosts } from './reading-messages.ts';
import { unreadInChannel, unreadInTopic, unreadWithoutTopic } from './unread-rows.ts';

const byIds = statement<{ ids: string }>((db, { ids }) =>
  db.selectFrom('posts').selectAll().where('id', 'in', sql<number>`(SELECT value FROM json_each(${ids}))`),
);
const exceptionsOf = statement<{ account: number; limit: number }>((db, { account, limit }) =>
  db
    .selectFrom('post_flags')
    .selectAll()
    .where('account', '=', account)
    .where('read', '>', sql.lit(0))
    .orderBy('read', 'desc')
    .limit(limit),
);
/** Of a followed channel: what was last posted there, wherever that lives now. */
const NEWEST = sql`max(coalesce((SELECT max(posts.id) FROM posts WHERE posts.channel = bond.channel), 0),
  coalesce((SELECT max(post) FROM moved_posts WHERE first_channel = bond.channel), 0))`;
/** Followed channels where anything may be unread. */
const behindIn = statement<{ account: number; limit: number }>((db, { account, limit }) => ({
  compile: () =>
    sql`SELECT bond.channel AS n FROM follows AS bond WHERE bond.account = ${account} AND bond.state = 'subscribed'
      AND ${NEWEST} > max(bond.id, coalesce((SELECT up_to FROM read_marks
        WHERE read_marks.account = ${account} AND read_marks.channel = bond.channel), 0)) LIMIT ${limit}`.compile(db),
}));
const newestIn = statement<{ account: number; channels: string }>((db, { account, channels }) => ({
  compile: () =>
    sql`SELECT ${NEWEST} AS n FROM json_each(${channels}) AS wanted CROSS JOIN follows AS bond
      WHERE bond.channel = wanted.value AND bond.account = ${account} ORDER BY wanted.key`.compile(db),
}));
export async function flagPosts(context: CommandContext, wanted: FlagPosts): Promise<Flagged> {
  const { db } = context;
  const { actor, select, flag, on } = wanted;
  await requireActor(db, actor);
  if ('posts' in select) {
    if (select.posts.length > FLAGGED_AT_ONCE) {
      throw new CarillonError('too-large', `at most ${FLAGGED_AT_ONCE} posts are flagged at once`, {
        facts: { limit: FLAGGED_AT_ONCE },
      });
    }
    const changed =
      flag === 'read' ? await setRead(db, wanted, select.posts) : await setMark(context, wanted, select.posts);
    await tell(context, wanted, changed);
    return { posts: changed.map(({ id }) => id), isWhole: true };
  }
  if (flag !== 'read' || !on) throw new CarillonError('bad-request', 'channels and topics can only be read whole');
  if ('all' in select) return readAll(context, actor);
  const ids = await findUnread(context, actor, select);
  const changed = await setRead(db, wanted, ids);
  await tell(context, wanted, changed);
  return { posts: changed.map(({ id }) => id), isWhole: ids.length < FLAGGED_AT_ONCE };
}

function findUnread(
  { db, now }: CommandContext,
  viewer: number,
  { channel, topic }: { readonly channel: number; readonly topic?: string },
): Promise<readonly number[]> {
  const of = { viewer, now, channel, limit: FLAGGED_AT_ONCE };
  if (topic === undefined) return numbersOf(db, unreadInChannel, of);
  const folded = foldTopic(topic);
  return folded === '' ? numbersOf(db, unreadWithoutTopic, of) : numbersOf(db, unreadInTopic, { ...of, topic: folded });
}

/** Answers with those that it changed. */
async function setRead(
  db: Database,
  { actor, on }: Pick<FlagPosts, 'actor' | 'on'>,
  ids: readonly number[],
): Promise<readonly PostRow[]> {
  const rows = await findVisible(db, actor, [...new Set(ids)]);
  const states = await loadReadStates(db, actor, rows);
  const changed = rows.filter(({ id }) => states.get(id)?.counts === true && states.get(id)?.read !== on);
  for (const [channel, of] of Map.groupBy(changed, ({ id }) => states.get(id)?.channel ?? 0)) {
    await writeReads(db, actor, channel, new Map(of.map(({ id }) => [id, on])));
  }
  return changed.toSorted((a, b) => a.id - b.id);
}

/** Stars and folds; what somebody lost sight of can still be taken back. */
async function setMark(
  context: CommandContext,
  { actor, flag, on }: FlagPosts,
  wanted: readonly number[],
): Promise<readonly PostRow[]> {
  const { db } = context;
  const ids = [...new Set(wanted)];
  const rows = on ? await findVisible(db, actor, ids) : await posts.find(db, byIds, { ids: JSON.stringify(ids) });
  const flags = await loadPostFlags(db, actor, ids);
  const changed: PostRow[] = [];
  for (const row of rows.toSorted((a, b) => a.id - b.id)) {
    const known: PostFlagsRow = flags.get(row.id) ?? { account: actor, post: row.id, ...NO_FLAGS };
    const isOn = flag === 'starred' ? known.bookmarked !== null : known.collapsed === 1;
    if (isOn === on) continue;
    const columns = flag === 'starred' ? { bookmarked: on ? context.nextId() : null } : { collapsed: on ? 1 : 0 };
    await writeFlags(db, { ...known, ...columns });
    changed.push(row);
  }
  return changed;
}

/** Moves the marks of all channels to their ends, so many of them at once, and forgets the exceptions. */
async function readAll(context: CommandContext, actor: number): Promise<Flagged> {
  const { db } = context;
  const limit = FLAGGED_AT_ONCE;
  const behind = await numbersOf(db, behindIn, { account: actor, limit });
  const newest = await numbersOf(db, newestIn, { account: actor, channels: JSON.stringify(behind) });
  for (const [index, channel] of behind.entries()) {
    await readMarks.put(db, { account: actor, channel, up_to: newest[index] ?? 0 });
  }
  const exceptions = await postFlags.find(db, exceptionsOf, { account: actor, limit });
  for (const row of exceptions) await writeFlags(db, { ...row, read: 0 });
  const isWhole = behind.length < limit && exceptions.length < limit;
  if (behind.length + exceptions.length === 0) return { posts: [], isWhole };
  announce(context, {
    type: 'post.flagged',
    topics: [accountTopic(actor)],
    actor: String(actor),
    routing: { author: actor },
    subjects: [`account:${actor}`],
    data: { account: actor, flag: 'read', on: true, posts: [], all: true },
  });
  return { posts: [], isWhole };
}

/** One event; it holds no more than ids, so that the end of one of many posts takes nothing from it. */
async function tell(
  context: CommandContext,
  { actor, flag, on }: FlagPosts,
  changed: readonly PostRow[],
): Promise<void> {
  const [first] = changed;
  if (!first) return;
  const details = flag === 'read' && !on ? await detailsOf(context.db, actor, changed) : undefined;
  const isOne = changed.length === 1;
  announce(context, {
    type: 'post.flagged',
    topics: [accountTopic(actor)],
    actor: String(actor),
    routing: { author: actor, ...(isOne ? { object: first.id, channel: first.channel } : {}) },
    subjects: [`account:${actor}`, ...(isOne ? [`post:${first.id}`] : [])],
    data: { account: actor, flag, on, posts: changed.map(({ id }) => id), ...(details ? { details } : {}) },
  });
}

/** What a client that does not know the posts needs to count them as unread. */
async function detailsOf(db: Database, actor: number, rows: readonly PostRow[]): Promise<readonly UnreadDetails[]> {
  const places = await loadChannels(db, [...new Set(rows.map(({ channel }) => channel))]);
  const mentions = await loadMentions(
    db,
    rows.map(({ id }) => id),
  );
  return rows.map(({ id, channel, topic, author, visibility }) => {
    const place = places.get(channel);
    if (visibility === 'direct') {
      return { post: id, channel, author, participants: place ? participantsOf(place) : [], mentioned: false };
    }
    return { post: id, channel, author, topic, mentioned: mentions.get(id)?.includes(actor) ?? false };
  });
}
