import {
  computed,
  type Database,
  type Policy,
  type Role,
  statement,
  type UserGroupSnapshot,
} from '../../state/index.ts';
import { allows } from '../community/rights.ts';
import { loadOrganizationSettings } from '../organization/settings.ts';

type RoleGroup = NonNullable<UserGroupSnapshot['system']>;

interface Standing {
  /** Below every id that is ever given. */
  readonly id: number;
  readonly description: string;
  readonly subgroups: readonly RoleGroup[];
}

/** A group for each policy, and one for the anonymous: nobody stores their members, roles make them. */
const ROLE_GROUPS: Readonly<Record<RoleGroup, Standing>> = {
  internet: { id: 1, description: 'Everybody, signed in or not', subgroups: ['everyone'] },
  everyone: { id: 2, description: 'Everybody of this community, guests too', subgroups: ['members'] },
  members: { id: 3, description: 'Everybody but guests', subgroups: ['full-members'] },
  'full-members': { id: 4, description: 'Members whose waiting period is over', subgroups: ['moderators'] },
  moderators: { id: 5, description: 'Moderators, administrators and owners', subgroups: ['admins'] },
  admins: { id: 6, description: 'Administrators and owners', subgroups: ['owners'] },
  owners: { id: 7, description: 'Owners', subgroups: [] },
  nobody: { id: 8, description: 'Nobody', subgroups: [] },
};

/** The group that an account is in by itself; all wider ones hold that group. */
const OWN_GROUP: Readonly<Record<Role, RoleGroup>> = {
  guest: 'everyone',
  member: 'members',
  moderator: 'moderators',
  admin: 'admins',
  owner: 'owners',
};

const people = statement((db) =>
  db
    .selectFrom('accounts')
    .select(['id', 'role', 'created_at'])
    .where('domain', 'is', null)
    .where('deactivated_at', 'is', null)
    .orderBy('id'),
);

/** Under which id a policy's group is known. */
export function roleGroupId(name: Policy | 'internet'): number {
  return ROLE_GROUPS[name].id;
}

export function isRoleGroup(id: number): boolean {
  return Object.values(ROLE_GROUPS).some((group) => group.id === id);
}

/** With their members as roles make them now: accounts of other servers are in none. */
export async function loadRoleGroups(db: Database, now: number): Promise<readonly UserGroupSnapshot[]> {
  const settings = await loadOrganizationSettings(db);
  const members = new Map<RoleGroup, number[]>();
  for (const { id, role, created_at } of await computed(db, people, {})) {
    // Only roles are written there.
    const person = { role: role as Role, created_at: Number(created_at) };
    add(members, OWN_GROUP[person.role], Number(id));
    const isFull = person.role === 'member' && allows('full-members', person, settings, now);
    if (isFull) add(members, 'full-members', Number(id));
  }
  // The names of the table.
  const names = Object.keys(ROLE_GROUPS) as RoleGroup[];
  return names.map((name) => ({
    id: ROLE_GROUPS[name].id,
    name: `role:${name}`,
    description: ROLE_GROUPS[name].description,
    members: members.get(name) ?? [],
    subgroups: ROLE_GROUPS[name].subgroups.map(roleGroupId),
    system: name,
    creator: null,
    deactivated: false,
    createdAt: null,
  }));
}

function add(members: Map<RoleGroup, number[]>, name: RoleGroup, id: number): void {
  const known = members.get(name);
  if (known) known.push(id);
  else members.set(name, [id]);
}
