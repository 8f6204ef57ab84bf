import type { AccountSnapshot } from '../../../domain/index.ts';
import type { Account, Role } from './types.ts';

type Name = AccountSnapshot['role'];

/**
 * Roles with the ids that Mastodon gives its own (`db/seeds`). Permissions are the bits of docs.joinmastodon.org
 * /entities/Role: only what this server's calls let somebody do beyond others, which is nothing yet but to invite.
 */
const ROLES: Readonly<Record<Name, { readonly id: string; readonly name: string; readonly highlighted: boolean }>> = {
  owner: { id: '3', name: 'Owner', highlighted: true },
  admin: { id: '2', name: 'Admin', highlighted: true },
  moderator: { id: '1', name: 'Moderator', highlighted: true },
  member: { id: '-99', name: '', highlighted: false },
  guest: { id: '-99', name: '', highlighted: false },
};

const ADMINISTRATOR = 1;

export function roleOf(role: Name): Role {
  const permissions = role === 'owner' || role === 'admin' ? ADMINISTRATOR : 0;
  return { ...ROLES[role], permissions: String(permissions), color: '', collection_limit: 0 };
}

/** The roles that an account shows. */
export function highlightedRole(role: Name): NonNullable<Account['roles']> {
  const { id, name, highlighted } = ROLES[role];
  return highlighted ? [{ id, name, color: '' }] : [];
}
