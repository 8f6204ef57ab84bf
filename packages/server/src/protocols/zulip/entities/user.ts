import type { AccountSnapshot } from '../../../domain/index.ts';
import { mediaUrl, missingPicture, type Site } from './site.ts';

export interface User {
  readonly user_id: number;
  readonly email: string;
  readonly delivery_email: string | null;
  readonly full_name: string;
  readonly is_owner: boolean;
  readonly is_admin: boolean;
  readonly is_guest: boolean;
  readonly is_billing_admin: boolean;
  readonly is_bot: boolean;
  /** 1 is a bot that does what a person may; null for people. */
  readonly bot_type: number | null;
  readonly bot_owner_id: number | null;
  readonly role: number;
  readonly is_active: boolean;
  readonly timezone: string;
  readonly date_joined: string;
  readonly avatar_url: string;
  readonly avatar_version: number;
  readonly profile_data?: Readonly<Record<string, never>>;
}

const ROLES: Readonly<Record<AccountSnapshot['role'], number>> = {
  owner: 100,
  admin: 200,
  moderator: 300,
  member: 400,
  guest: 600,
};
const GENERIC_BOT = 1;

/** By which everybody knows an account. Its real e-mail address only the account itself sees. */
export function emailOf({ name, domain }: Pick<AccountSnapshot, 'name' | 'domain'>, site: Site): string {
  return `${name}@${domain ?? site.domain}`;
}

export function fullNameOf({ displayName, name }: Pick<AccountSnapshot, 'displayName' | 'name'>): string {
  return displayName.trim() === '' ? name : displayName;
}

export function avatarUrl({ avatar, suspended }: AccountSnapshot, site: Site): string {
  return avatar === null || suspended ? missingPicture(site) : mediaUrl(site, avatar.file);
}

export interface UserOptions {
  /** Of the account that asks, when this is it. */
  readonly deliveryEmail?: string;
  readonly profile?: boolean;
}

export function toUser(account: AccountSnapshot, site: Site, { deliveryEmail, profile }: UserOptions = {}): User {
  const { id, kind, role, suspended, createdAt } = account;
  const isBot = kind === 'bot';
  return {
    user_id: id,
    email: emailOf(account, site),
    delivery_email: deliveryEmail ?? null,
    full_name: fullNameOf(account),
    is_owner: role === 'owner',
    is_admin: role === 'owner' || role === 'admin',
    is_guest: role === 'guest',
    is_billing_admin: false,
    is_bot: isBot,
    bot_type: isBot ? GENERIC_BOT : null,
    bot_owner_id: null,
    role: ROLES[role],
    is_active: !suspended,
    timezone: '',
    date_joined: new Date(createdAt).toISOString(),
    avatar_url: avatarUrl(account, site),
    avatar_version: 1,
    ...(profile && !isBot ? { profile_data: {} } : {}),
  };
}
