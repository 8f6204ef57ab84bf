import { CarillonError } from '@carillon/core';
import {
  announce,
  type CommandContext,
  type Database,
  type UserGroupChange,
  type UserGroupRow,
  userGroups,
} from '../../state/index.ts';
import { requireActor } from '../community/parties.ts';
import { mayAct } from '../community/rights.ts';
import { isRoleGroup } from './role-groups.ts';

/** Throws `forbidden` for groups of roles, which only roles change. */
export async function requireGroup(db: Database, id: number): Promise<UserGroupRow> {
  const row = await userGroups.get(db, { id });
  if (row) return row;
  if (isRoleGroup(id)) throw new CarillonError('forbidden', 'only roles decide who is in this group');
  throw new CarillonError('not-found', `there is no group ${id}`);
}

/** Whoever looks after all groups may change it, and whoever made it as long as it may make groups. */
export async function requireChangeable(context: CommandContext, actor: number, id: number): Promise<UserGroupRow> {
  const person = await requireActor(context.db, actor);
  const row = await requireGroup(context.db, id);
  if (await mayAct(context, person, 'groups.manage')) return row;
  if (row.creator === actor && (await mayAct(context, person, 'groups.create'))) return row;
  throw new CarillonError('forbidden', 'moderators and whoever made the group may change it');
}

export function announceGroup(context: CommandContext, actor: number, id: number, change: UserGroupChange): void {
  announce(context, {
    type: 'group.changed',
    topics: ['community'],
    actor: String(actor),
    routing: { author: actor, object: id },
    data: change,
  });
}
