import { sql } from 'kysely';
import {
  accountTopic,
  announce,
  type ChannelRow,
  type CommandContext,
  type ConversationRow,
  channels,
  conversations,
  type PostRow,
  posts,
  statement,
} from '../../state/index.ts';
import { judge } from './judge.ts';
import { loadConversations } from './load-conversations.ts';

const ofThread = statement<{ account: number; thread: number }>((db, { account, thread }) =>
  db.selectFrom('conversations').selectAll().where('account', '=', account).where('thread', '=', thread),
);
const endingWith = statement<{ thread: number; post: number }>((db, { thread, post }) =>
  db.selectFrom('conversations').selectAll().where('thread', '=', thread).where('last_post', '=', post),
);
/** The newest direct post of a thread that an account takes part in, with its channel. */
const lastOf = statement<{ thread: number; account: string }>((db, { thread, account }) =>
  db
    .selectFrom('posts')
    .innerJoin('channels', 'channels.id', 'posts.channel')
    .selectAll('posts')
    .where('posts.thread', '=', thread)
    .where('posts.visibility', '=', 'direct')
    .where(sql<boolean>`instr(',' || channels.participants || ',', ',' || ${account} || ',') > 0`)
    .orderBy('posts.id', 'desc')
    .limit(1),
);

export interface Touch {
  readonly post: PostRow;
  /** Everybody of its direct channel, the author among them. */
  readonly participants: readonly number[];
}

/**
 * Brings a direct post into the conversations of its author and of everybody who wants to be told of it: unread for the
 * others. An edit is told again and leaves unread as it was. Call it when the post and its mentions are stored.
 */
export async function touchConversations(context: CommandContext, { post, participants }: Touch): Promise<void> {
  for (const account of participants) {
    const [known] = await conversations.find(context.db, ofThread, { account, thread: post.thread });
    const edited = known?.last_post === post.id;
    if (!edited && known?.last_post && known.last_post > post.id) continue;
    if (!edited && !(await isWanted(context, account, post))) continue;
    const row: ConversationRow = {
      id: known?.id ?? context.nextId(),
      account,
      thread: post.thread,
      channel: post.channel,
      others: JSON.stringify(participants.filter((other) => other !== account)),
      last_post: post.id,
      unread: edited ? known.unread : account === post.author ? 0 : 1,
    };
    await conversations.put(context.db, row);
    await announceConversation(context, row);
  }
}

async function isWanted({ db, now }: CommandContext, account: number, post: PostRow): Promise<boolean> {
  if (account === post.author) return true;
  return (await judge(db, now, { account, type: 'mention', origin: post.author, post: post.id })) === 'accept';
}

/** Goes back to the post before in the conversations that ended with this one; call it when the post is removed. */
export async function untouchConversations(
  context: CommandContext,
  { post }: { readonly post: Pick<PostRow, 'id' | 'thread'> },
): Promise<void> {
  const { db } = context;
  for (const row of await conversations.find(db, endingWith, { thread: post.thread, post: post.id })) {
    const [last] = await posts.find(db, lastOf, { thread: post.thread, account: String(row.account) });
    const channel = last && (await channels.get(db, { id: last.channel }));
    if (!channel || !last) {
      await conversations.remove(db, { id: row.id });
      continue;
    }
    const others = JSON.stringify(participantsOf(channel).filter((other) => other !== row.account));
    const back: ConversationRow = { ...row, channel: channel.id, others, last_post: last.id };
    await conversations.put(db, back);
    await announceConversation(context, back);
  }
}

/** Of a direct channel. */
export function participantsOf({ participants }: ChannelRow): readonly number[] {
  return participants === null ? [] : participants.split(',').map(Number);
}

export async function announceConversation(context: CommandContext, row: ConversationRow): Promise<void> {
  const [conversation] = await loadConversations(context.db, row.account, [row]);
  if (!conversation) throw new Error(`conversation ${row.id} cannot be told`);
  const post = conversation.lastPost?.post;
  const accounts = [row.account, ...conversation.others.map(({ id }) => id), ...(post ? [post.author.id] : [])];
  announce(context, {
    type: 'conversation.updated',
    topics: [accountTopic(row.account)],
    routing: post ? { author: post.author.id, object: post.id, channel: row.channel } : { channel: row.channel },
    subjects: [...new Set(accounts)].map((id) => `account:${id}`).concat(post ? [`post:${post.id}`] : []),
    data: { conversation },
  });
}
