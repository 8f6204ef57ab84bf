import { CarillonError } from '@carillon/core';
import { type CommandContext, type PostFlagsRow, type PostRow, postFlags } from '../../state/index.ts';
import { announce } from '../community/events.ts';
import { requireActor } from '../community/parties.ts';
import type { PostView } from '../community/snapshots.ts';
import { accountTopic } from '../community/topics.ts';
import { requirePost } from './access.ts';
import { showPost } from './show.ts';

type Flag = 'bookmarked' | 'pinned' | 'muted' | 'read' | 'collapsed';

export async function flag(
  context: CommandContext,
  wanted: { readonly actor: number; readonly id: number; readonly flag: Flag; readonly on: boolean },
): Promise<PostView> {
  const { db } = context;
  const { actor, flag: name, on } = wanted;
  await requireActor(db, actor);
  const post = await requirePost(db, actor, wanted.id);
  if (name === 'pinned' && on) requirePinnable(post, actor);
  const place = { account: actor, post: name === 'muted' ? post.thread : post.id };
  const row = (await postFlags.get(db, place)) ?? { ...place, ...NO_FLAGS };
  if (isOn(row, name) === on) return showPost(db, actor, post.id);
  const changed = { ...row, ...columnOf(context, name, on) };
  if (hasFlags(changed)) await postFlags.put(db, changed);
  else await postFlags.remove(db, place);
  announceFlag(context, post, wanted);
  return showPost(db, actor, post.id);
}

const NO_FLAGS = { bookmarked: null, pinned: null, muted: 0, read: 0, collapsed: 0 } as const;

/** Whether a row says more than that there is none. */
export function hasFlags({ bookmarked, pinned, muted, read, collapsed }: PostFlagsRow): boolean {
  return bookmarked !== null || pinned !== null || muted + read + collapsed > 0;
}

function isOn(row: PostFlagsRow, name: Flag): boolean {
  return name === 'bookmarked' || name === 'pinned' ? row[name] !== null : row[name] === 1;
}

/** Bookmarks and pins are listed by ids of their own. */
function columnOf(context: CommandContext, name: Flag, on: boolean): Partial<PostFlagsRow> {
  if (name === 'bookmarked' || name === 'pinned') return { [name]: on ? context.nextId() : null };
  return { [name]: on ? 1 : 0 };
}

function requirePinnable({ id, author, visibility }: PostRow, actor: number): void {
  if (author !== actor) throw new CarillonError('unprocessable', `post ${id} is another’s and cannot be pinned`);
  if (visibility !== 'public' && visibility !== 'unlisted') {
    throw new CarillonError('unprocessable', `post ${id} cannot be pinned: not everybody may see it`);
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
    data: { post: post.id, flag: name, on },
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
