import { CarillonError } from '@carillon/core';
import {
  type Affiliation,
  accountTopic,
  announce,
  type ChannelRow,
  type CommandContext,
  type Database,
  type FollowRow,
  follows,
} from '../../state/index.ts';
import { requireActor, requireChannel, requireParty } from '../community/parties.ts';
import { header, type Membership } from './membership-events.ts';
import { endFollow, newFollow } from './memberships.ts';
import { passOn } from './ownership.ts';
import { isStaff, requireStaff, staffOf } from './staff.ts';

export interface Assignment {
  readonly target: number;
  readonly channel: number;
  readonly affiliation: Affiliation;
}

interface NewAffiliation extends Assignment {
  readonly actor: number;
}

export async function affiliate(
  context: CommandContext,
  { actor, target, channel: where, affiliation }: NewAffiliation,
): Promise<undefined> {
  const { db } = context;
  await requireActor(db, actor);
  await requirePerson(db, target);
  const channel = await requireStaff(db, actor, where);
  const row = await standingOf(context, target, where);
  if (row.affiliation === affiliation) return;
  await requireRank(context, actor, channel, row, affiliation);
  const membership = { actor, account: target, channel };
  await change(context, membership, row, affiliation);
  await announceAffiliation(context, membership, affiliation);
}

/** What the administrator does is told as the doing of the channel's owner: nobody else stands for it there. */
export async function assign(
  context: CommandContext,
  { target, channel: where, affiliation }: Assignment,
): Promise<undefined> {
  const { db } = context;
  await requirePerson(db, target);
  const before = await requireChannel(db, where);
  if (before.kind !== 'group') throw new CarillonError('unprocessable', 'only group channels have members of a rank');
  const row = await standingOf(context, target, where);
  if (row.affiliation === affiliation) return;
  const channel = target === before.owner ? await passOn(db, before) : before;
  const membership = { actor: channel.owner, account: target, channel };
  await change(context, membership, row, affiliation);
  await announceAffiliation(context, membership, affiliation);
}

async function requirePerson(db: Database, target: number): Promise<void> {
  const { account } = await requireParty(db, target);
  if (!account) throw new CarillonError('unprocessable', 'a group channel is not a member of another');
}

async function standingOf(context: CommandContext, account: number, channel: number): Promise<FollowRow> {
  return (await follows.get(context.db, { channel, account })) ?? newFollow(context, account, channel, {});
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
