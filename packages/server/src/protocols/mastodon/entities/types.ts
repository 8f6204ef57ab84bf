/** Entities of Mastodon 4.6 as clients read them (docs.joinmastodon.org/entities); absent is not null. */
export interface Account {
  readonly id: string;
  readonly username: string;
  readonly acct: string;
  readonly display_name: string;
  readonly locked: boolean;
  readonly bot: boolean;
  readonly discoverable: boolean | null;
  readonly indexable: boolean;
  readonly group: boolean;
  readonly created_at: string;
  readonly note: string;
  readonly url: string;
  readonly uri: string;
  readonly avatar: string;
  readonly avatar_static: string;
  readonly avatar_description: string;
  readonly header: string;
  readonly header_static: string;
  readonly header_description: string;
  readonly followers_count: number;
  readonly following_count: number;
  readonly statuses_count: number;
  readonly last_status_at: string | null;
  readonly hide_collections: boolean | null;
  readonly show_media: boolean;
  readonly show_media_replies: boolean;
  readonly show_featured: boolean;
  readonly emojis: readonly never[];
  readonly fields: readonly Field[];
  readonly feature_approval: Approval;
  readonly noindex?: boolean;
  readonly roles?: readonly { readonly id: string; readonly name: string; readonly color: string }[];
  readonly suspended?: true;
}

export interface Field {
  readonly name: string;
  readonly value: string;
  readonly verified_at: string | null;
}

export interface Approval {
  readonly automatic: readonly string[];
  readonly manual: readonly string[];
  readonly current_user: string;
}

export interface MediaAttachment {
  readonly id: string;
  readonly type: 'image' | 'gifv' | 'video' | 'audio' | 'unknown';
  readonly url: string | null;
  readonly preview_url: string | null;
  readonly remote_url: string | null;
  readonly preview_remote_url: string | null;
  readonly text_url: string | null;
  readonly meta: Readonly<Record<string, unknown>> | null;
  readonly description: string | null;
  readonly blurhash: string | null;
}

export interface Mention {
  readonly id: string;
  readonly username: string;
  readonly url: string;
  readonly acct: string;
}

/** A post; the keys from `favourited` on are there only for somebody in particular. */
export interface Status {
  readonly id: string;
  readonly created_at: string;
  readonly in_reply_to_id: string | null;
  readonly in_reply_to_account_id: string | null;
  readonly sensitive: boolean;
  readonly spoiler_text: string;
  readonly visibility: 'public' | 'unlisted' | 'private' | 'direct';
  readonly language: string | null;
  readonly uri: string;
  readonly url: string | null;
  readonly replies_count: number;
  readonly reblogs_count: number;
  readonly favourites_count: number;
  readonly quotes_count: number;
  readonly edited_at: string | null;
  /** Absent in the answer to DELETE, which has `text`. */
  readonly content?: string;
  readonly text?: string;
  readonly reblog: Status | null;
  readonly application: { readonly name: string; readonly website: string | null } | null;
  readonly account: Account;
  readonly media_attachments: readonly MediaAttachment[];
  readonly mentions: readonly Mention[];
  readonly tags: readonly { readonly name: string; readonly url: string }[];
  readonly emojis: readonly never[];
  readonly tagged_collections: readonly never[];
  readonly card: null;
  readonly poll: null;
  readonly quote: null;
  readonly quote_approval: Approval;
  readonly favourited?: boolean;
  readonly reblogged?: boolean;
  readonly muted?: boolean;
  readonly bookmarked?: boolean;
  readonly pinned?: boolean;
  readonly filtered?: readonly FilterResult[];
}

export type FilterAction = 'warn' | 'hide' | 'blur';

/** A filter without what it looks for. */
export interface FilterHead {
  readonly id: string;
  readonly title: string;
  readonly context: readonly string[];
  readonly expires_at: string | null;
  readonly filter_action: FilterAction;
}

export interface FilterResult {
  readonly filter: FilterHead;
  readonly keyword_matches: readonly string[] | null;
  readonly status_matches: readonly string[] | null;
}

export interface Filter extends FilterHead {
  readonly keywords: readonly FilterKeyword[];
  readonly statuses: readonly FilterStatus[];
}

export interface FilterKeyword {
  readonly id: string;
  readonly keyword: string;
  readonly whole_word: boolean;
}

export interface FilterStatus {
  readonly id: string;
  readonly status_id: string;
}

/** One keyword of a filter, as the first version of the calls shows it. */
export interface FilterV1 {
  readonly id: string;
  readonly phrase: string;
  readonly context: readonly string[];
  readonly whole_word: boolean;
  readonly expires_at: string | null;
  readonly irreversible: boolean;
}

export interface Relationship {
  readonly id: string;
  readonly following: boolean;
  readonly showing_reblogs: boolean;
  readonly notifying: boolean;
  readonly languages: readonly string[] | null;
  readonly followed_by: boolean;
  readonly blocking: boolean;
  readonly blocked_by: boolean;
  readonly muting: boolean;
  readonly muting_notifications: boolean;
  readonly muting_expires_at: string | null;
  readonly requested: boolean;
  readonly requested_by: boolean;
  readonly domain_blocking: boolean;
  readonly endorsed: boolean;
  readonly note: string;
}

export interface CredentialAccount extends Account {
  readonly source: {
    readonly privacy: string;
    readonly sensitive: boolean;
    readonly language: string | null;
    readonly note: string;
    readonly fields: readonly Field[];
    readonly follow_requests_count: number;
    readonly hide_collections: boolean | null;
    readonly discoverable: boolean | null;
    readonly indexable: boolean;
    readonly attribution_domains: readonly string[];
    readonly quote_policy: string;
  };
  readonly role: Role;
}

export interface Role {
  readonly id: string;
  readonly name: string;
  readonly permissions: string;
  readonly color: string;
  readonly highlighted: boolean;
  readonly collection_limit: number;
}

export interface Notification {
  readonly id: string;
  readonly type: string;
  readonly created_at: string;
  readonly group_key: string;
  readonly account: Account;
  readonly filtered?: true;
  readonly status?: Status;
}

export interface Conversation {
  readonly id: string;
  readonly unread: boolean;
  readonly accounts: readonly Account[];
  readonly last_status: Status | null;
}

export interface Announcement {
  readonly id: string;
  readonly content: string;
  readonly starts_at: string | null;
  readonly ends_at: string | null;
  readonly all_day: boolean;
  readonly published_at: string;
  readonly updated_at: string;
  /** Absent for nobody in particular. */
  readonly read?: boolean;
  readonly mentions: readonly never[];
  readonly statuses: readonly never[];
  readonly tags: readonly never[];
  readonly emojis: readonly never[];
  readonly reactions: readonly { readonly name: string; readonly count: number; readonly me?: boolean }[];
}

export interface List {
  readonly id: string;
  readonly title: string;
  readonly replies_policy: 'followed' | 'list' | 'none';
  readonly exclusive: boolean;
}

export interface Tag {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly history: readonly { readonly day: string; readonly uses: string; readonly accounts: string }[];
  readonly following?: boolean;
  readonly featuring?: boolean;
}

export interface Marker {
  readonly last_read_id: string;
  readonly version: number;
  readonly updated_at: string;
}

export interface ScheduledStatus {
  readonly id: string;
  readonly scheduled_at: string;
  readonly params: {
    readonly text: string;
    readonly poll: null;
    readonly media_ids: readonly string[] | null;
    readonly sensitive: boolean;
    readonly spoiler_text: string;
    readonly visibility: Status['visibility'];
    readonly in_reply_to_id: number | null;
    readonly language: string | null;
    readonly application_id: number | null;
    readonly scheduled_at: null;
    readonly idempotency: null;
    readonly with_rate_limit: false;
    readonly quoted_status_id: null;
  };
  readonly media_attachments: readonly MediaAttachment[];
}
