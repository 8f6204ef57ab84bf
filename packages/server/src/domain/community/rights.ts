import { CarillonError } from '@carillon/core';
import {
  type AccountRow,
  type CommandContext,
  type Database,
  type OrganizationSettings,
  type Policy,
  type Role,
} from '../../state/index.ts';
import { writeAudit } from '../audit.ts';
import { loadOrganizationSettings } from '../organization/settings.ts';
import { requireActor } from './parties.ts';

type PolicyOf = (settings: OrganizationSettings) => Policy;

/** Who may do what beyond their own affairs, the one place that says so. */
const RIGHTS = {
  'organization.change': () => 'admins',
  'organization.change-owned': () => 'owners',
  'defaults.change': () => 'admins',
  'linkifiers.change': () => 'admins',
  'emoji.add': ({ customEmoji }) => customEmoji,
  'emoji.manage': () => 'admins',
  'groups.create': ({ userGroups }) => userGroups,
  'groups.manage': () => 'moderators',
  'channels.create-open': ({ openChannels }) => openChannels,
  'channels.create-closed': ({ closedChannels }) => closedChannels,
  'posts.move-topic': ({ topicMoves }) => topicMoves,
  'posts.move-channel': ({ channelMoves }) => channelMoves,
  'posts.move-late': () => 'moderators',
  'posts.mention-all': ({ allMentions }) => allMentions,
} as const satisfies Readonly<Record<string, PolicyOf>>;

export type Right = keyof typeof RIGHTS;

const RANKS: Readonly<Record<Role, number>> = { guest: 0, member: 1, moderator: 2, admin: 3, owner: 4 };
const DAY_MS = 86_400_000;

type Person = Pick<AccountRow, 'role' | 'created_at'>;

/** Whether a policy gives its right to an account of this community. */
export function allows(
  policy: Policy,
  { role, created_at }: Person,
  { waitingPeriodDays }: Pick<OrganizationSettings, 'waitingPeriodDays'>,
  now: number,
): boolean {
  const rank = RANKS[role];
  switch (policy) {
    case 'everyone':
      return true;
    case 'members':
      return rank >= RANKS.member;
    case 'full-members':
      return rank > RANKS.member || (rank === RANKS.member && now - created_at >= waitingPeriodDays * DAY_MS);
    case 'moderators':
      return rank >= RANKS.moderator;
    case 'admins':
      return rank >= RANKS.admin;
    case 'owners':
      return rank >= RANKS.owner;
    case 'nobody':
      return false;
  }
}

function hasRight(right: Right, person: Person, settings: OrganizationSettings, now: number): boolean {
  return allows(policyOf(right, settings), person, settings, now);
}

/** What an account may do, by name. */
function rightsOf(person: Person, settings: OrganizationSettings, now: number): Readonly<Record<Right, boolean>> {
  // The names of the table.
  const rights = Object.keys(RIGHTS) as Right[];
  const held = rights.map((right) => [right, hasRight(right, person, settings, now)]);
  // One answer for each.
  return Object.fromEntries(held) as Record<Right, boolean>;
}

/** The account, when it may; throws `forbidden`, saying who may. */
export async function requireRight(context: CommandContext, actor: number, right: Right): Promise<AccountRow> {
  const row = await requireActor(context.db, actor);
  const settings = await loadOrganizationSettings(context.db);
  if (hasRight(right, row, settings, context.now)) return row;
  const policy = policyOf(right, settings);
  throw new CarillonError('forbidden', `${right}: this is for ${policy}`, { facts: { right, policy } });
}

/** Whether it may, for what others may do for another reason. */
export async function mayAct(context: CommandContext, person: Person, right: Right): Promise<boolean> {
  return hasRight(right, person, await loadOrganizationSettings(context.db), context.now);
}

/** The audit row of what an account did for the community, in the commit that does it. */
export function auditAct(context: CommandContext, actor: number, action: string, target: number | string): void {
  writeAudit(context, { actor: `account:${actor}`, action, target: String(target), outcome: 'ok' });
}

export async function loadRights(
  db: Database,
  { account }: { readonly account: number },
): Promise<Readonly<Record<Right, boolean>>> {
  const row = await requireActor(db, account);
  return rightsOf(row, await loadOrganizationSettings(db), Date.now());
}

function policyOf(right: Right, settings: OrganizationSettings): Policy {
  const policy: PolicyOf = RIGHTS[right];
  return policy(settings);
}
