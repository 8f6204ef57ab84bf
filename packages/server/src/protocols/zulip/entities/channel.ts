import type { ChannelView, FollowSettingsView } from '../../../domain/index.ts';
import { escapeText, seconds } from './site.ts';

/** What clients paint a channel with that nobody has chosen a colour for. */
const COLOR = '#c2c2c2';
/** `stream_post_policy`: everybody, or administrators only. */
const EVERYBODY_POSTS = 1;
const STAFF_POSTS = 2;

/** A channel's name is a group's title, and of an account's own channel the account with an `@`. */
export function channelName({ kind, slug, title }: Pick<ChannelView, 'kind' | 'slug' | 'title'>): string {
  return kind === 'personal' ? `@${slug}` : title || slug;
}

export interface Channel {
  readonly stream_id: number;
  readonly name: string;
  readonly description: string;
  readonly rendered_description: string;
  readonly date_created: number;
  readonly creator_id: number;
  readonly invite_only: boolean;
  readonly is_web_public: boolean;
  readonly is_archived: boolean;
  readonly history_public_to_subscribers: boolean;
  readonly stream_post_policy: number;
  readonly is_announcement_only: boolean;
  readonly message_retention_days: number | null;
  readonly first_message_id: number | null;
  readonly stream_weekly_traffic: number | null;
  readonly is_recently_active: boolean;
}

export function toChannel(view: ChannelView): Channel {
  const { id, description, createdAt, owner, access, kind, defaultAffiliation, firstPost } = view;
  const isForStaff = kind === 'personal' || defaultAffiliation === 'member';
  return {
    stream_id: id,
    name: channelName(view),
    description,
    rendered_description: description === '' ? '' : `<p>${escapeText(description)}</p>`,
    date_created: seconds(createdAt),
    creator_id: owner,
    invite_only: access !== 'open',
    is_web_public: false,
    is_archived: false,
    history_public_to_subscribers: true,
    stream_post_policy: isForStaff ? STAFF_POSTS : EVERYBODY_POSTS,
    is_announcement_only: isForStaff,
    message_retention_days: null,
    first_message_id: firstPost,
    stream_weekly_traffic: null,
    is_recently_active: true,
  };
}

export interface Subscription extends Channel {
  readonly color: string;
  readonly pin_to_top: boolean;
  readonly is_muted: boolean;
  /** The opposite of `is_muted`, for old clients. */
  readonly in_home_view: boolean;
  readonly desktop_notifications: boolean | null;
  readonly audible_notifications: boolean | null;
  readonly push_notifications: boolean | null;
  readonly email_notifications: boolean | null;
  readonly wildcard_mentions_notify: boolean | null;
  readonly subscribers?: readonly number[];
}

export function toSubscription(
  view: ChannelView,
  said: Omit<FollowSettingsView, 'channel'>,
  subscribers?: readonly number[],
): Subscription {
  return {
    ...toChannel(view),
    color: said.color ?? COLOR,
    pin_to_top: said.pinned,
    is_muted: said.muted,
    in_home_view: !said.muted,
    desktop_notifications: said.desktop,
    audible_notifications: said.audible,
    push_notifications: said.push,
    email_notifications: said.email,
    wildcard_mentions_notify: said.allMentions,
    ...(subscribers ? { subscribers } : {}),
  };
}
