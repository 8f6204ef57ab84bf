import type { Message, PresenceRow, PresenceStatus } from '../../state/index.ts';

export interface PresenceView {
  readonly account: number;
  readonly status: PresenceStatus;
  /** When its user was last known to do something, milliseconds since 1970; 0 for never. */
  readonly activeAt: number;
  /** When it was last known to be here without that. */
  readonly idleAt: number;
}

/** In a community of more people than this nobody is told of others' presence: a setting of the server. */
interface Bounded {
  readonly maxMembers: number;
}

/**
 * What a client says of its user, in the past at the latest; alone it makes nobody online. Others are told of a change
 * between active and idle at most once a minute. Throws `forbidden` for bots.
 */
export const reportPresence: Message<
  Bounded & { readonly actor: number; readonly status: PresenceRow['status']; readonly at: number },
  PresenceView
> = { name: 'presence.report' };
/** An account's first connection came, or its last one is gone. Bots and accounts that are gone are never online. */
export const setOnline: Message<
  Bounded & { readonly account: number; readonly online: boolean; readonly at: number },
  undefined
> = { name: 'presence.set-online' };

/**
 * The viewer itself, and everybody who shares it and whom no block parts from the viewer, by id. With `since` only who
 * is online, or was here at that time or later.
 */
export const listPresences: Message<
  Bounded & { readonly viewer: number; readonly since?: number },
  readonly PresenceView[]
> = { name: 'presence.list' };
/** `undefined` for whoever the list would not show. */
export const readPresence: Message<
  Bounded & { readonly viewer: number; readonly account: number },
  PresenceView | undefined
> = { name: 'presence.read' };
/** Whoever is online in the state. */
export const onlineAccounts: Message<Record<string, never>, readonly number[]> = { name: 'presence.online' };
