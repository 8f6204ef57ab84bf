import {
  type AccountSettingsSnapshot,
  type AccountSnapshot,
  type ChannelRow,
  type ChannelSnapshot,
  type Listed,
  type Message,
  type PageQuery,
  type ProfileField,
  type Role,
} from '../../state/index.ts';
import type { Audited } from '../audit.ts';

export interface ProfileChange {
  readonly displayName?: string;
  readonly note?: { readonly text: string; readonly html: string };
  readonly fields?: readonly ProfileField[];
  /** Media of the account; null takes it away. */
  readonly avatar?: number | null;
  readonly header?: number | null;
  readonly locked?: boolean;
  readonly bot?: boolean;
  readonly discoverable?: boolean;
  readonly indexable?: boolean;
}

export interface AccountSettings {
  readonly visibility: 'public' | 'unlisted' | 'followers' | 'direct';
  readonly sensitive: boolean;
  readonly language: string | null;
  readonly chosenLanguages: readonly string[] | null;
  /** Whether others may know when it is here. */
  readonly sharesPresence: boolean;
}

/** What only the account itself is shown. */
export interface OwnAccount {
  readonly account: AccountSnapshot;
  readonly role: Role;
  readonly email: string;
  readonly note: string;
  readonly settings: AccountSettings;
  readonly followRequests: number;
}

/** Told to the account alone, with what changed. Unknown names and values are `unprocessable`. */
export const changeAccountSettings: Message<
  { actor: number; settings: Partial<AccountSettingsSnapshot> },
  AccountSettingsSnapshot
> = { name: 'people.change-settings' };
export const accountSettingsOf: Message<{ account: number }, AccountSettingsSnapshot> = {
  name: 'people.settings',
};
export const updateProfile: Message<
  { actor: number; profile: ProfileChange; settings?: Partial<AccountSettings> },
  OwnAccount
> = { name: 'people.update' };
/** Ends sessions and streams at once; posts and profile are no longer shown. */
export const suspendAccount: Message<Audited<{ account: number }>, undefined> = { name: 'people.suspend' };
export const restoreAccount: Message<Audited<{ account: number }>, undefined> = { name: 'people.restore' };
/** Erases the account's data from state and log; its name stays taken. Answers whether that is all. */
export const deleteAccount: Message<Audited<{ account: number }>, boolean> = { name: 'people.delete' };
/** Goes on with what `deleteAccount` began, and answers like it. */
export const continueDeletion: Message<{ account: number }, boolean> = { name: 'people.continue-deletion' };
/** An account of another server, made or brought up to date. */
export const ingestAccount: Message<
  {
    name: string;
    domain: string;
    displayName: string;
    url: string;
    noteHtml?: string;
    bot?: boolean;
    locked?: boolean;
  },
  AccountSnapshot
> = { name: 'people.ingest' };

export interface NewChannel {
  readonly actor: number;
  readonly slug: string;
  readonly title: string;
  readonly description: string;
  readonly access: ChannelRow['access'];
  readonly defaultAffiliation: ChannelRow['default_affiliation'];
  /** Somebody else has decided that the actor gets the channel: the policy on who makes channels is not asked. */
  readonly granted?: boolean;
}

export const createChannel: Message<NewChannel, ChannelSnapshot> = { name: 'channels.create' };
/** Owners and moderators only. */
export const updateChannel: Message<
  {
    actor: number;
    channel: number;
    title?: string;
    description?: string;
    access?: ChannelRow['access'];
    defaultAffiliation?: ChannelRow['default_affiliation'];
  },
  ChannelSnapshot
> = { name: 'channels.update' };

type Viewer = number | null;

/** An account, or a group channel as one; `undefined` when there is none. */
export const accountSnapshot: Message<{ id: number }, AccountSnapshot | undefined> = { name: 'people.by-id' };
export const accountSnapshots: Message<{ ids: readonly number[] }, readonly AccountSnapshot[]> = {
  name: 'people.by-ids',
};
/** The community's own accounts in the order of their ids, suspended ones too; not those that were deleted. */
export const members: Message<Record<string, never>, readonly AccountSnapshot[]> = { name: 'people.members' };
/** By `juliet`, or `romeo@verona.example`; group channels too. */
export const accountByAcct: Message<{ acct: string }, AccountSnapshot | undefined> = { name: 'people.by-acct' };
/** Several at once, for mentions: only those that exist. */
export const accountsByAccts: Message<{ accts: readonly string[] }, readonly (AccountSnapshot & { acct: string })[]> = {
  name: 'people.by-accts',
};
export const ownAccount: Message<{ account: number }, OwnAccount> = { name: 'people.own' };
/** For signing in: `undefined` for accounts that cannot. */
export const signInFacts: Message<
  { email: string },
  { readonly account: number; readonly password: string; readonly suspended: boolean } | undefined
> = { name: 'people.sign-in' };
export const followersOf: Message<
  { viewer: Viewer; account: number; page: PageQuery },
  readonly Listed<AccountSnapshot>[] | undefined
> = { name: 'people.followers' };
export const followingOf: Message<
  { viewer: Viewer; account: number; page: PageQuery },
  readonly Listed<AccountSnapshot>[] | undefined
> = { name: 'people.following' };
/** Counts for `instance`. */
export const communityCounts: Message<
  Record<string, never>,
  { readonly accounts: number; readonly posts: number; readonly domains: number; readonly active: number }
> = { name: 'people.counts' };
