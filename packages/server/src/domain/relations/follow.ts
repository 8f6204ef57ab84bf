import { CarillonError } from '@carillon/core';
import { type Affiliation, type ChannelRow, type CommandContext, type FollowRow, follows } from '../../state/index.ts';
import { requireActor, requireChannel, requireKnown, requireParty } from '../community/parties.ts';
import { admission, requireFollowable } from './barriers.ts';
import { requireRoom } from './bounds.ts';
import {
  changeFollow,
  denyFollow,
  endFollow,
  type FollowOptions,
  newFollow,
  requestFollow,
  startFollow,
  withOptions,
} from './memberships.ts';
import type { Relationship } from './messages.ts';
import { relationshipWith } from './relationships.ts';
import { findRequest, oldestRequests } from './requests.ts';
import { requireStaff } from './staff.ts';

interface Towards {
  readonly actor: number;
  readonly target: number;
}

export async function followTarget(
  context: CommandContext,
  { actor, target: id, ...options }: Towards & FollowOptions,
): Promise<Relationship> {
  const { db } = context;
  await requireActor(db, actor);
  const target = await requireParty(db, id);
  const key = { channel: target.channel.id, account: actor };
  const row = await follows.get(db, key);
  const membership = { actor, account: actor, channel: target.channel };
  await requireFollowable(db, actor, target, row);
  if (row?.state === 'subscribed' || row?.state === 'pending') {
    await changeFollow(context, membership, row, options);
    return relationshipWith(context, actor, id);
  }
  await requireRoom(db, 'follows', actor);
  const wanted = row ? withOptions(row, options) : newFollow(context, actor, target.channel.id, options);
  switch (admission(target, row)) {
    case 'refused':
      throw new CarillonError('forbidden', 'this channel is open to those it invites only');
    case 'pending':
      await requestFollow(context, membership, wanted);
      break;
    case 'subscribed':
      await startFollow(context, membership, wanted, affiliationOf(wanted, target.channel));
  }
  return relationshipWith(context, actor, id);
}

export async function unfollowTarget(context: CommandContext, { actor, target: id }: Towards): Promise<Relationship> {
  await requireActor(context.db, actor);
  const target = await requireKnown(context.db, id);
  await endMembership(context, { actor, account: actor, channel: target.channel });
  return relationshipWith(context, actor, id);
}

/** Ends whatever the account has there, a subscription or a request; nothing where it has none. */
export async function endMembership(
  context: CommandContext,
  membership: { readonly actor: number; readonly account: number; readonly channel: ChannelRow },
): Promise<void> {
  const { account, channel } = membership;
  if (account === channel.owner) return;
  const row = await follows.get(context.db, { channel: channel.id, account });
  if (row?.state === 'subscribed' || row?.state === 'pending') await endFollow(context, membership, row);
}

export async function answerRequest(
  context: CommandContext,
  { actor, target: id, channel: where, accept }: Towards & { readonly channel?: number; readonly accept: boolean },
): Promise<Relationship> {
  const { db } = context;
  const own = await requireActor(db, actor);
  const target = await requireParty(db, id);
  const row = await findRequest(db, { viewer: actor, own: own.channel, account: id, channel: where });
  if (row) {
    const channel = await requireStaff(db, actor, row.channel);
    if (accept) await acceptRequest(context, actor, channel, row);
    else await denyFollow(context, { actor, account: target.id, channel }, row);
    return relationshipWith(context, actor, id);
  }
  // A repeated answer finds what the first one left.
  const { id: channel } = await requireStaff(db, actor, where ?? own.channel);
  const answered = await follows.get(db, { channel, account: id });
  if (accept && answered?.state === 'subscribed') return relationshipWith(context, actor, id);
  throw new CarillonError('not-found', `account ${id} has not asked to follow`);
}

async function acceptRequest(
  context: CommandContext,
  actor: number,
  channel: ChannelRow,
  row: FollowRow,
): Promise<void> {
  await startFollow(context, { actor, account: row.account, channel }, row, affiliationOf(row, channel));
}

/** Requests that a channel which opens itself grants in the same commit, oldest first; any others wait on. */
const MOST_ACCEPTED = 1_000;

export async function acceptWaiting(context: CommandContext, actor: number, where: number): Promise<void> {
  const channel = await requireChannel(context.db, where);
  for (const row of await oldestRequests(context.db, where, MOST_ACCEPTED)) {
    await acceptRequest(context, actor, channel, row);
  }
}

export async function dropFollower(
  context: CommandContext,
  { actor, target: id, channel: where }: Towards & { readonly channel?: number },
): Promise<Relationship> {
  const own = await requireActor(context.db, actor);
  await requireKnown(context.db, id);
  const channel = await requireStaff(context.db, actor, where ?? own.channel);
  await endMembership(context, { actor, account: id, channel });
  return relationshipWith(context, actor, id);
}

/** What a member becomes: what it was made beforehand, else what the channel makes of everybody. */
function affiliationOf(row: FollowRow, channel: ChannelRow): Affiliation {
  return row.affiliation === 'none' ? channel.default_affiliation : row.affiliation;
}
