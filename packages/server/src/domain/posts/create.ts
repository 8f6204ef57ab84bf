import { CarillonError, type Position } from '@carillon/core';
import {
  announce,
  type CommandContext,
  indexPost,
  normalizeTopic,
  type PostRow,
  type PostSnapshot,
  type PostView,
  posts,
  statement,
} from '../../state/index.ts';
import { loadFlags, NO_FLAGS } from '../community/load-flags.ts';
import { snapshotPosts } from '../community/load-posts.ts';
import { requireActor } from '../community/parties.ts';
import { participantsOf, touchConversations } from '../notices/conversations.ts';
import { requirePost } from './access.ts';
import { bodyColumns, checkBody, findMentions, takeMedia, writeMentions, writeTags } from './body.ts';
import { countPost } from './counts.ts';
import { requireFits } from './limits.ts';
import type { NewPost } from './messages.ts';
import { enrol, findPlace, type Place } from './place.ts';
import { reachOf } from './reach.ts';
import { readOwn } from './read-marks.ts';
import { tellFollowers, tellMentioned } from './tell.ts';
import { writeTopic } from './topics.ts';

const byOrigin = statement<{ origin: string }>((db, { origin }) =>
  db.selectFrom('posts').selectAll().where('origin', '=', origin),
);

export async function create(context: CommandContext, wanted: NewPost): Promise<PostView> {
  const { db } = context;
  const author = await requireActor(db, wanted.actor);
  checkBody(wanted.body);
  if (wanted.origin === undefined) await requireFits(db, wanted.body, wanted.topic);
  if (wanted.origin !== undefined) {
    const [known] = await posts.find(db, byOrigin, { origin: wanted.origin });
    if (known) throw new CarillonError('conflict', `the post ${wanted.origin} is here already`);
  }
  const parent = wanted.replyTo === undefined ? undefined : await requirePost(db, author.id, wanted.replyTo);
  const mentions = await findMentions(db, wanted.body.mentions);
  const { visibility, channel } = wanted;
  const place = await findPlace(context, { author, visibility, channel, mentions, parent });
  const row = newRow(context, wanted, place, parent);
  await posts.insert(db, row);
  await indexPost(db, row);
  await writeTopic(db, row);
  if (wanted.readBySender) await readOwn(context, row);
  await takeMedia(context, row, wanted.body.media);
  await writeTags(db, row);
  const named = await writeMentions(
    db,
    row.id,
    mentions.map(({ id }) => id),
  );
  await countPost(db, row, 1);
  const { post, since } = await announceCreated(context, row);
  await enrol(context, row.channel, place.newMembers, since);
  if (row.visibility === 'direct') {
    await touchConversations(context, { post: row, participants: participantsOf(place.channel) });
  }
  await tellMentioned(context, row, named);
  await tellFollowers(context, row, since);
  // Nobody has done anything with it yet; the thread that it goes on with may be muted.
  return { post, flags: row.reply_to === null ? NO_FLAGS : (await loadFlags(db, author.id, [post]))(post) };
}

async function announceCreated(
  context: CommandContext,
  row: PostRow,
): Promise<{ readonly post: PostSnapshot; readonly since: Position }> {
  const [post] = await snapshotPosts(context.db, [row]);
  if (!post) throw new Error(`post ${row.id} cannot be told`);
  const reach = await reachOf(context.db, row, 'created', post);
  return { post, since: announce(context, { type: 'post.created', ...reach, data: { post } }) };
}

function newRow(context: CommandContext, wanted: NewPost, place: Place, parent: PostRow | undefined): PostRow {
  const id = context.nextId();
  return {
    id,
    channel: place.channel.id,
    author: wanted.actor,
    kind: 'note',
    node: 'posts',
    visibility: place.visibility,
    shared: null,
    reply_to: parent?.id ?? null,
    reply_to_account: parent?.author ?? null,
    thread: parent?.thread ?? id,
    topic: place.visibility === 'direct' ? '' : (parent?.topic ?? normalizeTopic(wanted.topic ?? '')),
    ...bodyColumns(wanted.body),
    application: wanted.application?.name ?? null,
    application_website: wanted.application?.website ?? null,
    origin: wanted.origin ?? null,
    replies_count: 0,
    shares_count: 0,
    favourites_count: 0,
    created_at: wanted.createdAt ?? context.now,
    edited_at: null,
  };
}
