import type { Affiliation, ChannelRow, Message } from '../../state/index.ts';

/** A personal or group channel as one account may see it. */
export interface ChannelView {
  readonly id: number;
  readonly kind: 'personal' | 'group';
  /** `verona`; of a personal channel the account's, `romeo@verona.example` for one of another server. */
  readonly slug: string;
  readonly title: string;
  readonly description: string;
  readonly access: ChannelRow['access'];
  readonly defaultAffiliation: ChannelRow['default_affiliation'];
  /** The account that it belongs to. */
  readonly owner: number;
  readonly createdAt: number;
  /** Its oldest post; null while it has none. */
  readonly firstPost: number | null;
  readonly subscribed: boolean;
  readonly affiliation: Affiliation;
  /** False of a closed channel of others: it is there, and that is all the viewer may know. */
  readonly readable: boolean;
}

export interface ChannelQuery {
  readonly viewer: number;
  /** `names` are slugs of groups, their titles and, with an `@` before them, names of accounts; in any case. */
  readonly select: { readonly ids: readonly number[] } | { readonly names: readonly string[] } | { readonly all: true };
}

/** In the order of their ids. With `all` only what the viewer may read. Those of suspended accounts are left out. */
export const channelViews: Message<ChannelQuery, readonly ChannelView[]> = { name: 'channels.views' };

/** Who hears channels, by channel, in the order in which they came; whether the viewer may know is not asked. */
export const channelMembers: Message<
  { readonly channels: readonly number[] },
  readonly { readonly channel: number; readonly accounts: readonly number[] }[]
> = { name: 'channels.members' };
