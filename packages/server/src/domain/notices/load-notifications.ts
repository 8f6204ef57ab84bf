import { type Database, type NotificationRow, type NotificationSnapshot, type PostView } from '../../state/index.ts';
import { loadAccounts } from '../community/load-accounts.ts';
import { viewPosts } from '../community/load-posts.ts';
import { findVisible } from '../posts/access.ts';

/** In the order of the rows, without those whose origin is gone or whose post the viewer may no longer see. */
export async function loadNotifications(
  db: Database,
  viewer: number,
  rows: readonly NotificationRow[],
): Promise<readonly NotificationSnapshot[]> {
  const origins = await loadAccounts(db, new Set(rows.map(({ origin }) => origin)));
  const posts = await loadVisible(
    db,
    viewer,
    rows.flatMap(({ post }) => post ?? []),
  );
  return rows.flatMap(({ id, type, account, origin, post: about, filtered, created_at: createdAt }) => {
    const from = origins.get(origin);
    const post = about === null ? null : posts.get(about);
    if (!from || post === undefined) return [];
    return { id, type, account, from, post, createdAt, ...(filtered === 1 ? { filtered: true as const } : {}) };
  });
}

/** Posts as the viewer is shown them, without those that it may not see. */
export async function loadVisible(
  db: Database,
  viewer: number,
  ids: readonly number[],
): Promise<ReadonlyMap<number, PostView>> {
  if (ids.length === 0) return new Map();
  const views = await viewPosts(db, viewer, await findVisible(db, viewer, [...new Set(ids)]));
  return new Map(views.map((view) => [view.post.id, view]));
}
