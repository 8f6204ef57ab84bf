export type AccountKind = 'person' | 'bot';
export type Role = 'owner' | 'admin' | 'moderator' | 'member' | 'guest';

export interface AccountRow {
  id: number;
  /** `juliet`; of an account of another server `romeo@verona.example`. */
  slug: string;
  /** Null for this community's own accounts. */
  domain: string | null;
  kind: AccountKind;
  role: Role;
  display_name: string;
  /** Empty for accounts of other servers. */
  email: string;
  /** As `auth` made it; null for accounts that cannot sign in with one. */
  password: string | null;
  /** Its own channel. */
  channel: number;
  /** The profile's text as written, and as sanitised HTML. */
  note: string;
  note_html: string;
  /** `[{name, value, html}]` */
  fields: string;
  /** Media, or null. */
  avatar: number | null;
  header: number | null;
  discoverable: number;
  indexable: number;
  following_count: number;
  posts_count: number;
  last_post_at: number | null;
  /** The profile's address on its own server; null for local accounts. */
  url: string | null;
  suspended_at: number | null;
  deactivated_at: number | null;
  created_at: number;
}

export interface AccountSettingsRow {
  account: number;
  /** Of new posts, as `PostRow.visibility`. */
  visibility: string;
  sensitive: number;
  language: string | null;
  /** JSON list; null when posts in all languages are wanted. */
  chosen_languages: string | null;
  /** `{notFollowing, notFollowers, newAccounts, privateMentions, limitedAccounts}`: accept, filter or drop. */
  notification_policy: string;
  /** Whatever else a client keeps for its user, by name. */
  other: string;
}

/** Accounts and group channels share one space of names (kernel K13). */
export interface SlugRow {
  slug: string;
  kind: 'account' | 'channel';
  object: number;
}

export interface AccessTokenRow {
  id: number;
  /** 0 for a token that speaks for an application alone. */
  account: number;
  kind: 'access' | 'api-key' | 'app';
  /** SHA-256 of the whole text. */
  digest: Uint8Array;
  /** Separated by spaces. */
  scopes: string;
  /** The OAuth application that it was given to. */
  app: number | null;
  created_at: number;
  revoked_at: number | null;
}

export interface OauthAppRow {
  id: number;
  client_id: string;
  /** SHA-256. */
  secret: Uint8Array;
  name: string;
  website: string | null;
  /** JSON list. */
  redirect_uris: string;
  scopes: string;
  created_at: number;
}

export interface OauthCodeRow {
  /** SHA-256 of the code. */
  digest: Uint8Array;
  app: number;
  account: number;
  redirect_uri: string;
  scopes: string;
  /** RFC 7636 S256 challenge. */
  challenge: string | null;
  /** The access token that it was traded for; the row stays until it expires, so that a second use is seen. */
  token: number | null;
  expires_at: number;
}
