import { CarillonError } from '@carillon/core';
import { sql } from 'kysely';
import { type ChannelRow, type Database, type FollowRow, follows, statement } from '../../state/index.ts';
import { requireChannel } from '../community/parties.ts';

/** In the words of its index. */
const staffRows = statement<{ channel: number }>((db, { channel }) =>
  db
    .selectFrom('follows')
    .selectAll()
    .where('channel', '=', channel)
    .where(sql<boolean>`affiliation IN ('owner', 'moderator')`)
    .orderBy('id')
    .limit(50),
);

/** Owners and moderators of a channel, the 50 oldest: who hears of requests and answers them. */
export async function staffOf(db: Database, channel: number): Promise<readonly number[]> {
  return (await follows.find(db, staffRows, { channel })).map(({ account }) => account);
}

export function isStaff(row: Pick<FollowRow, 'affiliation'> | undefined): boolean {
  return row?.affiliation === 'owner' || row?.affiliation === 'moderator';
}

/**
 * The channel, when the actor may decide about its members. Throws `not-found` where there is none and `forbidden`
 * where somebody else decides.
 */
export async function requireStaff(db: Database, actor: number, channel: number): Promise<ChannelRow> {
  const found = await requireChannel(db, channel);
  if (isStaff(await follows.get(db, { channel, account: actor }))) return found;
  throw new CarillonError('forbidden', 'only owners and moderators of a channel decide about its members');
}
