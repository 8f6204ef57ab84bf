import type { Position } from '@carillon/core';
import type { Message } from '../state/index.ts';

/** Everything that an account's view starts from, as it stood at one position of the log. */
export interface ViewRows {
  /** Suspended or deactivated. */
  readonly ended: boolean;
  readonly follows: readonly FollowEntry[];
  readonly tags: readonly { readonly tag: string; readonly since: Position }[];
  readonly lists: readonly ListEntry[];
  readonly blocks: readonly number[];
  readonly mutes: readonly { readonly target: number; readonly expiresAt: number | null }[];
  /** Who blocks the account. */
  readonly blockedBy: readonly number[];
  readonly domains: readonly string[];
  readonly chosenLanguages: readonly string[] | null;
  /** Muted threads. */
  readonly threads: readonly number[];
  readonly filters: readonly FilterEntry[];
  readonly alertWords: readonly string[];
}

export interface FollowEntry {
  readonly channel: number;
  readonly since: Position;
  readonly affiliation: string;
  readonly shares: boolean;
  readonly languages: readonly string[] | null;
  /** The account whose own channel it is. */
  readonly followed: number | null;
}

export interface ListEntry {
  readonly id: number;
  readonly replies: 'followed' | 'list' | 'none';
  readonly exclusive: boolean;
  readonly members: readonly { readonly member: number; readonly channel: number; readonly since: Position }[];
}

export interface FilterEntry {
  readonly id: number;
  readonly title: string;
  readonly contexts: readonly string[];
  readonly action: 'warn' | 'hide' | 'blur';
  readonly expiresAt: number | null;
  readonly keywords: readonly { readonly keyword: string; readonly wholeWord: boolean }[];
  readonly posts: readonly number[];
}

/** `undefined` for an account that is not there. */
export const loadView: Message<{ readonly account: number }, ViewRows | undefined> = { name: 'views.load' };
/** Accounts that are suspended or gone. */
export const loadSuspended: Message<object, readonly number[]> = { name: 'views.suspended' };
export const loadFilters: Message<{ readonly account: number }, readonly FilterEntry[]> = { name: 'views.filters' };
