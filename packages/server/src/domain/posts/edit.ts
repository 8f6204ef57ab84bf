import { CarillonError } from '@carillon/core';
import {
  announce,
  type CommandContext,
  type Database,
  indexPost,
  type PostRow,
  type PostView,
  postEdits,
  posts,
  unindexPost,
} from '../../state/index.ts';
import { snapshotPosts } from '../community/load-posts.ts';
import { requireActor } from '../community/parties.ts';
import { touchConversations } from '../notices/conversations.ts';
import { bodyColumns, checkBody, findMentions, takeMedia, writeMentions, writeTags } from './body.ts';
import { findDoers } from './doers.ts';
import { requireEditable, requireFits } from './limits.ts';
import type { PostBody } from './messages.ts';
import { findEdits, membersOf, reachOf } from './reach.ts';
import { showPost } from './show.ts';
import { tellDoers, tellMentioned } from './tell.ts';

export async function edit(
  context: CommandContext,
  { actor, id, body }: { readonly actor: number; readonly id: number; readonly body: PostBody },
): Promise<PostView> {
  const { db } = context;
  await requireActor(db, actor);
  const before = await requireOwn(db, actor, id);
  await requireEditable(context, before);
  checkBody(body);
  await requireFits(db, body);
  const mentions = (await findMentions(db, body.mentions)).map((account) => account.id);
  const columns = bodyColumns(body);
  // These are columns of a post.
  if (Object.entries(columns).every(([name, value]) => before[name as keyof PostRow] === value)) {
    return showPost(db, actor, id);
  }
  await keepVersion(db, before);
  const row: PostRow = { ...before, ...columns, edited_at: context.now };
  await posts.put(db, row);
  await unindexPost(db, before);
  await indexPost(db, row);
  await takeMedia(context, row, body.media);
  await writeTags(db, row);
  const added = await writeMentions(db, id, mentions);
  const doers = await findDoers(db, id);
  const [post] = await snapshotPosts(db, [row]);
  if (!post) throw new Error(`post ${id} cannot be told`);
  announce(context, { type: 'post.edited', ...(await reachOf(db, row, 'edited')), data: { post, doers } });
  if (row.visibility === 'direct')
    await touchConversations(context, { post: row, participants: await membersOf(db, row) });
  await tellMentioned(context, row, added);
  await tellDoers(context, row);
  return showPost(db, actor, id);
}

/** Throws `not-found` for others' posts and for shares, which say nothing of their own. */
export async function requireOwn(db: Database, actor: number, id: number): Promise<PostRow> {
  const row = await posts.get(db, { id });
  if (row && row.author === actor && row.shared === null) return row;
  throw new CarillonError('not-found', `there is no post ${id} of yours`);
}

async function keepVersion(db: Database, row: PostRow): Promise<void> {
  const { id: post, source_format, source, html, text, warning, sensitive, tags, media } = row;
  await postEdits.insert(db, {
    post,
    number: (await findEdits(db, post)).length,
    source_format,
    source,
    html,
    text,
    warning,
    sensitive,
    tags,
    media,
    created_at: row.edited_at ?? row.created_at,
  });
}
