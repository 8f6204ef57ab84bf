import { type Database, follows, type PostMoveRow, postMoves, statement } from '../../state/index.ts';
import { loadChannels } from '../community/load-accounts.ts';
import type { MoveView } from './messages.ts';

const movesOf = statement<{ post: number }>((db, { post }) =>
  db.selectFrom('post_moves').selectAll().where('post', '=', post).orderBy('number'),
);

/** Oldest first. */
export function findMoves(db: Database, post: number): Promise<readonly PostMoveRow[]> {
  return postMoves.find(db, movesOf, { post });
}

/** As a viewer who may see the post may see them: what a closed channel calls its topics is for its members. */
export async function viewMoves(db: Database, viewer: number | null, post: number): Promise<readonly MoveView[]> {
  const rows = await findMoves(db, post);
  const places = await loadChannels(db, [...new Set(rows.flatMap((row) => [row.from_channel, row.to_channel]))]);
  const known = new Map<number, boolean>();
  for (const { id, kind, access } of places.values()) {
    const follow = viewer === null ? undefined : await follows.get(db, { channel: id, account: viewer });
    known.set(id, kind !== 'group' || access === 'open' || follow?.state === 'subscribed');
  }
  const placeOf = (channel: number, topic: string) => ({ channel, topic: known.get(channel) ? topic : null });
  return rows.map((row) => ({
    actor: row.actor,
    from: placeOf(row.from_channel, row.from_topic),
    to: placeOf(row.to_channel, row.to_topic),
    createdAt: row.created_at,
  }));
}

/** What a post that goes takes with it. */
export async function dropMoves(db: Database, post: number): Promise<void> {
  for (const row of await findMoves(db, post)) await postMoves.remove(db, row);
}
