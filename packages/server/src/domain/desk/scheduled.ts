import { CarillonError } from '@carillon/core';
import {
  accountTopic,
  announce,
  type CommandContext,
  type Database,
  type Message,
  media,
  numberOf,
  type ScheduledPostRow,
  type ScheduledSnapshot,
  scheduledPosts,
  statement,
} from '../../state/index.ts';
import { loadMedia } from '../community/load-accounts.ts';
import { findPage, pagedBy } from '../community/paging.ts';
import { requireActor } from '../community/parties.ts';
import { requirePost } from '../posts/access.ts';
import { checkBody, findMentions } from '../posts/body.ts';
import { requireFits } from '../posts/limits.ts';
import { findPlace } from '../posts/place.ts';
import {
  cancelScheduled,
  MAX_SCHEDULED,
  type ScheduledPost,
  scheduledById,
  scheduledOf,
  schedulePost,
  updateScheduled,
} from './messages.ts';

type Input<M> = M extends Message<infer I, unknown> ? I : never;

const countOf = statement<{ account: number }>((db, { account }) =>
  db
    .selectFrom('scheduled_posts')
    .select((is) => is.fn.countAll<number>().as('n'))
    .where('account', '=', account),
);
const ofAccount = pagedBy('id', (db, { account }: { readonly account: number }) =>
  db.selectFrom('scheduled_posts').selectAll().where('account', '=', account),
);

export const scheduledCommands = {
  [schedulePost.name]: schedule,
  [updateScheduled.name]: update,
  [cancelScheduled.name]: cancel,
};

export const scheduledQueries = {
  [scheduledOf.name]: async (db: Database, { viewer, page }: Input<typeof scheduledOf>) =>
    snapshotsOf(db, await findPage(db, scheduledPosts, ofAccount, { account: viewer }, page)),
  [scheduledById.name]: async (db: Database, { viewer, id }: Input<typeof scheduledById>) => {
    const row = await scheduledPosts.get(db, { id });
    return row?.account === viewer ? (await snapshotsOf(db, [row]))[0] : undefined;
  },
};

async function schedule(
  context: CommandContext,
  { actor, dueAt, post }: Input<typeof schedulePost>,
): Promise<ScheduledSnapshot> {
  const { db } = context;
  await requirePossible(context, actor, post);
  requireFuture(context, dueAt);
  if ((await numberOf(db, countOf, { account: actor })) >= MAX_SCHEDULED) {
    throw new CarillonError('unprocessable', `an account has at most ${MAX_SCHEDULED} scheduled posts`);
  }
  const id = context.nextId();
  const row = { id, account: actor, due_at: dueAt, ...columnsOf(post), failed: null, created_at: context.now };
  await scheduledPosts.insert(db, row);
  context.answerRepeatsWith({ id });
  return tell(context, 'scheduled.added', row);
}

async function update(
  context: CommandContext,
  { actor, id, dueAt, post }: Input<typeof updateScheduled>,
): Promise<ScheduledSnapshot> {
  const before = await requireOwn(context.db, actor, id);
  if (post) await requirePossible(context, actor, post);
  else await requireActor(context.db, actor);
  const due_at = dueAt ?? before.due_at;
  requireFuture(context, due_at);
  const row = { ...before, due_at, ...(post ? columnsOf(post) : {}), failed: null };
  await scheduledPosts.put(context.db, row);
  context.answerRepeatsWith({ id });
  return tell(context, 'scheduled.updated', row);
}

async function cancel(context: CommandContext, { actor, id }: Input<typeof cancelScheduled>): Promise<undefined> {
  await forget(context, await requireOwn(context.db, actor, id), null);
}

/** Nothing that was said of it stays in the log; `post` is what was made of it. */
export async function forget(context: CommandContext, row: ScheduledPostRow, post: number | null): Promise<void> {
  const { id, account } = row;
  await scheduledPosts.remove(context.db, { id });
  context.eraseSubject(subjectOf(id));
  announce(context, {
    type: 'scheduled.removed',
    topics: [accountTopic(account)],
    subjects: [`account:${account}`],
    data: { account, scheduled: id, post },
  });
}

/** Announces a row as it is now. */
export async function tell(
  context: CommandContext,
  type: 'scheduled.added' | 'scheduled.updated',
  row: ScheduledPostRow,
): Promise<ScheduledSnapshot> {
  const [scheduled] = await snapshotsOf(context.db, [row]);
  if (!scheduled) throw new Error(`scheduled post ${row.id} cannot be told`);
  const { id, account } = row;
  const subjects = [subjectOf(id), `account:${account}`];
  announce(context, { type, topics: [accountTopic(account)], subjects, data: { scheduled } });
  return scheduled;
}

/** As it was written. */
export function postOf({ post }: ScheduledPostRow): ScheduledPost {
  return JSON.parse(post);
}

function columnsOf(post: ScheduledPost): Pick<ScheduledPostRow, 'post' | 'media'> {
  return { post: JSON.stringify(post), media: JSON.stringify(post.body.media) };
}

/** What would be refused now is refused now; what changes until it is due is told then. */
async function requirePossible(context: CommandContext, actor: number, post: ScheduledPost): Promise<void> {
  const { db } = context;
  const author = await requireActor(db, actor);
  const { visibility, channel, topic, replyTo, body } = post;
  checkBody(body);
  await requireFits(db, body, topic);
  const parent = replyTo === undefined ? undefined : await requirePost(db, actor, replyTo);
  // The channel of a direct post is made by the post itself.
  if (visibility !== 'direct') {
    const mentions = await findMentions(db, body.mentions);
    await findPlace(context, { author, visibility, channel, mentions, parent });
  }
  for (const id of body.media) {
    const found = await media.get(db, { id });
    if (found?.account !== actor || found.post !== null) {
      throw new CarillonError('unprocessable', `media ${id} cannot be shown by this post`);
    }
  }
}

function requireFuture({ now }: CommandContext, dueAt: number): void {
  if (Number.isSafeInteger(dueAt) && dueAt > now) return;
  throw new CarillonError('unprocessable', 'a post is scheduled for a time that is to come');
}

async function requireOwn(db: Database, account: number, id: number): Promise<ScheduledPostRow> {
  const row = await scheduledPosts.get(db, { id });
  if (row?.account === account) return row;
  throw new CarillonError('not-found', `there is no scheduled post ${id}`);
}

async function snapshotsOf(db: Database, rows: readonly ScheduledPostRow[]): Promise<readonly ScheduledSnapshot[]> {
  const shown = await loadMedia(
    db,
    rows.flatMap((row) => postOf(row).body.media),
  );
  return rows.map((row) => {
    const post = postOf(row);
    return {
      id: row.id,
      account: row.account,
      dueAt: row.due_at,
      post,
      media: post.body.media.flatMap((id) => shown.get(id) ?? []),
      failed: row.failed,
      createdAt: row.created_at,
    };
  });
}

function subjectOf(id: number): string {
  return `scheduled:${id}`;
}
