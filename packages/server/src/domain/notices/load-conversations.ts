import { type ConversationRow, type ConversationSnapshot, type Database } from '../../state/index.ts';
import { loadAccounts } from '../community/load-accounts.ts';
import { loadVisible } from './load-notifications.ts';

/** In the order of the rows. */
export async function loadConversations(
  db: Database,
  viewer: number,
  rows: readonly ConversationRow[],
): Promise<readonly ConversationSnapshot[]> {
  const others = rows.map((row): readonly number[] => JSON.parse(row.others));
  const accounts = await loadAccounts(db, new Set(others.flat()));
  const posts = await loadVisible(
    db,
    viewer,
    rows.flatMap(({ last_post }) => last_post ?? []),
  );
  return rows.map(({ id, account, unread, last_post }, index) => ({
    id,
    account,
    unread: unread === 1,
    others: (others[index] ?? []).flatMap((other) => accounts.get(other) ?? []),
    lastPost: (last_post === null ? undefined : posts.get(last_post)) ?? null,
  }));
}
