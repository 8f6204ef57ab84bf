import {
  announce,
  type CommandContext,
  filterPosts,
  media,
  movedPosts,
  type PostRow,
  type PostView,
  postEdits,
  postFlags,
  posts,
  reactions,
  statement,
  submessages,
  unindexPost,
} from '../../state/index.ts';
import { requireActor } from '../community/parties.ts';
import { AT_ONCE, type JobKind, serve } from '../jobs/serve.ts';
import { tellAttachment } from '../media/attachments.ts';
import { dropMedia } from '../media/drop.ts';
import { untouchConversations } from '../notices/conversations.ts';
import { withdrawAll } from '../notices/withdraw.ts';
import { visiblePost } from './access.ts';
import { dropTags, findMedia, writeMentions } from './body.ts';
import { countPost } from './counts.ts';
import { requireOwn } from './edit.ts';
import { dropMoves } from './moves.ts';
import { findEdits, reachOf } from './reach.ts';
import { writeFlags } from './read-marks.ts';
import { removeShare } from './share.ts';
import { showPost } from './show.ts';
import { dropTopic } from './topics.ts';

interface Of {
  readonly post: number;
}

const sharesOf = statement<Of & { cursor: number }>((db, { post, cursor }) =>
  db
    .selectFrom('posts')
    .selectAll()
    .where('shared', '=', post)
    .where('author', '>', cursor)
    .orderBy('author')
    .limit(AT_ONCE),
);
const answersTo = statement<Of>((db, { post }) => db.selectFrom('posts').selectAll().where('reply_to', '=', post));
const reactionsOf = statement<Of>((db, { post }) => db.selectFrom('reactions').selectAll().where('post', '=', post));
const submessagesOf = statement<Of>((db, { post }) =>
  db.selectFrom('submessages').selectAll().where('post', '=', post),
);
const flagsOf = statement<Of>((db, { post }) => db.selectFrom('post_flags').selectAll().where('post', '=', post));
const filtersOf = statement<Of>((db, { post }) => db.selectFrom('filter_posts').selectAll().where('post', '=', post));

/** Of a post that is gone: nobody is shown them meanwhile, because nobody may see what they pass on. */
export const sharesRemoval: JobKind<Of> = {
  name: 'remove-shares',
  async serve(context, { post }, cursor) {
    const shares = await posts.find(context.db, sharesOf, { post, cursor });
    for (const share of shares) await removeShare(context, share);
    return shares.length < AT_ONCE ? undefined : shares.at(-1)?.author;
  },
};

export async function remove(
  context: CommandContext,
  { actor, id, keepMedia = false }: { readonly actor: number; readonly id: number; readonly keepMedia?: boolean },
): Promise<PostView | undefined> {
  const { db } = context;
  await requireActor(db, actor);
  const row = await posts.get(db, { id });
  if (row?.shared && row.author === actor) {
    const view = (await visiblePost(db, actor, id)) && (await showPost(db, actor, id));
    await removeShare(context, row);
    return view;
  }
  const own = await requireOwn(db, actor, id);
  const view = await showPost(db, actor, id);
  if (keepMedia) await freeMedia(context, own);
  await removePost(context, own);
  return view;
}

/**
 * Takes a post away for good, with everything that was said of it; its text and that of its earlier versions is erased
 * from the log in the same commit (kernel K7). Those who may have heard of it hear that it is gone. Many shares and
 * notices follow in a job.
 */
export async function removePost(context: CommandContext, row: PostRow): Promise<void> {
  const { db } = context;
  const { id } = row;
  const { topics, actor, routing } = await reachOf(db, row, 'deleted');
  context.eraseSubject(`post:${id}`);
  await removeParts(context, row);
  await unindexPost(db, row);
  await posts.remove(db, { id });
  for (const answer of await posts.find(db, answersTo, { post: id })) {
    await posts.put(db, { ...answer, reply_to: null });
  }
  await countPost(db, row, -1);
  await serve(context, sharesRemoval, { post: id });
  await withdrawAll(context, { post: id });
  const topic = row.topic === '' ? {} : { topic: row.topic };
  announce(context, { type: 'post.deleted', topics, actor, routing, data: { post: id, ...topic } });
  await untouchConversations(context, { post: row });
}

/** Each is as new: its time to be posted begins again. */
async function freeMedia(context: CommandContext, { id }: PostRow): Promise<void> {
  for (const shown of await findMedia(context.db, id)) {
    const free = { ...shown, post: null, created_at: context.now };
    await media.put(context.db, free);
    await tellAttachment(context, 'attachment.updated', free);
  }
}

async function removeParts(context: CommandContext, row: PostRow): Promise<void> {
  const { db } = context;
  const { id } = row;
  await dropTags(db, id);
  await dropTopic(db, row);
  await dropMoves(db, id);
  await movedPosts.remove(db, { post: id });
  await writeMentions(db, id, []);
  for (const { number } of await findEdits(db, id)) await postEdits.remove(db, { post: id, number });
  for (const reaction of await reactions.find(db, reactionsOf, { post: id })) await reactions.remove(db, reaction);
  for (const shown of await findMedia(db, id)) await dropMedia(context, shown);
  for (const part of await submessages.find(db, submessagesOf, { post: id })) await submessages.remove(db, part);
  for (const filtered of await filterPosts.find(db, filtersOf, { post: id })) await filterPosts.remove(db, filtered);
  // That the thread is muted stands at its first post, and outlives it.
  for (const { account, post, muted } of await postFlags.find(db, flagsOf, { post: id })) {
    const left = { account, post, muted, bookmarked: null, pinned: null, read: 0, collapsed: 0 };
    await writeFlags(db, left);
  }
}
