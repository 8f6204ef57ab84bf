import { accounts, channels, type Database, numberOf, type PostRow, posts, statement } from '../../state/index.ts';

/** Newest post that counts, as its author's and its channel's profiles show it; 0 when there is none. */
const lastOfAuthor = statement<{ author: number }>((db, { author }) =>
  db
    .selectFrom('posts')
    .select('created_at as n')
    .where('author', '=', author)
    .where('visibility', '<>', 'direct')
    .orderBy('id', 'desc')
    .limit(1),
);
const lastOfChannel = statement<{ channel: number }>((db, { channel }) =>
  db.selectFrom('posts').select('created_at as n').where('channel', '=', channel).orderBy('id', 'desc').limit(1),
);

const countedReplies = statement<{ post: number; channel: number }>((db, { post, channel }) =>
  db
    .selectFrom('posts')
    .select((is) => is.fn.countAll<number>().as('n'))
    .where('reply_to', '=', post)
    .where((is) => is.or([is('visibility', 'in', ['public', 'unlisted']), is('channel', '=', channel)])),
);

/**
 * Brings the counts of a stored (`by` 1) or removed (`by` -1) post up to date: its author's, its channel's, and those
 * of what it answers and passes on. Direct posts are no part of their author's count.
 */
export async function countPost(db: Database, row: PostRow, by: 1 | -1): Promise<void> {
  if (row.visibility !== 'direct') {
    const author = await accounts.get(db, { id: row.author });
    // A new post is the newest.
    const last = by === 1 ? row.created_at : await numberOf(db, lastOfAuthor, { author: row.author });
    if (author) {
      await accounts.put(db, { ...author, posts_count: author.posts_count + by, last_post_at: last || null });
    }
  }
  const channel = await channels.get(db, { id: row.channel });
  const last = by === 1 ? row.created_at : await numberOf(db, lastOfChannel, { channel: row.channel });
  if (channel) {
    await channels.put(db, { ...channel, posts_count: channel.posts_count + by, last_post_at: last || null });
  }
  if (row.shared !== null) await recount(db, row.shared, ({ shares_count: n }) => ({ shares_count: n + by }));
  const parent = row.reply_to === null ? undefined : await posts.get(db, { id: row.reply_to });
  if (parent && isCountedReply(row, parent))
    await posts.put(db, { ...parent, replies_count: parent.replies_count + by });
}

/** So many posts came to a channel, or left it. */
export async function recountChannel(db: Database, id: number, by: number): Promise<void> {
  const channel = await channels.get(db, { id });
  if (!channel) return;
  const last = await numberOf(db, lastOfChannel, { channel: id });
  await channels.put(db, { ...channel, posts_count: channel.posts_count + by, last_post_at: last || null });
}

/** Moved posts may count where they did not: among the replies to what they answer, and with replies of their own. */
export async function recountReplies(db: Database, moved: readonly PostRow[]): Promise<void> {
  const ids = new Set(moved.flatMap(({ id, reply_to }) => (reply_to === null ? [id] : [id, reply_to])));
  for (const id of ids) {
    const parent = await posts.get(db, { id });
    if (!parent) continue;
    const replies_count = await numberOf(db, countedReplies, { post: id, channel: parent.channel });
    if (replies_count !== parent.replies_count) await posts.put(db, { ...parent, replies_count });
  }
}

/** Only replies that those who see the post may see too: others would be told of by the count alone. */
function isCountedReply(reply: PostRow, parent: PostRow): boolean {
  return reply.visibility === 'public' || reply.visibility === 'unlisted' || reply.channel === parent.channel;
}

export async function recount(
  db: Database,
  id: number,
  change: (row: PostRow) => Partial<Pick<PostRow, 'shares_count' | 'favourites_count'>>,
): Promise<void> {
  const row = await posts.get(db, { id });
  if (row) await posts.put(db, { ...row, ...change(row) });
}
