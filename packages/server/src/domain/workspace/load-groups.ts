import { sql } from 'kysely';
import {
  type Database,
  statement,
  type UserGroupRow,
  type UserGroupSnapshot,
  userGroupMembers,
  userGroupSubgroups,
  userGroups,
} from '../../state/index.ts';
import { loadRoleGroups } from './role-groups.ts';

const all = statement((db) => db.selectFrom('user_groups').selectAll().orderBy('id'));
const membersOf = statement<{ groups: string }>((db, { groups }) =>
  db
    .selectFrom('user_group_members')
    .selectAll()
    .where('user_group', 'in', sql<number>`(SELECT value FROM json_each(${groups}))`)
    .orderBy('account'),
);
const subgroupsOf = statement<{ groups: string }>((db, { groups }) =>
  db
    .selectFrom('user_group_subgroups')
    .selectAll()
    .where('user_group', 'in', sql<number>`(SELECT value FROM json_each(${groups}))`)
    .orderBy('subgroup'),
);

/** Those of the roles first, then those that people made, the deactivated ones too. */
export async function loadGroups(db: Database): Promise<readonly UserGroupSnapshot[]> {
  const rows = await userGroups.find(db, all, {});
  return [...(await loadRoleGroups(db, Date.now())), ...(await snapshotGroups(db, rows))];
}

export async function snapshotGroup(db: Database, row: UserGroupRow): Promise<UserGroupSnapshot> {
  const [group] = await snapshotGroups(db, [row]);
  if (group) return group;
  throw new Error(`group ${row.id} cannot be told`);
}

async function snapshotGroups(db: Database, rows: readonly UserGroupRow[]): Promise<readonly UserGroupSnapshot[]> {
  const groups = JSON.stringify(rows.map(({ id }) => id));
  const members = Map.groupBy(await userGroupMembers.find(db, membersOf, { groups }), ({ user_group }) => user_group);
  const subgroups = Map.groupBy(
    await userGroupSubgroups.find(db, subgroupsOf, { groups }),
    ({ user_group }) => user_group,
  );
  return rows.map(({ id, name, description, creator, deactivated_at, created_at }) => ({
    id,
    name,
    description,
    members: members.get(id)?.map(({ account }) => account) ?? [],
    subgroups: subgroups.get(id)?.map(({ subgroup }) => subgroup) ?? [],
    system: null,
    creator,
    deactivated: deactivated_at !== null,
    createdAt: created_at,
  }));
}
