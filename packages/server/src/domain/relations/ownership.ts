import { CarillonError } from '@carillon/core';
import {
  accounts,
  type ChannelRow,
  channels,
  type Database,
  type FollowRow,
  follows,
  statement,
} from '../../state/index.ts';

/** One who may act, else whoever there is. */
const otherOwnersOf = statement<{ channel: number; account: number }>((db, { channel, account }) =>
  db
    .selectFrom('follows')
    .innerJoin('accounts', 'accounts.id', 'follows.account')
    .selectAll('follows')
    .where('follows.channel', '=', channel)
    .where('follows.account', '<>', account)
    .where('follows.affiliation', '=', 'owner')
    .where('accounts.deactivated_at', 'is', null)
    .orderBy('accounts.suspended_at')
    .orderBy('follows.id')
    .limit(1),
);

/** The channel as that of its longest-standing other owner; throws `conflict` where there is none. */
export async function passOn(db: Database, channel: ChannelRow): Promise<ChannelRow> {
  const { id, owner } = channel;
  const [heir] = await follows.find(db, otherOwnersOf, { channel: id, account: owner });
  if (!heir) {
    throw new CarillonError('conflict', 'the last owner of a channel cannot go; make somebody else an owner first');
  }
  const own = await follows.get(db, { channel: id, account: owner });
  const left = own?.state === 'subscribed' ? await countFollower(db, channel, owner, 1) : channel;
  return takeOver(db, left, heir);
}

/** Gives a channel to one of its members. */
export async function takeOver(db: Database, channel: ChannelRow, heir: FollowRow): Promise<ChannelRow> {
  // An owner is no follower of its own channel.
  const left = heir.state === 'subscribed' ? await countFollower(db, channel, heir.account, -1) : channel;
  const passed = { ...left, owner: heir.account };
  await channels.put(db, passed);
  return passed;
}

async function countFollower(db: Database, channel: ChannelRow, account: number, by: 1 | -1): Promise<ChannelRow> {
  const row = await accounts.get(db, { id: account });
  if (!row) return channel;
  await accounts.put(db, { ...row, following_count: row.following_count + by });
  return { ...channel, followers_count: channel.followers_count + by };
}
