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
  /** Ids of a direct channel's participants, ascending, joined by commas; null for others. */
  participants: string | null;
  followers_count: number;
  posts_count: number;
  last_post_at: number | null;
  created_at: number;
}

export type FollowState = 'pending' | 'invited' | 'subscribed';
export type Affiliation = 'owner' | 'moderator' | 'publisher' | 'member' | 'none' | 'outcast';

export interface FollowRow {
  channel: number;
  account: number;
  /** `none` keeps an outcast, or an affiliation without a subscription. */
  state: FollowState | 'none';
  affiliation: Affiliation;
  /** Position of the event that announced the membership: nothing before it is delivered through it (kernel K4). */
  since_position: number;
  /** Time-sortable, for paging. */
  id: number;
  /** Whether shares by the channel's owner are wanted. */
  shares: number;
  /** Whether each post is to be notified. */
  notify: number;
  /** JSON list; null for all languages. */
  languages: string | null;
  created_at: number;
}
