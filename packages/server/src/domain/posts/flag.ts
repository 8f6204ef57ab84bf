import { CarillonError } from '@carillon/core';
import {
  accountTopic,
  announce,
  type CommandContext,
  type Database,
  numberOf,
  type PostFlagsRow,
  type PostRow,
  type PostView,
  postFlags,
  statement,
} from '../../state/index.ts';
import { requireActor } from '../community/parties.ts';
import { requirePost, requireTouched } from './access.ts';
import { MAX_PINS } from './messages.ts';
import { NO_FLAGS, writeFlags } from './read-marks.ts';
import { showPost, showTouched } from './show.ts';

const pinsOf = statement<{ account: number }>((db, { account }) =>
  db
    .selectFrom('post_flags')
    .select((is) => is.fn.countAll().as('n'))
    .where('account', '=', account)
    .where('pinned', 'is not', null),
);

type Flag = 'bookmarked' | 'pinned' | 'muted' | 'collapsed';

export async function flag(
  context: CommandContext,
  wanted: { readonly actor: number; readonly id: number; readonly flag: Flag; readonly on: boolean },
): Promise<PostView> {
  const { db } = context;
  const { actor, flag: name, on } = wanted;
  await requireActor(db, actor);
  const rowOf = async (post: PostRow): Promise<PostFlagsRow> => {
    const place = { account: actor, post: name === 'muted' ? post.thread : post.id };
    return (await postFlags.get(db, place)) ?? { ...place, ...NO_FLAGS };
  };
  const post = on
    ? await requirePost(db, actor, wanted.id)
    : await requireTouched(db, actor, wanted.id, async (meant) => isOn(await rowOf(meant), name));
  const row = await rowOf(post);
  if (isOn(row, name) === on) return showPost(db, actor, post.id);
  if (name === 'pinned' && on) await requirePinnable(db, post, actor);
  const changed = { ...row, ...columnOf(context, name, on) };
  await writeFlags(db, changed);
  announceFlag(context, post, wanted);
  return showTouched(db, actor, post.id);
}

function isOn(row: PostFlagsRow, name: Flag): boolean {
  return name === 'bookmarked' || name === 'pinned' ? row[name] !== null : row[name] === 1;
}

/** Bookmarks and pins are listed by ids of their own. */
function columnOf(context: CommandContext, name: Flag, on: boolean): Partial<PostFlagsRow> {
  if (name === 'bookmarked' || name === 'pinned') return { [name]: on ? context.nextId() : null };
  return { [name]: on ? 1 : 0 };
}

async function requirePinnable(db: Database, { id, author, visibility }: PostRow, actor: number): Promise<void> {
  if (author !== actor) throw new CarillonError('unprocessable', `post ${id} is another’s and cannot be pinned`);
  if (visibility === 'direct') throw new CarillonError('unprocessable', `post ${id} is direct and cannot be pinned`);
  if ((await numberOf(db, pinsOf, { account: actor })) >= MAX_PINS) {
    throw new CarillonError('unprocessable', `no more than ${MAX_PINS} posts can be pinned`);
  }
}

function announceFlag(
  context: CommandContext,
  post: PostRow,
  { actor, flag: name, on }: { readonly actor: number; readonly flag: Flag; readonly on: boolean },
): void {
  const topics = [accountTopic(actor)];
  const routing = { author: actor, object: post.id, channel: post.channel };
  announce(context, {
    type: 'post.flagged',
    topics,
    actor: String(actor),
    routing,
    subjects: [`post:${post.id}`, `account:${actor}`],
    data: { account: actor, flag: name === 'bookmarked' ? 'starred' : name, on, posts: [post.id] },
  });
  if (name !== 'muted') return;
  announce(context, {
    type: 'relationship.changed',
    topics,
    actor: String(actor),
    subjects: [`account:${actor}`],
    data: { account: actor, target: post.thread, kind: 'thread-mute', on },
  });
}
