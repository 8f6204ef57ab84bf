import { CarillonError } from '@carillon/core';
import {
  announce,
  type CommandContext,
  channels,
  type Database,
  type PostRow,
  type PostView,
  posts,
  statement,
  type Visibility,
} from '../../state/index.ts';
import { snapshotPosts } from '../community/load-posts.ts';
import { requireActor } from '../community/parties.ts';
import { notify } from '../notices/notify.ts';
import { withdrawNotices } from '../notices/withdraw.ts';
import { requirePost, visiblePost } from './access.ts';
import { countPost } from './counts.ts';
import { findDoers } from './doers.ts';
import { reachOfShare, reachOfUnshare } from './reach.ts';
import { showPost } from './show.ts';

const shareBy = statement<{ shared: number; author: number }>((db, { shared, author }) =>
  db.selectFrom('posts').selectAll().where('shared', '=', shared).where('author', '=', author),
);

export async function share(
  context: CommandContext,
  wanted: { readonly actor: number; readonly id: number; readonly visibility: Visibility },
): Promise<PostView> {
  const { db } = context;
  const actor = await requireActor(db, wanted.actor);
  const shared = await requirePost(db, actor.id, wanted.id);
  const [known] = await posts.find(db, shareBy, { shared: shared.id, author: actor.id });
  if (known) return showPost(db, actor.id, known.id);
  await requireShareable(db, actor.id, shared);
  const row = shareRow(context, actor, shared, wanted.visibility);
  await posts.insert(db, row);
  await countPost(db, row, 1);
  const doers = await findDoers(db, shared.id);
  const [post] = await snapshotPosts(db, [row]);
  if (!post) throw new Error(`share ${row.id} cannot be told`);
  announce(context, { type: 'share.created', ...(await reachOfShare(db, row, shared)), data: { post, doers } });
  await notify(context, { account: shared.author, type: 'reblog', origin: actor.id, post: shared.id });
  return showPost(db, actor.id, row.id);
}

export async function unshare(
  context: CommandContext,
  { actor, id }: { readonly actor: number; readonly id: number },
): Promise<PostView | undefined> {
  const { db } = context;
  await requireActor(db, actor);
  const named = await posts.get(db, { id });
  const shared = named?.shared ?? id;
  const [row] = await posts.find(db, shareBy, { shared, author: actor });
  if (!row) return showPost(db, actor, (await requirePost(db, actor, shared)).id);
  await removeShare(context, row);
  const left = await visiblePost(db, actor, shared);
  return left && showPost(db, actor, left.id);
}

/** With its event; the notice goes with the shared post where that is gone already. */
export async function removeShare(context: CommandContext, row: PostRow): Promise<void> {
  const { db } = context;
  const { id, shared } = row;
  if (shared === null) throw new Error(`post ${id} shares nothing`);
  context.eraseSubject(`post:${id}`);
  await posts.remove(db, { id });
  await countPost(db, row, -1);
  announce(context, { type: 'share.deleted', ...reachOfUnshare(row), data: { post: id, shared } });
  const passedOn = await posts.get(db, { id: shared });
  if (!passedOn) return;
  await withdrawNotices(context, { account: passedOn.author, type: 'reblog', origin: row.author, post: shared });
}

/** Public and unlisted posts, and one's own for one's followers. */
async function requireShareable(db: Database, actor: number, { id, author, channel, visibility }: PostRow) {
  const place = await channels.get(db, { id: channel });
  const isOpen = place?.kind !== 'group' || place.access === 'open';
  if ((visibility === 'public' || visibility === 'unlisted') && isOpen) return;
  if (visibility === 'followers' && author === actor && place?.kind === 'personal') return;
  throw new CarillonError('forbidden', `post ${id} may not be shared: not everybody may see it`);
}

function shareRow(
  context: CommandContext,
  actor: { readonly id: number; readonly channel: number },
  shared: PostRow,
  wanted: Visibility,
): PostRow {
  const id = context.nextId();
  const isOpen = shared.visibility === 'public' || shared.visibility === 'unlisted';
  return {
    id,
    channel: actor.channel,
    author: actor.id,
    kind: 'share',
    node: 'posts',
    visibility: isOpen && wanted !== 'direct' ? wanted : 'followers',
    shared: shared.id,
    reply_to: null,
    reply_to_account: null,
    thread: id,
    topic: '',
    language: shared.language,
    sensitive: shared.sensitive,
    warning: '',
    source_format: 'plain',
    source: '',
    html: '',
    text: '',
    tags: '[]',
    media: '[]',
    application: null,
    application_website: null,
    origin: null,
    replies_count: 0,
    shares_count: 0,
    favourites_count: 0,
    created_at: context.now,
    edited_at: null,
  };
}
