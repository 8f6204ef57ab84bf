import * as z from 'zod';

/** Every entity, strictly: a missing or unknown key fails. */
const id = z.string().regex(/^\d{1,16}$/);
const time = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const date = z.string().regex(/^\d{4}-\d\d-\d\d$/);
const count = z.number().int().min(0);
const none = z.array(z.never());

const approval = z.strictObject({
  automatic: z.array(z.string()),
  manual: z.array(z.string()),
  current_user: z.enum(['automatic', 'manual', 'denied', 'unknown', 'missing']),
});

const field = z.strictObject({ name: z.string(), value: z.string(), verified_at: time.nullable() });

export const account = z.strictObject({
  id,
  username: z.string().min(1),
  acct: z.string().min(1),
  display_name: z.string(),
  locked: z.boolean(),
  bot: z.boolean(),
  discoverable: z.boolean().nullable(),
  indexable: z.boolean(),
  group: z.boolean(),
  created_at: z.string().regex(/^\d{4}-\d\d-\d\dT00:00:00\.000Z$/),
  note: z.string(),
  url: z.url(),
  uri: z.url(),
  avatar: z.url(),
  avatar_static: z.url(),
  avatar_description: z.string(),
  header: z.url(),
  header_static: z.url(),
  header_description: z.string(),
  followers_count: count,
  following_count: count,
  statuses_count: count,
  last_status_at: date.nullable(),
  hide_collections: z.boolean().nullable(),
  show_media: z.boolean(),
  show_media_replies: z.boolean(),
  show_featured: z.boolean(),
  emojis: none,
  fields: z.array(field),
  feature_approval: approval,
  noindex: z.boolean().optional(),
  roles: z.array(z.strictObject({ id: z.string(), name: z.string(), color: z.string() })).optional(),
  suspended: z.literal(true).optional(),
});

export const scheduledStatus = z.strictObject({
  id,
  scheduled_at: time,
  params: z.strictObject({
    text: z.string(),
    poll: z.null(),
    media_ids: z.array(id).nullable(),
    sensitive: z.boolean(),
    spoiler_text: z.string(),
    visibility: z.enum(['public', 'unlisted', 'private', 'direct']),
    in_reply_to_id: z.number().int().nullable(),
    language: z.string().nullable(),
    application_id: z.number().int().nullable(),
    scheduled_at: z.null(),
    idempotency: z.null(),
    with_rate_limit: z.literal(false),
    quoted_status_id: z.null(),
  }),
  media_attachments: z.array(z.looseObject({ id, type: z.string(), url: z.url() })),
});

const role = z.strictObject({
  id: z.string().regex(/^-?\d+$/),
  name: z.string(),
  permissions: z.string().regex(/^\d+$/),
  color: z.string(),
  highlighted: z.boolean(),
  collection_limit: count,
});

export const credentialAccount = account.extend({
  source: z.strictObject({
    privacy: z.enum(['public', 'unlisted', 'private', 'direct']),
    sensitive: z.boolean(),
    language: z.string().nullable(),
    note: z.string(),
    fields: z.array(field),
    follow_requests_count: count,
    hide_collections: z.boolean().nullable(),
    discoverable: z.boolean().nullable(),
    indexable: z.boolean(),
    attribution_domains: z.array(z.string()),
    quote_policy: z.enum(['public', 'followers', 'nobody']),
  }),
  role,
});

/** As blocked lists show them: who is muted also says until when. */
export const mutedAccount = account.extend({ mute_expires_at: time.nullable() });

export const mediaAttachment = z.strictObject({
  id,
  type: z.enum(['image', 'gifv', 'video', 'audio', 'unknown']),
  url: z.url().nullable(),
  preview_url: z.url().nullable(),
  remote_url: z.url().nullable(),
  preview_remote_url: z.url().nullable(),
  text_url: z.url().nullable(),
  meta: z.record(z.string(), z.unknown()).nullable(),
  description: z.string().nullable(),
  blurhash: z.string().nullable(),
});

const filterHead = z.strictObject({
  id,
  title: z.string(),
  context: z.array(z.enum(['home', 'notifications', 'public', 'thread', 'account'])),
  expires_at: time.nullable(),
  filter_action: z.enum(['warn', 'hide', 'blur']),
});

const filterResult = z.strictObject({
  filter: filterHead,
  keyword_matches: z.array(z.string()).nullable(),
  status_matches: z.array(id).nullable(),
});

export const filterKeyword = z.strictObject({ id, keyword: z.string(), whole_word: z.boolean() });
export const filterStatus = z.strictObject({ id, status_id: id });
export const filter = filterHead.extend({ keywords: z.array(filterKeyword), statuses: z.array(filterStatus) });
export const filterV1 = z.strictObject({
  id,
  phrase: z.string(),
  context: filterHead.shape.context,
  whole_word: z.boolean(),
  expires_at: time.nullable(),
  irreversible: z.boolean(),
});

const mention = z.strictObject({ id, username: z.string(), url: z.url(), acct: z.string() });

const bareStatus = z.strictObject({
  id,
  created_at: time,
  in_reply_to_id: id.nullable(),
  in_reply_to_account_id: id.nullable(),
  sensitive: z.boolean(),
  spoiler_text: z.string(),
  visibility: z.enum(['public', 'unlisted', 'private', 'direct']),
  language: z.string().nullable(),
  uri: z.url(),
  url: z.url().nullable(),
  replies_count: count,
  reblogs_count: count,
  favourites_count: count,
  quotes_count: count,
  edited_at: time.nullable(),
  content: z.string(),
  reblog: z.null(),
  application: z.strictObject({ name: z.string(), website: z.string().nullable() }).nullable(),
  account,
  media_attachments: z.array(mediaAttachment),
  mentions: z.array(mention),
  tags: z.array(z.strictObject({ name: z.string(), url: z.url() })),
  emojis: none,
  tagged_collections: none,
  card: z.null(),
  poll: z.null(),
  quote: z.null(),
  quote_approval: approval,
});

/** What a viewer is told beside; `pinned` only of its own. */
const seen = {
  favourited: z.boolean(),
  reblogged: z.boolean(),
  muted: z.boolean(),
  bookmarked: z.boolean(),
  pinned: z.boolean().optional(),
  filtered: z.array(filterResult),
};
const bareStatusSeen = bareStatus.extend(seen);

/** For nobody in particular. */
export const publicStatus = bareStatus.extend({ reblog: bareStatus.nullable() });
/** For somebody. */
export const status = bareStatusSeen.extend({ reblog: bareStatusSeen.nullable() });
/** The answer to DELETE. */
export const deletedStatus = status.omit({ content: true }).extend({ text: z.string() });

export const notification = z
  .strictObject({
    id,
    type: z.enum(['mention', 'status', 'reblog', 'follow', 'follow_request', 'favourite', 'update', 'admin.sign_up']),
    created_at: time,
    group_key: z.string(),
    account,
    filtered: z.literal(true).optional(),
    status: status.optional(),
  })
  .refine(({ type, status: about }) => ['follow', 'follow_request', 'admin.sign_up'].includes(type) === !about);

export const conversation = z.strictObject({
  id,
  unread: z.boolean(),
  accounts: z.array(account),
  last_status: status.nullable(),
});

const announcementBody = z.strictObject({
  id,
  content: z.string(),
  starts_at: time.nullable(),
  ends_at: time.nullable(),
  all_day: z.boolean(),
  published_at: time,
  updated_at: time,
  mentions: none,
  statuses: none,
  tags: none,
  emojis: none,
});
/** As streams say it, to nobody in particular. */
export const publicAnnouncement = announcementBody.extend({
  reactions: z.array(z.strictObject({ name: z.string(), count })),
});
export const announcement = announcementBody.extend({
  read: z.boolean(),
  reactions: z.array(z.strictObject({ name: z.string(), count, me: z.boolean() })),
});

export const list = z.strictObject({
  id,
  title: z.string(),
  replies_policy: z.enum(['followed', 'list', 'none']),
  exclusive: z.boolean(),
});

const history = z.array(
  z.strictObject({ day: z.string().regex(/^\d+$/), uses: z.string().regex(/^\d+$/), accounts: z.string() }),
);
export const publicTag = z.strictObject({ id, name: z.string(), url: z.url(), history });
export const tag = publicTag.extend({ following: z.boolean(), featuring: z.boolean() });

export const relationship = z.strictObject({
  id,
  following: z.boolean(),
  showing_reblogs: z.boolean(),
  notifying: z.boolean(),
  languages: z.array(z.string()).nullable(),
  followed_by: z.boolean(),
  blocking: z.boolean(),
  blocked_by: z.boolean(),
  muting: z.boolean(),
  muting_notifications: z.boolean(),
  muting_expires_at: time.nullable(),
  requested: z.boolean(),
  requested_by: z.boolean(),
  domain_blocking: z.boolean(),
  endorsed: z.boolean(),
  note: z.string(),
});

export const marker = z.strictObject({ last_read_id: z.string(), version: count, updated_at: time });
export const token = z.strictObject({
  access_token: z.string(),
  token_type: z.literal('Bearer'),
  scope: z.string(),
  created_at: z.number().int(),
});
export const application = z.strictObject({
  id,
  name: z.string(),
  website: z.url().nullable(),
  scopes: z.array(z.string()),
  redirect_uris: z.array(z.string()),
  redirect_uri: z.string(),
  vapid_key: z.string(),
});
export const credentialApplication = application.extend({
  client_id: z.string(),
  client_secret: z.string(),
  client_secret_expires_at: z.literal(0),
});
export const error = z.strictObject({ error: z.string().min(1), error_description: z.string().optional() });
