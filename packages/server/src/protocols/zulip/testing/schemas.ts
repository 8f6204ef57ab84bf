import * as z from 'zod';

/** What clients read of each object (zulip.com/api); keys that Zulip has and we do not would be missed here. */
export const user = z.strictObject({
  user_id: z.int(),
  email: z.email(),
  delivery_email: z.email().nullable(),
  full_name: z.string().min(1),
  is_owner: z.boolean(),
  is_admin: z.boolean(),
  is_guest: z.boolean(),
  is_billing_admin: z.boolean(),
  is_bot: z.boolean(),
  bot_type: z.int().nullable(),
  bot_owner_id: z.int().nullable(),
  role: z.literal([100, 200, 300, 400, 600]),
  is_active: z.boolean(),
  timezone: z.string(),
  date_joined: z.iso.datetime(),
  avatar_url: z.url(),
  avatar_version: z.int(),
  profile_data: z.strictObject({}).optional(),
});

export const channel = z.strictObject({
  stream_id: z.int(),
  name: z.string().min(1),
  description: z.string(),
  rendered_description: z.string(),
  date_created: z.int(),
  creator_id: z.int(),
  invite_only: z.boolean(),
  is_web_public: z.boolean(),
  is_archived: z.boolean(),
  history_public_to_subscribers: z.boolean(),
  stream_post_policy: z.literal([1, 2]),
  is_announcement_only: z.boolean(),
  message_retention_days: z.int().nullable(),
  first_message_id: z.int().nullable(),
  stream_weekly_traffic: z.int().nullable(),
  is_recently_active: z.boolean(),
});

const notified = z.boolean().nullable();

export const subscription = z.strictObject({
  ...channel.shape,
  color: z.string().regex(/^#[0-9a-f]{6}$/),
  pin_to_top: z.boolean(),
  is_muted: z.boolean(),
  in_home_view: z.boolean(),
  desktop_notifications: notified,
  audible_notifications: notified,
  push_notifications: notified,
  email_notifications: notified,
  wildcard_mentions_notify: notified,
  subscribers: z.array(z.int()).optional(),
});

const person = z.strictObject({ id: z.int(), email: z.email(), full_name: z.string(), is_mirror_dummy: z.boolean() });

const reaction = z.strictObject({
  emoji_name: z.string(),
  emoji_code: z.string(),
  reaction_type: z.enum(['unicode_emoji', 'realm_emoji']),
  user_id: z.int(),
  user: z.strictObject({ id: z.int(), email: z.email(), full_name: z.string() }),
});

export const message = z.strictObject({
  id: z.int(),
  sender_id: z.int(),
  sender_email: z.email(),
  sender_full_name: z.string(),
  sender_realm_str: z.string(),
  client: z.string().min(1),
  timestamp: z.int().max(10_000_000_000),
  type: z.enum(['stream', 'private']),
  stream_id: z.int().optional(),
  display_recipient: z.union([z.string(), z.array(person)]),
  recipient_id: z.int(),
  subject: z.string(),
  topic_links: z.array(z.strictObject({ text: z.string(), url: z.url() })),
  content: z.string(),
  content_type: z.enum(['text/html', 'text/x-markdown']),
  is_me_message: z.boolean(),
  reactions: z.array(reaction),
  submessages: z.array(z.never()),
  avatar_url: z.url().nullable(),
  last_edit_timestamp: z.int().optional(),
  flags: z.array(z.enum(['read', 'starred', 'collapsed', 'mentioned', 'historical'])),
});
