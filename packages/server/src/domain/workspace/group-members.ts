import { CarillonError } from '@carillon/core';
import { sql } from 'kysely';
import {
  type CommandContext,
  type Database,
  type Message,
  numberOf,
  numbersOf,
  statement,
  type UserGroupRow,
  type UserGroupSnapshot,
  userGroupMembers,
  userGroupSubgroups,
} from '../../state/index.ts';
import { requireActor } from '../community/parties.ts';
import { auditAct } from '../community/rights.ts';
import { announceGroup, requireChangeable, requireGroup } from './group-access.ts';
import { snapshotGroup } from './load-groups.ts';
import type { changeGroupMembers, changeSubgroups } from './messages.ts';
import { isRoleGroup } from './role-groups.ts';

type Input<M> = M extends Message<infer I, unknown> ? I : never;

/** That one event names (kernel K5). */
const MOST_AT_ONCE = 1_000;

const standing = statement<{ ids: string }>((db, { ids }) =>
  db
    .selectFrom('accounts')
    .select('id as n')
    .where('id', 'in', sql<number>`(SELECT value FROM json_each(${ids}))`)
    .where('domain', 'is', null)
    .where('suspended_at', 'is', null)
    .where('deactivated_at', 'is', null),
);
const usable = statement<{ ids: string }>((db, { ids }) =>
  db
    .selectFrom('user_groups')
    .select('id as n')
    .where('id', 'in', sql<number>`(SELECT value FROM json_each(${ids}))`)
    .where('deactivated_at', 'is', null),
);
/** Whether a group is among those that others hold, at whatever depth. */
const holds = statement<{ ids: string; id: number }>((db, { ids, id }) => ({
  compile: () =>
    sql`WITH RECURSIVE held (id) AS (
        SELECT value FROM json_each(${ids})
        UNION SELECT below.subgroup FROM held JOIN user_group_subgroups AS below ON below.user_group = held.id)
      SELECT count(*) AS n FROM held WHERE id = ${id}`.compile(db),
}));

/** Anybody may leave; whoever else is added or removed is for those who may change the group. */
export async function changeMembers(
  context: CommandContext,
  { actor, id, add = [], remove = [] }: Input<typeof changeGroupMembers>,
): Promise<UserGroupSnapshot> {
  const { db } = context;
  const leaves = add.length === 0 && remove.every((account) => account === actor);
  if (leaves) await requireActor(db, actor);
  else await requireChangeable(context, actor, id);
  const row = await requireActive(db, id);
  checkCount(add);
  checkCount(remove);
  const added = await addMembers(db, id, add);
  const removed: number[] = [];
  for (const account of new Set(remove)) {
    if (await userGroupMembers.remove(db, { user_group: id, account })) removed.push(account);
  }
  if (added.length > 0) announceGroup(context, actor, id, { operation: 'add_members', group: id, members: added });
  if (removed.length > 0) {
    announceGroup(context, actor, id, { operation: 'remove_members', group: id, members: removed });
  }
  if (added.length + removed.length > 0) auditAct(context, actor, 'groups.change-members', id);
  return snapshotGroup(db, row);
}

export async function changeParts(
  context: CommandContext,
  { actor, id, add = [], remove = [] }: Input<typeof changeSubgroups>,
): Promise<UserGroupSnapshot> {
  const { db } = context;
  await requireChangeable(context, actor, id);
  const row = await requireActive(db, id);
  checkCount(add);
  checkCount(remove);
  const removed: number[] = [];
  for (const subgroup of new Set(remove)) {
    if (await userGroupSubgroups.remove(db, { user_group: id, subgroup })) removed.push(subgroup);
  }
  const added = await addSubgroups(db, id, add);
  if (removed.length > 0) {
    announceGroup(context, actor, id, { operation: 'remove_subgroups', group: id, subgroups: removed });
  }
  if (added.length > 0) announceGroup(context, actor, id, { operation: 'add_subgroups', group: id, subgroups: added });
  if (added.length + removed.length > 0) auditAct(context, actor, 'groups.change-subgroups', id);
  return snapshotGroup(db, row);
}

/** Tells who is new; throws `not-found` when one of them is nobody of this community. */
export async function addMembers(db: Database, id: number, wanted: readonly number[]): Promise<readonly number[]> {
  const accounts = [...new Set(wanted)];
  requireAll(accounts, await numbersOf(db, standing, { ids: JSON.stringify(accounts) }), 'account');
  const added: number[] = [];
  for (const account of accounts) {
    if (await userGroupMembers.get(db, { user_group: id, account })) continue;
    await userGroupMembers.insert(db, { user_group: id, account });
    added.push(account);
  }
  return added;
}

/** Tells which are new; throws `conflict` when a group would come to hold itself. */
export async function addSubgroups(db: Database, id: number, wanted: readonly number[]): Promise<readonly number[]> {
  const groups = [...new Set(wanted)];
  const made = groups.filter((group) => !isRoleGroup(group));
  requireAll(made, await numbersOf(db, usable, { ids: JSON.stringify(made) }), 'group');
  // Groups of roles hold none but each other.
  if ((await numberOf(db, holds, { ids: JSON.stringify(made), id })) > 0) {
    throw new CarillonError('conflict', `group ${id} would be part of itself`);
  }
  const added: number[] = [];
  for (const subgroup of groups) {
    if (await userGroupSubgroups.get(db, { user_group: id, subgroup })) continue;
    await userGroupSubgroups.insert(db, { user_group: id, subgroup });
    added.push(subgroup);
  }
  return added;
}

export function checkCount(ids: readonly number[]): void {
  if (ids.length <= MOST_AT_ONCE) return;
  throw new CarillonError('too-large', `at most ${MOST_AT_ONCE} at once`, { facts: { limit: MOST_AT_ONCE } });
}

async function requireActive(db: Database, id: number): Promise<UserGroupRow> {
  const row = await requireGroup(db, id);
  if (row.deactivated_at === null) return row;
  throw new CarillonError('conflict', `group ${id} is deactivated`);
}

function requireAll(wanted: readonly number[], found: readonly number[], what: string): void {
  const known = new Set(found);
  const missing = wanted.find((id) => !known.has(id));
  if (missing !== undefined) throw new CarillonError('not-found', `there is no ${what} ${missing}`);
}
