import type { Database, Migration } from '../../storage/index.ts';
import type { AccessTokenRow, AccountRow, SlugRow } from './schema.ts';
import { statement } from './statement.ts';
import { communityTable } from './table.ts';

export const accounts = communityTable<AccountRow, 'id'>(
  'accounts',
  ['id', 'slug', 'kind', 'role', 'display_name', 'email', 'password', 'channel', 'created_at'],
  ['id'],
);
export const slugs = communityTable<SlugRow, 'slug'>('slugs', ['slug', 'kind', 'object'], ['slug']);
export const accessTokens = communityTable<AccessTokenRow, 'id'>(
  'access_tokens',
  ['id', 'account', 'kind', 'digest', 'scopes', 'created_at', 'revoked_at'],
  ['id'],
);

export const accountTables = [accounts.guarded, slugs.guarded, accessTokens.guarded];

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
  id INTEGER PRIMARY KEY, slug TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, role TEXT NOT NULL, display_name TEXT NOT NULL,
  email TEXT NOT NULL, password TEXT, channel INTEGER NOT NULL, created_at INTEGER NOT NULL, sum INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX accounts_by_email ON accounts (email);
CREATE TABLE access_tokens (
  id INTEGER PRIMARY KEY, account INTEGER NOT NULL, kind TEXT NOT NULL, digest BLOB NOT NULL UNIQUE,
  scopes TEXT NOT NULL, created_at INTEGER NOT NULL, revoked_at INTEGER, sum INTEGER NOT NULL
) STRICT;
CREATE INDEX access_tokens_by_account ON access_tokens (account);`),
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
