import type { Database, NotificationRow } from '../../state/index.ts';
import { loadAccounts } from '../community/load-accounts.ts';
import { loadPosts } from '../community/load-posts.ts';
import type { NotificationSnapshot } from '../community/snapshots.ts';

/** In the order of the rows, without those whose origin or post is gone. */
export async function loadNotifications(
  db: Database,
  viewer: number,
  rows: readonly NotificationRow[],
): Promise<readonly NotificationSnapshot[]> {
  const origins = await loadAccounts(db, new Set(rows.map(({ origin }) => origin)));
  const posts = await loadPosts(db, viewer, [...new Set(rows.flatMap(({ post }) => post ?? []))]);
  return rows.flatMap(({ id, type, account, origin, post: about, created_at: createdAt }) => {
    const from = origins.get(origin);
    const post = about === null ? null : posts.get(about);
    return from && post !== undefined ? [{ id, type, account, from, post, createdAt }] : [];
  });
}
