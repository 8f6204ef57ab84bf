import { CarillonError } from '@carillon/core';
import {
  type Affiliation,
  accountTopic,
  announce,
  type ChannelRow,
  type CommandContext,
  type FollowRow,
  follows,
} from '../../state/index.ts';
import { requireActor, requireParty } from '../community/parties.ts';
import { header, type Membership } from './membership-events.ts';
import { endFollow, newFollow } from './memberships.ts';
import { isStaff, requireStaff, staffOf } from './staff.ts';

interface NewAffiliation {
  readonly actor: number;
  readonly target: number;
  readonly channel: number;
  readonly affiliation: Affiliation;
}

export async function affiliate(
  context: CommandContext,
  { actor, target, channel: where, affiliation }: NewAffiliation,
): Promise<undefined> {
  const { db } = context;
  await requireActor(db, actor);
  const { account } = await requireParty(db, target);
  if (!account) throw new CarillonError('unprocessable', 'a group channel is not a member of another');
  const channel = await requireStaff(db, actor, where);
  const row = (await follows.get(db, { channel: where, account: target })) ?? newFollow(context, target, where, {});
  if (row.affiliation === affiliation) return;
  await requireRank(context, actor, channel, row, affiliation);
  const membership = { actor, account: target, channel };
  await change(context, membership, row, affiliation);
  await announceAffiliation(context, membership, affiliation);
}

/** Moderators decide about members only, and nobody about whom the channel belongs to. */
async function requireRank(
  { db }: CommandContext,
  actor: number,
  channel: ChannelRow,
  row: FollowRow,
  affiliation: Affiliation,
): Promise<void> {
  if (row.account === channel.owner) throw new CarillonError('forbidden', 'the channel belongs to this account');
  const own = await follows.get(db, { channel: channel.id, account: actor });
  if (own?.affiliation === 'owner' && (channel.kind !== 'personal' || affiliation !== 'owner')) return;
  if (isStaff(row) || affiliation === 'owner' || affiliation === 'moderator') {
    throw new CarillonError('forbidden', 'only owners of a channel decide about its owners and moderators');
  }
}

async function change(
  context: CommandContext,
  membership: Membership,
  row: FollowRow,
  affiliation: Affiliation,
): Promise<void> {
  const { db } = context;
  const waits = row.state === 'subscribed' || row.state === 'pending';
  const loses = affiliation === 'outcast' || (affiliation === 'none' && membership.channel.access !== 'open');
  if (waits && loses) return endFollow(context, membership, row, affiliation);
  if (waits) return follows.put(db, { ...row, affiliation });
  if (affiliation === 'none') return void (await follows.remove(db, row));
  const state = affiliation === 'outcast' ? 'none' : 'invited';
  await follows.put(db, { ...row, state, affiliation });
}

async function announceAffiliation(
  context: CommandContext,
  membership: Membership,
  affiliation: Affiliation,
): Promise<void> {
  const { account, channel } = membership;
  const staff = await staffOf(context.db, channel.id);
  announce(context, {
    ...header(membership),
    type: 'affiliation.changed',
    topics: [...new Set([account, ...staff])].map(accountTopic),
    data: { account, channel: channel.id, affiliation },
  });
}
