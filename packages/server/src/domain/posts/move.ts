import { CarillonError } from '@carillon/core';
import {
  announce,
  type ChannelRow,
  type CommandContext,
  channelTopic,
  type Database,
  foldTopic,
  movedPosts,
  normalizeTopic,
  type PostRow,
  postMoves,
  posts,
  statement,
  type Visibility,
} from '../../state/index.ts';
import { snapshotPosts } from '../community/load-posts.ts';
import { requireActor, requireChannel } from '../community/parties.ts';
import { maySee, requirePost } from './access.ts';
import { recountChannel, recountReplies } from './counts.ts';
import { findDoers } from './doers.ts';
import { requireFits } from './limits.ts';
import { requireMovable } from './move-rights.ts';
import { findMoves } from './moves.ts';
import { reachOf } from './reach.ts';
import { MOVED_AT_ONCE, type Moved, type MovePost } from './reading-messages.ts';
import { removeShare } from './share.ts';
import { dropTopic, writeTopic } from './topics.ts';

interface Selected {
  readonly viewer: number;
  readonly channel: number;
  readonly topic: string;
  readonly from: number;
}

/** One more than can move. */
const LIMIT = MOVED_AT_ONCE + 1;

const ofTopic = statement<Selected>((db, { viewer, channel, topic, from }) =>
  db
    .selectFrom('topic_posts')
    .innerJoin('posts', 'posts.id', 'topic_posts.post')
    .selectAll('posts')
    .where('topic_posts.channel', '=', channel)
    .where('topic_posts.topic', '=', topic)
    .where('topic_posts.post', '>=', from)
    .where(maySee('posts', viewer))
    .orderBy('topic_posts.post')
    .limit(LIMIT),
);
const withoutTopic = statement<Omit<Selected, 'topic'>>((db, { viewer, channel, from }) =>
  db
    .selectFrom('posts')
    .selectAll()
    .where('channel', '=', channel)
    .where('topic', '=', '')
    .where('kind', '<>', 'share')
    .where('id', '>=', from)
    .where(maySee('posts', viewer))
    .orderBy('id')
    .limit(LIMIT),
);
/** They are gone for most who saw them; whoever is left finds none that passes on what it may not see. */
const sharesOf = statement<{ post: number }>((db, { post }) =>
  db.selectFrom('posts').selectAll().where('shared', '=', post).orderBy('id').limit(100),
);

/** Where posts come from and go to. */
interface Move {
  readonly actor: number;
  readonly anchor: number;
  readonly mode: MovePost['mode'];
  readonly from: ChannelRow;
  readonly to: ChannelRow;
  readonly topic: string;
}

export async function move(context: CommandContext, wanted: MovePost): Promise<Moved> {
  const { db } = context;
  const actor = await requireActor(db, wanted.actor);
  const post = await requirePost(db, actor.id, wanted.id);
  if (post.visibility === 'direct') throw new CarillonError('unprocessable', 'a direct post has its place for good');
  const from = await requireChannel(db, post.channel);
  const to = wanted.channel === undefined ? from : await requireChannel(db, wanted.channel);
  const topic = wanted.topic === undefined ? post.topic : normalizeTopic(wanted.topic);
  await requireFits(db, { text: '' }, topic);
  const rows = (await select(db, actor.id, post, wanted.mode)).filter(
    (row) => row.channel !== to.id || row.topic !== topic,
  );
  await requireMovable(context, { actor, from, to, rows });
  const plan: Move = { actor: actor.id, anchor: post.id, mode: wanted.mode, from, to, topic };
  if (from.id === to.id) await changeTopic(context, plan, rows);
  else await changeChannel(context, plan, rows);
  return { posts: rows.map(({ id }) => id) };
}

/** Throws `too-large` for more than one event can name. */
async function select(
  db: Database,
  viewer: number,
  post: PostRow,
  mode: MovePost['mode'],
): Promise<readonly PostRow[]> {
  if (mode === 'one') return [post];
  const of = { viewer, channel: post.channel, from: mode === 'later' ? post.id : 0 };
  const topic = foldTopic(post.topic);
  const rows = await (topic === '' ? posts.find(db, withoutTopic, of) : posts.find(db, ofTopic, { ...of, topic }));
  if (rows.length <= MOVED_AT_ONCE) return rows;
  throw new CarillonError(
    'too-large',
    `at most ${MOVED_AT_ONCE} posts move at once; move some of them before the others`,
    {
      facts: { reason: 'too-many-posts', limit: MOVED_AT_ONCE },
    },
  );
}

async function changeTopic(context: CommandContext, plan: Move, rows: readonly PostRow[]): Promise<void> {
  const [first] = rows;
  if (!first) return;
  for (const row of rows) await relocate(context, plan, row, row.visibility);
  const { actor, anchor, mode, from, to, topic } = plan;
  announce(context, {
    type: 'post.moved',
    topics: [channelTopic(from.id)],
    actor: String(actor),
    routing: { channel: from.id, object: anchor },
    subjects: [`account:${actor}`, ...(rows.length === 1 ? [`post:${first.id}`] : [])],
    data: {
      ...{ actor, anchor, mode, posts: rows.map(({ id }) => id) },
      from: { channel: from.id, topic: first.topic },
      to: { channel: to.id, topic },
    },
  });
}

/** One event a post, because each is news to whom it had not reached. */
async function changeChannel(context: CommandContext, plan: Move, rows: readonly PostRow[]): Promise<void> {
  const { db } = context;
  for (const row of rows) {
    const gone = await reachOf(db, row, 'deleted');
    const moved = await relocate(context, plan, row, visibilityIn(plan, row));
    if (isClosed(plan.to)) await hide(context, plan, row, gone);
    await announceArrival(context, plan, { row, moved, before: gone.topics });
  }
  await recountChannel(db, plan.from.id, -rows.length);
  await recountChannel(db, plan.to.id, rows.length);
  await recountReplies(db, rows);
}

/** What a closed channel held for its followers is for everybody in an open one. */
function visibilityIn({ from, to }: Move, { visibility }: PostRow): Visibility {
  if (isClosed(to)) return 'followers';
  return isClosed(from) ? 'public' : visibility;
}

/** Writes the row, what finds it by its topic and its first channel, and its history. */
async function relocate(context: CommandContext, plan: Move, row: PostRow, visibility: Visibility): Promise<PostRow> {
  const { db, now } = context;
  const { actor, to, topic } = plan;
  const moved: PostRow = { ...row, channel: to.id, topic, visibility };
  await dropTopic(db, row);
  await posts.put(db, moved);
  await writeTopic(db, moved);
  if (row.channel !== to.id) {
    const first_channel = (await movedPosts.get(db, { post: row.id }))?.first_channel ?? row.channel;
    if (first_channel === to.id) await movedPosts.remove(db, { post: row.id });
    else await movedPosts.put(db, { post: row.id, channel: to.id, first_channel });
  }
  await postMoves.insert(db, {
    post: row.id,
    number: (await findMoves(db, row.id)).length,
    actor,
    from_channel: row.channel,
    from_topic: row.topic,
    to_channel: to.id,
    to_topic: topic,
    created_at: now,
  });
  return moved;
}

/** Who heard of it before and may not see it any more is told that it is gone, and finds none of it in the log. */
async function hide(
  context: CommandContext,
  { to }: Move,
  row: PostRow,
  { topics, actor, routing }: Awaited<ReturnType<typeof reachOf>>,
): Promise<void> {
  for (const share of await posts.find(context.db, sharesOf, { post: row.id })) await removeShare(context, share);
  context.eraseSubject(`post:${row.id}`);
  const left = topics.filter((topic) => topic !== channelTopic(to.id));
  const topic = row.topic === '' ? {} : { topic: row.topic };
  announce(context, {
    type: 'post.deleted',
    topics: left,
    actor,
    routing,
    data: { post: row.id, ...topic, movedTo: to.id },
  });
}

interface Arrival {
  readonly row: PostRow;
  readonly moved: PostRow;
  /** Topics on which it was heard of. */
  readonly before: readonly string[];
}

async function announceArrival(context: CommandContext, plan: Move, { row, moved, before }: Arrival): Promise<void> {
  const { db } = context;
  const { actor, anchor, mode, from, to, topic } = plan;
  const [post] = await snapshotPosts(db, [moved]);
  if (!post) throw new Error(`post ${moved.id} cannot be told`);
  const reach = await reachOf(db, moved, 'edited', post);
  const heard = isClosed(to) ? [] : isClosed(from) ? [channelTopic(from.id)] : before;
  announce(context, {
    type: 'post.moved',
    ...reach,
    // The log's bound on one event.
    topics: [...new Set([...reach.topics, ...heard])].slice(0, 64),
    actor: String(actor),
    data: {
      ...{ actor, anchor, mode, posts: [moved.id], post, doers: await findDoers(db, moved.id) },
      from: { channel: from.id, topic: isClosed(from) ? null : row.topic },
      to: { channel: to.id, topic },
      isNews: isClosed(from) || isClosed(to),
    },
  });
}

function isClosed({ access }: ChannelRow): boolean {
  return access !== 'open';
}
