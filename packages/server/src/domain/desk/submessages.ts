import { CarillonError } from '@carillon/core';
import { sql } from 'kysely';
import {
  accountTopic,
  announce,
  type CommandContext,
  channelTopic,
  type Database,
  type Message,
  type PostRow,
  type SubmessageRow,
  type SubmessageSnapshot,
  statement,
  submessages,
} from '../../state/index.ts';
import { requireActor } from '../community/parties.ts';
import { findVisible, requirePost } from '../posts/access.ts';
import { membersOf } from '../posts/reach.ts';
import { addSubmessage, MAX_SUBMESSAGES, submessagesOf } from './messages.ts';

type Input<M> = M extends Message<infer I, unknown> ? I : never;

const MAX_TYPE = 60;
const MAX_CONTENT = 10_000;

const ofPosts = statement<{ posts: string }>((db, { posts }) =>
  db
    .selectFrom('submessages')
    .selectAll()
    .where('post', 'in', sql<number>`(SELECT value FROM json_each(${posts}))`)
    .orderBy('id'),
);

export const submessageCommands = { [addSubmessage.name]: add };

export const submessageQueries = {
  [submessagesOf.name]: async (db: Database, { viewer, posts }: Input<typeof submessagesOf>) => {
    const visible = (await findVisible(db, viewer, posts)).map(({ id }) => id);
    return (await submessages.find(db, ofPosts, { posts: JSON.stringify(visible) })).map(snapshotOf);
  },
};

async function add(
  context: CommandContext,
  { actor, post: wanted, type, content }: Input<typeof addSubmessage>,
): Promise<SubmessageSnapshot> {
  const { db } = context;
  await requireActor(db, actor);
  const post = await requirePost(db, actor, wanted);
  if (type === '' || type.length > MAX_TYPE || content === '' || content.length > MAX_CONTENT) {
    throw new CarillonError('unprocessable', `a submessage has a type and 1 to ${MAX_CONTENT} letters`);
  }
  const known = await submessages.find(db, ofPosts, { posts: JSON.stringify([post.id]) });
  if (actor !== post.author && known[0]?.account !== post.author) {
    throw new CarillonError('forbidden', 'nothing can be added to this post unless its author begins');
  }
  if (known.length >= MAX_SUBMESSAGES) {
    throw new CarillonError('unprocessable', `a post takes at most ${MAX_SUBMESSAGES} submessages`);
  }
  const row = { id: context.nextId(), post: post.id, account: actor, type, content, created_at: context.now };
  await submessages.insert(db, row);
  context.answerRepeatsWith({ id: row.id, post: row.post });
  return tell(context, post, row);
}

/** As reactions: to those among whom the post lives, to its author and to whoever adds. */
async function tell(context: CommandContext, post: PostRow, row: SubmessageRow): Promise<SubmessageSnapshot> {
  const submessage = snapshotOf(row);
  const isDirect = post.visibility === 'direct';
  const people = new Set([post.author, row.account, ...(isDirect ? await membersOf(context.db, post) : [])]);
  announce(context, {
    type: 'submessage.added',
    topics: [...(isDirect ? [] : [channelTopic(post.channel)]), ...[...people].map(accountTopic)],
    actor: String(row.account),
    routing: { author: row.account, object: post.id, channel: post.channel },
    subjects: [`post:${post.id}`, `account:${row.account}`],
    data: { submessage },
  });
  return submessage;
}

function snapshotOf({ id, post, account, type, content }: SubmessageRow): SubmessageSnapshot {
  return { id, post, account, type, content };
}
