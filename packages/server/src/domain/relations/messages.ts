import {
  type AccountSnapshot,
  type Affiliation,
  type Listed,
  type Message,
  type PageQuery,
} from '../../state/index.ts';
import type { Audited } from '../audit.ts';

/** How one account stands to another account (or group channel). */
export interface Relationship {
  readonly id: number;
  readonly following: boolean;
  readonly showingShares: boolean;
  readonly notifying: boolean;
  readonly languages: readonly string[] | null;
  readonly followedBy: boolean;
  readonly blocking: boolean;
  readonly blockedBy: boolean;
  readonly muting: boolean;
  readonly mutingNotifications: boolean;
  readonly mutingExpiresAt: number | null;
  readonly requested: boolean;
  readonly requestedBy: boolean;
  readonly domainBlocking: boolean;
  readonly note: string;
}

/** `target` is an account or a group channel; throws `not-found` when there is none. */
interface Towards {
  readonly actor: number;
  readonly target: number;
}

/** Following again changes the options; an authorize channel makes a request. Throws `forbidden` across a block. */
export const follow: Message<
  Towards & { shares?: boolean; notify?: boolean; languages?: readonly string[] | null },
  Relationship
> = { name: 'relations.follow' };
/** Takes a request back too. */
export const unfollow: Message<Towards, Relationship> = { name: 'relations.unfollow' };
/**
 * `target` asked to follow `channel`; without one, the actor's own channel, or else the group that it moderates and
 * was asked first.
 */
export const answerFollow: Message<Towards & { channel?: number; accept: boolean }, Relationship> = {
  name: 'relations.answer-follow',
};
export const removeFollower: Message<Towards & { channel?: number }, Relationship> = {
  name: 'relations.remove-follower',
};
/** Owners and moderators only; outcasts lose their subscription. */
export const setAffiliation: Message<Towards & { channel: number; affiliation: Affiliation }, undefined> = {
  name: 'relations.set-affiliation',
};
/**
 * An administrator's word about a group channel, over anybody's rank in it. A channel whose owner is made something
 * else belongs to its longest-standing other owner; throws `conflict` where there is none.
 */
export const assignAffiliation: Message<
  Audited<{ target: number; channel: number; affiliation: Affiliation }>,
  undefined
> = { name: 'relations.assign-affiliation' };
/** Ends follows in both directions. */
export const block: Message<Towards & { on: boolean }, Relationship> = { name: 'relations.block' };
export const mute: Message<
  Towards & { on: boolean; notifications?: boolean; expiresAt?: number | null },
  Relationship
> = { name: 'relations.mute' };
/** Ends follows in both directions with accounts of that domain. */
export const blockDomain: Message<{ actor: number; domain: string; on: boolean }, undefined> = {
  name: 'relations.block-domain',
};
export const setNote: Message<Towards & { text: string }, Relationship> = { name: 'relations.note' };

/** Only of those that exist. */
export const relationshipsWith: Message<{ viewer: number; targets: readonly number[] }, readonly Relationship[]> = {
  name: 'relations.with',
};
export const followRequests: Message<{ viewer: number; page: PageQuery }, readonly Listed<AccountSnapshot>[]> = {
  name: 'relations.requests',
};
export const blocksOf: Message<{ viewer: number; page: PageQuery }, readonly Listed<AccountSnapshot>[]> = {
  name: 'relations.blocks',
};
export const mutesOf: Message<
  { viewer: number; page: PageQuery },
  readonly Listed<AccountSnapshot & { muteExpiresAt: number | null }>[]
> = { name: 'relations.mutes' };
export const domainBlocksOf: Message<{ viewer: number; page: PageQuery }, readonly Listed<string>[]> = {
  name: 'relations.domain-blocks',
};

export interface ListView {
  readonly id: number;
  readonly title: string;
  readonly replies: 'followed' | 'list' | 'none';
  readonly exclusive: boolean;
}

/** Throws `not-found` for others' lists. */
export const createList: Message<{ actor: number } & Omit<ListView, 'id'>, ListView> = { name: 'lists.create' };
export const updateList: Message<{ actor: number; id: number } & Partial<Omit<ListView, 'id'>>, ListView> = {
  name: 'lists.update',
};
export const deleteList: Message<{ actor: number; id: number }, undefined> = { name: 'lists.delete' };
/** Members must be followed, else `not-found`. */
export const changeListMembers: Message<
  { actor: number; id: number; add?: readonly number[]; remove?: readonly number[] },
  undefined
> = { name: 'lists.members' };
export const listsOf: Message<{ viewer: number; member?: number }, readonly ListView[]> = { name: 'lists.of' };
export const listById: Message<{ viewer: number; id: number }, ListView | undefined> = { name: 'lists.by-id' };
export const listMembersOf: Message<
  { viewer: number; id: number; page: PageQuery },
  readonly Listed<AccountSnapshot>[] | undefined
> = { name: 'lists.members-of' };

export const followTag: Message<{ actor: number; tag: string; on: boolean }, undefined> = { name: 'tags.follow' };
export const followedTagsOf: Message<{ viewer: number; page: PageQuery }, readonly Listed<string>[]> = {
  name: 'tags.followed',
};
