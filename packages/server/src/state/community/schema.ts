/**
 * The community's tables as the query builder sees them: ids and times are integers, times in milliseconds since 1970.
 * SQLite makes them in `migrations.ts`; every row carries its checksum in `sum`.
 */
export interface CommunitySchema {
  readonly accounts: AccountRow & Summed;
  readonly slugs: SlugRow & Summed;
  readonly channels: ChannelRow & Summed;
  readonly follows: FollowRow & Summed;
  readonly access_tokens: AccessTokenRow & Summed;
}

interface Summed {
  readonly sum: number;
}

export type AccountKind = 'person' | 'bot';
export type Role = 'owner' | 'admin' | 'moderator' | 'member' | 'guest';

export interface AccountRow {
  id: number;
  slug: string;
  kind: AccountKind;
  role: Role;
  display_name: string;
  email: string;
  /** As `auth` made it; null for accounts that cannot sign in with one. */
  password: string | null;
  /** Its own channel. */
  channel: number;
  created_at: number;
}

/** Accounts and group channels share one space of names (kernel K13). */
export interface SlugRow {
  slug: string;
  kind: 'account' | 'channel';
  object: number;
}

export interface ChannelRow {
  id: number;
  kind: 'personal' | 'group' | 'direct';
  /** Null for direct channels. */
  slug: string | null;
  title: string;
  description: string;
  access: 'open' | 'authorize' | 'whitelist';
  /** What a new follower becomes. */
  default_affiliation: 'publisher' | 'member';
  owner: number;
  created_at: number;
}

export type FollowState = 'pending' | 'invited' | 'subscribed';
export type Affiliation = 'owner' | 'moderator' | 'publisher' | 'member' | 'none' | 'outcast';

export interface FollowRow {
  channel: number;
  account: number;
  state: FollowState;
  affiliation: Affiliation;
  /** Position of the event that announced the membership: nothing before it is delivered through it (kernel K4). */
  since_position: number;
  created_at: number;
}

export interface AccessTokenRow {
  id: number;
  account: number;
  kind: 'access' | 'api-key';
  /** SHA-256 of the whole text. */
  digest: Uint8Array;
  /** Separated by spaces. */
  scopes: string;
  created_at: number;
  revoked_at: number | null;
}
