import { CarillonError } from '@carillon/core';
import { accountTopic, announce, type CommandContext, type RelationRow, relations } from '../../state/index.ts';
import { type Party, requireActor, requireKnown, requireParty } from '../community/parties.ts';
import { withdrawNotices } from '../notices/withdraw.ts';
import { requireRoom } from './bounds.ts';
import { endMembership } from './follow.ts';
import { hiddenByRelation } from './hidden-posts.ts';
import type { Relationship } from './messages.ts';
import { relationshipWith } from './relationships.ts';

interface Towards {
  readonly actor: number;
  readonly target: number;
  readonly on: boolean;
}

interface Mute extends Towards {
  readonly notifications?: boolean;
  readonly expiresAt?: number | null;
}

export async function blockTarget(context: CommandContext, { actor, target: id, on }: Towards): Promise<Relationship> {
  const { db } = context;
  const target = await requireOther(context, actor, id, on);
  const key = { account: actor, target: id, kind: 'block' } as const;
  const before = await relations.get(db, key);
  if (on && !before) {
    await requireRoom(db, 'relations', actor);
    const hidden = await hiddenByRelation(db, actor, id);
    await relations.insert(db, newRelation(context, key));
    announceChange(context, actor, id, { kind: 'block', on, hidden });
    await partWays(context, actor, target);
  }
  if (!on && before) {
    await relations.remove(db, key);
    announceChange(context, actor, id, { kind: 'block', on });
  }
  return relationshipWith(context, actor, id);
}

export async function muteTarget(
  context: CommandContext,
  { actor, target: id, on, notifications = true, expiresAt = null }: Mute,
): Promise<Relationship> {
  const { db, now } = context;
  await requireOther(context, actor, id, on);
  if (on && expiresAt !== null && expiresAt <= now) {
    throw new CarillonError('unprocessable', 'the mute would end before it begins');
  }
  const key = { account: actor, target: id, kind: 'mute' } as const;
  const before = await relations.get(db, key);
  if (on) {
    if (!before) await requireRoom(db, 'relations', actor);
    const row = {
      ...(before ?? newRelation(context, key)),
      notifications: Number(notifications),
      expires_at: expiresAt,
    };
    const same = before?.notifications === row.notifications && before.expires_at === row.expires_at;
    if (same) return relationshipWith(context, actor, id);
    const hidden = await hiddenByRelation(db, actor, id);
    await relations.put(db, row);
    const end = expiresAt === null ? {} : { expiresAt };
    announceChange(context, actor, id, { kind: 'mute', on, notifications, hidden, ...end });
  } else if (before) {
    await relations.remove(db, key);
    announceChange(context, actor, id, { kind: 'mute', on });
  }
  return relationshipWith(context, actor, id);
}

interface Change {
  readonly kind: RelationRow['kind'];
  readonly on: boolean;
  readonly notifications?: boolean;
  readonly expiresAt?: number;
  readonly hidden?: readonly number[];
}

function announceChange(context: CommandContext, actor: number, target: number, change: Change): void {
  announce(context, {
    type: 'relationship.changed',
    topics: [accountTopic(actor), 'system'],
    actor: String(actor),
    routing: { author: actor, object: target },
    subjects: [`account:${actor}`, `account:${target}`],
    data: { account: actor, target, ...change },
  });
}

/** Follows and requests end in both directions, and the blocked one's notices go. */
async function partWays(context: CommandContext, actor: number, target: Party): Promise<void> {
  const own = await requireParty(context.db, actor);
  await endMembership(context, { actor, account: actor, channel: target.channel });
  await endMembership(context, { actor, account: target.id, channel: own.channel });
  await withdrawNotices(context, { account: actor, origin: target.id });
}

/** What was blocked or muted may be let go even when it is suspended by now. */
async function requireOther(context: CommandContext, actor: number, target: number, on: boolean): Promise<Party> {
  await requireActor(context.db, actor);
  if (actor === target) throw new CarillonError('forbidden', 'nobody blocks or mutes themself');
  return on ? requireParty(context.db, target) : requireKnown(context.db, target);
}

function newRelation(context: CommandContext, key: Pick<RelationRow, 'account' | 'target' | 'kind'>): RelationRow {
  return { ...key, id: context.nextId(), notifications: 0, expires_at: null, created_at: context.now };
}
