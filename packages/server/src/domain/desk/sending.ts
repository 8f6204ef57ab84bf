import {
  type CommandContext,
  type Database,
  type Message,
  type PostView,
  type ScheduledPostRow,
  scheduledPosts,
  statement,
} from '../../state/index.ts';
import { create } from '../posts/create.ts';
import { dueScheduled, failScheduled, nextScheduled, sendScheduled } from './messages.ts';
import { forget, postOf, tell } from './scheduled.ts';

type Input<M> = M extends Message<infer I, unknown> ? I : never;

interface Due {
  readonly now: number;
  readonly due: number;
  readonly id: number;
  readonly limit: number;
}

const dueAfter = statement<Due>((db, { now, due, id, limit }) =>
  db
    .selectFrom('scheduled_posts')
    .selectAll()
    .where('failed', 'is', null)
    .where('due_at', '<=', now)
    .where((is) => is(is.refTuple('due_at', 'id'), '>', is.tuple(due, id)))
    .orderBy('due_at')
    .orderBy('id')
    .limit(limit),
);
const firstAfter = statement<{ now: number }>((db, { now }) =>
  db
    .selectFrom('scheduled_posts')
    .selectAll()
    .where('failed', 'is', null)
    .where('due_at', '>', now)
    .orderBy('due_at')
    .limit(1),
);

export const sendingCommands = {
  [sendScheduled.name]: send,
  [failScheduled.name]: async (context: CommandContext, { id, now, reason }: Input<typeof failScheduled>) => {
    const row = await findDue(context.db, id, now);
    if (!row) return;
    const failed = { ...row, failed: reason };
    await scheduledPosts.put(context.db, failed);
    await tell(context, 'scheduled.updated', failed);
  },
};

export const sendingQueries = {
  [dueScheduled.name]: async (db: Database, { now, after, limit }: Input<typeof dueScheduled>) => {
    const rows = await scheduledPosts.find(db, dueAfter, { now, due: after.dueAt, id: after.id, limit });
    return rows.map(({ id, due_at }) => ({ id, dueAt: due_at }));
  },
  [nextScheduled.name]: async (db: Database, { now }: Input<typeof nextScheduled>) =>
    (await scheduledPosts.find(db, firstAfter, { now }))[0]?.due_at,
};

async function send(context: CommandContext, { id, now }: Input<typeof sendScheduled>): Promise<PostView | undefined> {
  const row = await findDue(context.db, id, now);
  if (!row) return undefined;
  const view = await create(context, { ...postOf(row), actor: row.account });
  await forget(context, row, view.post.id);
  return view;
}

/** It may have gone, or been put off, since it was found to be due. */
async function findDue(db: Database, id: number, now: number): Promise<ScheduledPostRow | undefined> {
  const row = await scheduledPosts.get(db, { id });
  return row && row.failed === null && row.due_at <= now ? row : undefined;
}
