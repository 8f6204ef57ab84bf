import { CarillonError } from '@carillon/core';
import {
  type CommandContext,
  type Database,
  type Message,
  numberOf,
  statement,
  type UserGroupRow,
  type UserGroupSnapshot,
  userGroupMembers,
  userGroupSubgroups,
  userGroups,
} from '../../state/index.ts';
import { auditAct, requireRight } from '../community/rights.ts';
import { announceGroup, requireChangeable } from './group-access.ts';
import { addMembers, addSubgroups, checkCount } from './group-members.ts';
import { snapshotGroup } from './load-groups.ts';
import type { createUserGroup, deleteUserGroup, updateUserGroup } from './messages.ts';

type Input<M> = M extends Message<infer I, unknown> ? I : never;

const MAX_NAME = 100;
const MAX_DESCRIPTION = 1_024;
const MOST_GROUPS = 2_000;
/** Which kinds of groups and mentions begin with, so that a group of people is never taken for one of them. */
const RESERVED = /^(?:@|role:|user:|stream:|channel:)/i;

const byName = statement<{ key: string }>((db, { key }) =>
  db.selectFrom('user_groups').selectAll().where('name_key', '=', key),
);
const count = statement((db) => db.selectFrom('user_groups').select((is) => is.fn.countAll().as('n')));
const usesOf = statement<{ id: number }>((db, { id }) =>
  db
    .selectFrom('user_group_subgroups')
    .innerJoin('user_groups', 'user_groups.id', 'user_group_subgroups.user_group')
    .select((is) => is.fn.countAll().as('n'))
    .where('subgroup', '=', id)
    .where('deactivated_at', 'is', null),
);
const memberRows = statement<{ id: number }>((db, { id }) =>
  db.selectFrom('user_group_members').selectAll().where('user_group', '=', id),
);
const subgroupRows = statement<{ id: number }>((db, { id }) =>
  db
    .selectFrom('user_group_subgroups')
    .selectAll()
    .where((is) => is.or([is('user_group', '=', id), is('subgroup', '=', id)])),
);

export async function makeGroup(
  context: CommandContext,
  { actor, name: written, description = '', members = [], subgroups = [] }: Input<typeof createUserGroup>,
): Promise<UserGroupSnapshot> {
  const { db, now } = context;
  await requireRight(context, actor, 'groups.create');
  checkCount(members);
  checkCount(subgroups);
  if ((await numberOf(db, count, {})) >= MOST_GROUPS) {
    throw new CarillonError('too-large', `a community has at most ${MOST_GROUPS} groups`, {
      facts: { limit: MOST_GROUPS },
    });
  }
  const row: UserGroupRow = {
    id: context.nextId(),
    ...(await names(db, written)),
    description: checkDescription(description),
    creator: actor,
    deactivated_at: null,
    created_at: now,
  };
  await userGroups.insert(db, row);
  await addMembers(db, row.id, members);
  await addSubgroups(db, row.id, subgroups);
  const group = await snapshotGroup(db, row);
  announceGroup(context, actor, row.id, { operation: 'add', group });
  auditAct(context, actor, 'groups.create', row.id);
  return group;
}

export async function changeGroup(
  context: CommandContext,
  { actor, id, name, description, deactivated }: Input<typeof updateUserGroup>,
): Promise<UserGroupSnapshot> {
  const { db, now } = context;
  const before = await requireChangeable(context, actor, id);
  const row: UserGroupRow = {
    ...before,
    ...(name === undefined ? {} : await names(db, name, id)),
    description: description === undefined ? before.description : checkDescription(description),
    deactivated_at:
      deactivated === undefined ? before.deactivated_at : deactivated ? (before.deactivated_at ?? now) : null,
  };
  const changed = [
    ...(row.name === before.name ? [] : ['name' as const]),
    ...(row.description === before.description ? [] : ['description' as const]),
    ...(row.deactivated_at === before.deactivated_at ? [] : ['deactivated' as const]),
  ];
  if (changed.includes('deactivated') && row.deactivated_at !== null) await requireUnused(db, id);
  if (changed.length > 0) {
    await userGroups.put(db, row);
    announceGroup(context, actor, id, { operation: 'update', group: await snapshotGroup(db, row), changed });
    auditAct(context, actor, 'groups.update', id);
  }
  return snapshotGroup(db, row);
}

export async function removeGroup(
  context: CommandContext,
  { actor, id }: Input<typeof deleteUserGroup>,
): Promise<undefined> {
  const { db } = context;
  await requireChangeable(context, actor, id);
  await requireUnused(db, id);
  for (const row of await userGroupMembers.find(db, memberRows, { id })) await userGroupMembers.remove(db, row);
  for (const row of await userGroupSubgroups.find(db, subgroupRows, { id })) await userGroupSubgroups.remove(db, row);
  await userGroups.remove(db, { id });
  announceGroup(context, actor, id, { operation: 'remove', group: id });
  auditAct(context, actor, 'groups.delete', id);
}

/** Groups that hold it would lose people without a word. */
async function requireUnused(db: Database, id: number): Promise<void> {
  if ((await numberOf(db, usesOf, { id })) === 0) return;
  throw new CarillonError('conflict', `group ${id} is part of another group`);
}

async function names(db: Database, written: string, id = 0): Promise<Pick<UserGroupRow, 'name' | 'name_key'>> {
  const name = written.normalize('NFC').trim();
  if (name === '' || name.length > MAX_NAME || RESERVED.test(name) || /\p{Cc}/u.test(name)) {
    throw new CarillonError(
      'unprocessable',
      `a group has a name of 1 to ${MAX_NAME} characters, which does not begin with @, role:, user:, stream: or channel:`,
    );
  }
  const name_key = name.toLowerCase().normalize('NFC');
  const [known] = await userGroups.find(db, byName, { key: name_key });
  if (known && known.id !== id) throw new CarillonError('conflict', `there is a group ${known.name} already`);
  return { name, name_key };
}

function checkDescription(description: string): string {
  if (description.length <= MAX_DESCRIPTION) return description;
  throw new CarillonError('unprocessable', `a group has a description of ${MAX_DESCRIPTION} characters at most`);
}
