import type { Database, Migration } from '../../storage/index.ts';
import type {
  AccessTokenRow,
  AccountRow,
  AccountSettingsRow,
  OauthAppRow,
  OauthCodeRow,
  SlugRow,
} from './rows/accounts.ts';
import { statement } from './statement.ts';
import { communityTable } from './table.ts';

export const accounts = communityTable<AccountRow, 'id'>(
  'accounts',
  [
    'id',
    'slug',
    'domain',
    'kind',
    'role',
    'display_name',
    'email',
    'password',
    'channel',
    'note',
    'note_html',
    'fields',
    'avatar',
    'header',
    'discoverable',
    'indexable',
    'following_count',
    'posts_count',
    'last_post_at',
    'url',
    'suspended_at',
    'deactivated_at',
    'created_at',
  ],
  ['id'],
);
export const accountSettings = communityTable<AccountSettingsRow, 'account'>(
  'account_settings',
  ['account', 'visibility', 'sensitive', 'language', 'chosen_languages', 'notification_policy', 'other'],
  ['account'],
);
export const slugs = communityTable<SlugRow, 'slug'>('slugs', ['slug', 'kind', 'object'], ['slug']);
export const accessTokens = communityTable<AccessTokenRow, 'id'>(
  'access_tokens',
  ['id', 'account', 'kind', 'digest', 'scopes', 'app', 'created_at', 'revoked_at'],
  ['id'],
);
export const oauthApps = communityTable<OauthAppRow, 'id'>(
  'oauth_apps',
  ['id', 'client_id', 'secret', 'name', 'website', 'redirect_uris', 'scopes', 'created_at'],
  ['id'],
);
export const oauthCodes = communityTable<OauthCodeRow, 'digest'>(
  'oauth_codes',
  ['digest', 'app', 'account', 'redirect_uri', 'scopes', 'challenge', 'token', 'expires_at'],
  ['digest'],
);

export const accountTables = [accounts, accountSettings, slugs, accessTokens, oauthApps, oauthCodes].map(
  ({ guarded }) => guarded,
);

export const accountMigrations: readonly Migration[] = [
  {
    room: 'accounts',
    number: 1,
    up: (db) =>
      db.exec(`
CREATE TABLE slugs (
  slug TEXT PRIMARY KEY, kind TEXT NOT NULL, object INTEGER NOT NULL, sum INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE accounts (
  id INTEGER PRIMARY KEY, slug TEXT NOT NULL UNIQUE, domain TEXT, kind TEXT NOT NULL, role TEXT NOT NULL,
  display_name TEXT NOT NULL, email TEXT NOT NULL, password TEXT, channel INTEGER NOT NULL, note TEXT NOT NULL,
  note_html TEXT NOT NULL, fields TEXT NOT NULL, avatar INTEGER, header INTEGER, discoverable INTEGER NOT NULL,
  indexable INTEGER NOT NULL, following_count INTEGER NOT NULL, posts_count INTEGER NOT NULL, last_post_at INTEGER,
  url TEXT, suspended_at INTEGER, deactivated_at INTEGER, created_at INTEGER NOT NULL, sum INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX accounts_by_email ON accounts (email) WHERE email <> '';
CREATE UNIQUE INDEX accounts_by_channel ON accounts (channel);
CREATE TABLE account_settings (
  account INTEGER PRIMARY KEY, visibility TEXT NOT NULL, sensitive INTEGER NOT NULL, language TEXT,
  chosen_languages TEXT, notification_policy TEXT NOT NULL, other TEXT NOT NULL, sum INTEGER NOT NULL
) STRICT;
CREATE TABLE access_tokens (
  id INTEGER PRIMARY KEY, account INTEGER NOT NULL, kind TEXT NOT NULL, digest BLOB NOT NULL UNIQUE,
  scopes TEXT NOT NULL, app INTEGER, created_at INTEGER NOT NULL, revoked_at INTEGER, sum INTEGER NOT NULL
) STRICT;
CREATE INDEX access_tokens_by_account ON access_tokens (account);
CREATE INDEX access_tokens_by_app ON access_tokens (app, kind, id) WHERE app IS NOT NULL;
CREATE TABLE oauth_apps (
  id INTEGER PRIMARY KEY, client_id TEXT NOT NULL UNIQUE, secret BLOB NOT NULL, name TEXT NOT NULL, website TEXT,
  redirect_uris TEXT NOT NULL, scopes TEXT NOT NULL, created_at INTEGER NOT NULL, sum INTEGER NOT NULL
) STRICT;
CREATE INDEX oauth_apps_by_age ON oauth_apps (created_at);
CREATE TABLE oauth_codes (
  digest BLOB PRIMARY KEY, app INTEGER NOT NULL, account INTEGER NOT NULL, redirect_uri TEXT NOT NULL,
  scopes TEXT NOT NULL, challenge TEXT, token INTEGER, expires_at INTEGER NOT NULL, sum INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX oauth_codes_by_app ON oauth_codes (app);
CREATE INDEX oauth_codes_by_expiry ON oauth_codes (expires_at);`),
  },
];

const bySlug = statement<{ slug: string }>((db, { slug }) =>
  db.selectFrom('accounts').selectAll().where('slug', '=', slug),
);
const byEmail = statement<{ email: string }>((db, { email }) =>
  db.selectFrom('accounts').selectAll().where('email', '=', email),
);
const page = statement<{ after: number; limit: number }>((db, { after, limit }) =>
  db.selectFrom('accounts').selectAll().where('id', '>', after).orderBy('id').limit(limit),
);
const tokenByDigest = statement<{ digest: Uint8Array }>((db, { digest }) =>
  db.selectFrom('access_tokens').selectAll().where('digest', '=', digest),
);

export async function accountBySlug(db: Database, slug: string): Promise<AccountRow | undefined> {
  return (await accounts.find(db, bySlug, { slug }))[0];
}

export async function accountByEmail(db: Database, email: string): Promise<AccountRow | undefined> {
  return (await accounts.find(db, byEmail, { email }))[0];
}

/** In the order of their creation, behind an id. */
export async function accountsAfter(db: Database, after: number, limit: number): Promise<readonly AccountRow[]> {
  return accounts.find(db, page, { after, limit });
}

export async function accessTokenByDigest(db: Database, digest: Uint8Array): Promise<AccessTokenRow | undefined> {
  return (await accessTokens.find(db, tokenByDigest, { digest }))[0];
}
