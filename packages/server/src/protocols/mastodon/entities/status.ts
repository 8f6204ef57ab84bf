import {
  type MentionSnapshot,
  normalizeTag,
  type PostFlags,
  type PostSnapshot,
  type PostView,
} from '../../../domain/index.ts';
import { NO_FLAGS, NOBODY, toAccount } from './account.ts';
import { toMedia } from './media.ts';
import { acctOf, iso, isoOrNull, profileUrl, type Site } from './site.ts';
import type { FilterResult, Mention, Status } from './types.ts';
import { wireVisibility } from './visibility.ts';

/** A post as nobody in particular sees it: what can be shared by all readers. */
export function toStatus(post: PostSnapshot, site: Site): Status {
  const { id, replyTo, author } = post;
  return {
    id: String(id),
    created_at: iso(post.createdAt),
    in_reply_to_id: replyTo === null ? null : String(replyTo.id),
    in_reply_to_account_id: replyTo === null ? null : String(replyTo.account),
    sensitive: post.sensitive,
    spoiler_text: post.warning,
    visibility: wireVisibility(post.visibility),
    language: post.language,
    ...addresses(post, site),
    replies_count: post.repliesCount,
    reblogs_count: post.sharesCount,
    favourites_count: post.favouritesCount,
    quotes_count: 0,
    edited_at: isoOrNull(post.editedAt),
    content: post.html,
    reblog: post.shared === null ? null : toStatus(post.shared, site),
    application: post.application,
    account: toAccount(author, site),
    media_attachments: post.media.map((media) => toMedia(media, site)),
    mentions: post.mentions.map((mention) => toMention(mention, site)),
    tags: post.tags.map((tag) => ({ name: normalizeTag(tag), url: tagUrl(site, tag) })),
    emojis: [],
    tagged_collections: [],
    card: null,
    poll: null,
    quote: null,
    quote_approval: NOBODY,
  };
}

/** What a viewer's copy of a status has beyond everybody's. */
export interface Viewed {
  readonly viewer: number;
  readonly flags?: PostFlags | undefined;
  /** Of the status inside, when it is a share. */
  readonly sharedFlags?: PostFlags | undefined;
  /** Filters of the viewer that match; they say the same of a share and of what it shares. */
  readonly filtered?: readonly FilterResult[] | undefined;
}

/** Adds what only one viewer is told. */
export function withFlags(status: Status, { viewer, flags = NO_FLAGS, sharedFlags, filtered = [] }: Viewed): Status {
  const isPinnable = status.reblog === null && status.visibility !== 'direct' && status.account.id === String(viewer);
  return {
    ...status,
    reblog: status.reblog && withFlags(status.reblog, { viewer, flags: sharedFlags, filtered }),
    favourited: flags.favourited,
    reblogged: flags.shared,
    muted: flags.muted,
    bookmarked: flags.bookmarked,
    ...(isPinnable ? { pinned: flags.pinned } : {}),
    filtered,
  };
}

/** A post as this viewer sees it; null is nobody in particular. */
export function toStatusFor(
  { post, flags, sharedFlags }: PostView,
  site: Site,
  viewer: number | null,
  filtered?: readonly FilterResult[],
): Status {
  const status = toStatus(post, site);
  return viewer === null ? status : withFlags(status, { viewer, flags, sharedFlags, filtered });
}

/** The answer to DELETE: the text as it was written in place of the content, so that it can be posted again. */
export function toDeletedStatus(view: PostView, site: Site, viewer: number): Status {
  const { content: _, ...status } = toStatusFor(view, site, viewer);
  return { ...status, text: view.post.source.text };
}

function toMention(mention: MentionSnapshot, site: Site): Mention {
  return {
    id: String(mention.id),
    username: mention.name,
    url: profileUrl(site, mention),
    acct: acctOf(mention),
  };
}

/** The address of a tag's page. */
export function tagUrl(site: Site, tag: string): string {
  return `${site.baseUrl}/tags/${encodeURIComponent(normalizeTag(tag))}`;
}

function addresses({ id, author, origin, shared }: PostSnapshot, site: Site): Pick<Status, 'uri' | 'url'> {
  if (origin !== null) return { uri: origin, url: origin };
  const uri = `${site.baseUrl}/users/${author.name}/statuses/${id}`;
  // A share has no page of its own: both addresses name the activity.
  if (shared !== null) return { uri: `${uri}/activity`, url: `${uri}/activity` };
  return { uri, url: `${site.baseUrl}/@${author.name}/${id}` };
}
