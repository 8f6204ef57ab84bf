import { CarillonError } from '@carillon/core';
import {
  type AccessTokenRow,
  type AccountRow,
  accessTokenByDigest,
  accessTokens,
  accountByEmail,
  accountBySlug,
  accounts,
  accountsAfter,
  type CommandContext,
  channels,
  type Database,
  follows,
  type Message,
  slugs,
} from '../state/index.ts';
import { type Audited, audited } from './audit.ts';
import { announceRevocation } from './revocations.ts';
import { checkSlug } from './slug.ts';

/** An account as administrators and the account itself may see it. */
export type AccountView = Omit<AccountRow, 'password'>;

export interface NewAccount {
  /** `juliet`: immutable, lower case. */
  readonly name: string;
  readonly kind: AccountRow['kind'];
  readonly role: AccountRow['role'];
  readonly displayName: string;
  readonly email: string;
  /** A hash that `auth` made; absent for accounts that never sign in with a password. */
  readonly password?: string;
}

export interface NewAccessToken {
  readonly account: number;
  readonly kind: AccessTokenRow['kind'];
  /** SHA-256 of the text, which never comes this far. */
  readonly digest: Uint8Array;
  readonly scopes: readonly string[];
}

export interface AccessTokenView {
  readonly id: number;
  /** Null for a token that speaks for an application alone. */
  readonly account: AccountView | null;
  readonly kind: AccessTokenRow['kind'];
  readonly scopes: readonly string[];
  /** The OAuth application that it was given to. */
  readonly app: number | null;
}

export const createAccount: Message<Audited<NewAccount>, AccountView> = { name: 'accounts.create' };
export const createAccessToken: Message<Audited<NewAccessToken>, AccessTokenView> = { name: 'accounts.create-token' };
/** Answers with nothing when there is no such token; revoking twice changes nothing. */
export const revokeAccessToken: Message<Audited<{ readonly id: number }>, undefined> = {
  name: 'accounts.revoke-token',
};

export const accountByName: Message<{ readonly name: string }, AccountView | undefined> = { name: 'accounts.by-name' };
export const listAccounts: Message<{ readonly after: number; readonly limit: number }, readonly AccountView[]> = {
  name: 'accounts.list',
};
/** A token that stands, with its account. */
export const accessTokenOf: Message<{ readonly digest: Uint8Array }, AccessTokenView | undefined> = {
  name: 'accounts.token-of',
};

export const accountCommands = {
  [createAccount.name]: audited(create),
  [createAccessToken.name]: audited(createToken),
  [revokeAccessToken.name]: audited(revokeToken),
};

export const accountQueries = {
  [accountByName.name]: async (db: Database, { name }: { readonly name: string }) => {
    const row = await accountBySlug(db, name);
    return row && toView(row);
  },
  [listAccounts.name]: async (db: Database, { after, limit }: { readonly after: number; readonly limit: number }) =>
    (await accountsAfter(db, after, limit)).map(toView),
  [accessTokenOf.name]: async (db: Database, { digest }: { readonly digest: Uint8Array }) => {
    const token = await accessTokenByDigest(db, digest);
    return token?.revoked_at === null ? viewToken(db, token) : undefined;
  },
};

/** How connections opened with an access token name their credential. */
export function accessTokenCredentialId(id: number): string {
  return `token:${id}`;
}

async function create(context: CommandContext, wanted: NewAccount): Promise<AccountView> {
  const { db, now } = context;
  const slug = checkSlug(wanted.name);
  if (await slugs.get(db, { slug })) throw new CarillonError('conflict', `the name ${slug} is taken`);
  if (await accountByEmail(db, wanted.email)) {
    throw new CarillonError('conflict', `${wanted.email} belongs to another account`);
  }
  const [id, channel] = [context.nextId(), context.nextId()];
  const row: AccountRow = {
    id,
    slug,
    kind: wanted.kind,
    role: wanted.role,
    display_name: wanted.displayName || slug,
    email: wanted.email,
    password: wanted.password ?? null,
    channel,
    domain: null,
    note: '',
    note_html: '',
    fields: '[]',
    avatar: null,
    header: null,
    discoverable: 1,
    indexable: 1,
    following_count: 0,
    posts_count: 0,
    last_post_at: null,
    url: null,
    suspended_at: null,
    deactivated_at: null,
    created_at: now,
  };
  await slugs.insert(db, { slug, kind: 'account', object: id });
  await accounts.insert(db, row);
  const since = context.append({
    type: 'account.created',
    topics: ['community', `account:${id}`],
    actor: String(id),
    routing: { author: id, channel, object: id },
    subjects: [`account:${id}`],
    data: Buffer.from(JSON.stringify({ account: publicFacts(row) })),
  });
  await channels.insert(db, {
    id: channel,
    kind: 'personal',
    slug,
    title: row.display_name,
    description: '',
    access: 'open',
    default_affiliation: 'member',
    owner: id,
    participants: null,
    followers_count: 0,
    posts_count: 0,
    last_post_at: null,
    created_at: now,
  });
  await follows.insert(db, {
    channel,
    account: id,
    state: 'subscribed',
    affiliation: 'owner',
    since_position: since,
    id: context.nextId(),
    shares: 1,
    notify: 0,
    languages: null,
    created_at: now,
  });
  return toView(row);
}

async function createToken(context: CommandContext, wanted: NewAccessToken): Promise<AccessTokenView> {
  const { db } = context;
  if (!(await accounts.get(db, { id: wanted.account }))) {
    throw new CarillonError('not-found', `there is no account ${wanted.account}`);
  }
  if (await accessTokenByDigest(db, wanted.digest)) throw new CarillonError('conflict', 'the token exists already');
  const token: AccessTokenRow = {
    id: context.nextId(),
    account: wanted.account,
    kind: wanted.kind,
    digest: wanted.digest,
    scopes: wanted.scopes.join(' '),
    app: null,
    created_at: context.now,
    revoked_at: null,
  };
  await accessTokens.insert(db, token);
  return viewToken(db, token);
}

async function revokeToken(context: CommandContext, { id }: { readonly id: number }): Promise<undefined> {
  const token = await accessTokens.get(context.db, { id });
  if (!token) throw new CarillonError('not-found', `there is no access token ${id}`);
  if (token.revoked_at !== null) return;
  await accessTokens.put(context.db, { ...token, revoked_at: context.now });
  announceRevocation(context, { credentialId: accessTokenCredentialId(id) });
}

async function viewToken(db: Database, token: AccessTokenRow): Promise<AccessTokenView> {
  const { id, account, kind, app } = token;
  const scopes = token.scopes === '' ? [] : token.scopes.split(' ');
  if (kind === 'app') return { id, account: null, kind, scopes, app };
  const owner = await accounts.get(db, { id: account });
  if (!owner) throw new CarillonError('corrupt', `access token ${id} belongs to account ${account}, which is missing`);
  return { id, account: toView(owner), kind, scopes, app };
}

/** What every member of the community may see. */
function publicFacts({ id, slug, kind, role, display_name, channel, created_at }: AccountRow): object {
  return { id, name: slug, kind, role, displayName: display_name, channel, createdAt: created_at };
}

function toView({ password: _, ...view }: AccountRow): AccountView {
  return view;
}
