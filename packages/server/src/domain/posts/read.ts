import { sql } from 'kysely';
import {
  type AccountSnapshot,
  type Database,
  type Listed,
  type Message,
  type PostEditRow,
  type PostRow,
  type PostView,
  posts,
  type ReactionRow,
  reactions,
} from '../../state/index.ts';
import { loadAccounts, loadMedia } from '../community/load-accounts.ts';
import { FAVOURITE } from '../community/load-flags.ts';
import { viewPosts } from '../community/load-posts.ts';
import { findPage, pagedBy } from '../community/paging.ts';
import { findVisible, visiblePost } from './access.ts';
import { favouritedBy, type PostVersion, postById, postHistory, postsByIds, sharedBy } from './messages.ts';
import { viewMoves } from './moves.ts';
import { findEdits } from './reach.ts';

type Input<M> = M extends Message<infer I, unknown> ? I : never;
type Viewer = number | null;

interface Of {
  readonly post: number;
}

const favouritesOf = pagedBy('id', (db, { post }: Of) =>
  db.selectFrom('reactions').selectAll().where('post', '=', post).where('emoji', '=', FAVOURITE),
);
const sharesOf = pagedBy('id', (db, { post }: Of) =>
  db
    .selectFrom('posts')
    .selectAll()
    .where('shared', '=', post)
    .where('visibility', 'in', sql<PostRow['visibility']>`('public', 'unlisted')`),
);

export const readQueries = {
  [postById.name]: async (db: Database, { viewer, id }: Input<typeof postById>) =>
    (await viewPosts(db, viewer, await findVisible(db, viewer, [id])))[0],
  [postsByIds.name]: async (db: Database, { viewer, ids }: Input<typeof postsByIds>) => {
    const views = await viewPosts(db, viewer, await findVisible(db, viewer, ids));
    const found = new Map(views.map((view) => [view.post.id, view]));
    return ids.flatMap((id) => found.get(id) ?? []);
  },
  [postHistory.name]: async (db: Database, { viewer, id }: Input<typeof postHistory>) => {
    const row = await visiblePost(db, viewer, id);
    const [post] = row ? await viewPosts(db, viewer, [row]) : [];
    if (!row || !post) return undefined;
    return { post, versions: await versionsOf(db, row, post), moves: await viewMoves(db, viewer, row.id) };
  },
  [favouritedBy.name]: async (db: Database, { viewer, id, page }: Input<typeof favouritedBy>) => {
    const row = await shownPost(db, viewer, id);
    if (!row) return undefined;
    const rows: readonly ReactionRow[] = await findPage(db, reactions, favouritesOf, { post: row.id }, page);
    return listAccounts(
      db,
      rows.map((found) => ({ cursor: found.id, item: found.account })),
    );
  },
  [sharedBy.name]: async (db: Database, { viewer, id, page }: Input<typeof sharedBy>) => {
    const row = await shownPost(db, viewer, id);
    if (!row) return undefined;
    const rows: readonly PostRow[] = await findPage(db, posts, sharesOf, { post: row.id }, page);
    return listAccounts(
      db,
      rows.map((found) => ({ cursor: found.id, item: found.author })),
    );
  },
};

/** The post that is meant, which a share's is the one it passes on. */
async function shownPost(db: Database, viewer: Viewer, id: number): Promise<PostRow | undefined> {
  const row = await visiblePost(db, viewer, id);
  return row?.shared ? visiblePost(db, viewer, row.shared) : row;
}

async function listAccounts(
  db: Database,
  listed: readonly Listed<number>[],
): Promise<readonly Listed<AccountSnapshot>[]> {
  const found = await loadAccounts(
    db,
    listed.map(({ item }) => item),
  );
  return listed.flatMap(({ cursor, item }) => {
    const account = found.get(item);
    return account && !account.suspended ? [{ cursor, item: account }] : [];
  });
}

async function versionsOf(db: Database, row: PostRow, { post }: PostView): Promise<readonly PostVersion[]> {
  const edits = await findEdits(db, row.id);
  const shown = await loadMedia(db, edits.flatMap(mediaOf));
  const earlier = edits.map((edit) => ({
    html: edit.html,
    warning: edit.warning,
    sensitive: edit.sensitive === 1,
    createdAt: edit.created_at,
    media: mediaOf(edit).flatMap((id) => shown.get(id) ?? []),
  }));
  const { html, warning, sensitive, media } = post;
  return [...earlier, { html, warning, sensitive, media, createdAt: row.edited_at ?? row.created_at }];
}

function mediaOf({ media }: PostEditRow): readonly number[] {
  return JSON.parse(media);
}
