import { CarillonError } from '@carillon/core';
import {
  type AccessTokenRow,
  type AccountRow,
  accessTokenByDigest,
  accessTokens,
  accounts,
  type CommandContext,
  type Database,
  type Message,
  statement,
} from '../../state/index.ts';
import { type Audited, audited } from '../audit.ts';
import { stands } from '../community/parties.ts';
import { announceRestoration, announceRevocation } from '../revocations.ts';
import { type AccountView, toView } from './account-view.ts';

export interface NewAccessToken {
  readonly account: number;
  readonly kind: AccessTokenRow['kind'];
  /** SHA-256 of the text, which never comes this far. */
  readonly digest: Uint8Array;
  readonly scopes: readonly string[];
  /** The OAuth application that it is given to. */
  readonly app?: number;
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

export const createAccessToken: Message<Audited<NewAccessToken>, AccessTokenView> = { name: 'accounts.create-token' };
/** Answers with nothing when there is no such token; revoking twice changes nothing. */
export const revokeAccessToken: Message<Audited<{ readonly id: number }>, undefined> = {
  name: 'accounts.revoke-token',
};
/** A token that stands, with its account; `undefined` while the account is suspended. */
export const accessTokenOf: Message<{ readonly digest: Uint8Array }, AccessTokenView | undefined> = {
  name: 'accounts.token-of',
};

/** An API key that counts, with whose it is; an account that is suspended has it still. */
export const apiKeyOf: Message<
  { readonly digest: Uint8Array },
  | {
      readonly id: number;
      readonly scopes: readonly string[];
      readonly owner: AccountView;
      readonly suspended: boolean;
    }
  | undefined
> = { name: 'accounts.api-key-of' };

export const tokenCommands = {
  [createAccessToken.name]: audited(createToken),
  [revokeAccessToken.name]: audited(revokeToken),
};

export const tokenQueries = {
  [accessTokenOf.name]: async (db: Database, { digest }: { readonly digest: Uint8Array }) => {
    const token = await accessTokenByDigest(db, digest);
    return token?.revoked_at === null ? viewToken(db, token) : undefined;
  },
  [apiKeyOf.name]: async (db: Database, { digest }: { readonly digest: Uint8Array }) => {
    const token = await accessTokenByDigest(db, digest);
    if (token?.kind !== 'api-key' || token.revoked_at !== null) return undefined;
    const owner = await requireOwner(db, token);
    return { id: token.id, scopes: scopesOf(token), owner: toView(owner), suspended: !stands(owner) };
  },
};

const tokensOf = statement<{ account: number }>((db, { account }) =>
  db.selectFrom('access_tokens').selectAll().where('account', '=', account),
);

/** How connections opened with an access token name their credential. */
export function accessTokenCredentialId(id: number): string {
  return `token:${id}`;
}

/** Ends what is open with any token of the account. The tokens themselves stay: they refuse while it is suspended. */
export async function silenceTokens(context: CommandContext, account: number): Promise<void> {
  for (const { id } of await standingTokens(context.db, account)) {
    announceRevocation(context, { credentialId: accessTokenCredentialId(id) });
  }
}

/** Lets the tokens of a suspended account count again. */
export async function restoreTokens(context: CommandContext, account: number): Promise<void> {
  for (const { id } of await standingTokens(context.db, account)) {
    announceRestoration(context, accessTokenCredentialId(id));
  }
}

/** Ends and forgets them all. */
export async function dropTokens(context: CommandContext, account: number): Promise<void> {
  await silenceTokens(context, account);
  for (const row of await accessTokens.find(context.db, tokensOf, { account })) {
    await accessTokens.remove(context.db, row);
  }
}

async function standingTokens(db: Database, account: number): Promise<readonly AccessTokenRow[]> {
  return (await accessTokens.find(db, tokensOf, { account })).filter(({ revoked_at }) => revoked_at === null);
}

async function createToken(context: CommandContext, wanted: NewAccessToken): Promise<AccessTokenView> {
  const { db } = context;
  const account = await accounts.get(db, { id: wanted.account });
  if (!account) throw new CarillonError('not-found', `there is no account ${wanted.account}`);
  if (!stands(account)) throw new CarillonError('conflict', `the account ${account.slug} is suspended`);
  if (await accessTokenByDigest(db, wanted.digest)) throw new CarillonError('conflict', 'the token exists already');
  const token: AccessTokenRow = {
    id: context.nextId(),
    account: wanted.account,
    kind: wanted.kind,
    digest: wanted.digest,
    scopes: wanted.scopes.join(' '),
    app: wanted.app ?? null,
    created_at: context.now,
    revoked_at: null,
  };
  await accessTokens.insert(db, token);
  return { id: token.id, account: toView(account), kind: token.kind, scopes: wanted.scopes, app: null };
}

async function revokeToken(context: CommandContext, { id }: { readonly id: number }): Promise<undefined> {
  const token = await accessTokens.get(context.db, { id });
  if (!token) throw new CarillonError('not-found', `there is no access token ${id}`);
  if (token.revoked_at !== null) return;
  await accessTokens.put(context.db, { ...token, revoked_at: context.now });
  announceRevocation(context, { credentialId: accessTokenCredentialId(id) });
}

async function viewToken(db: Database, token: AccessTokenRow): Promise<AccessTokenView | undefined> {
  const { id, kind, app } = token;
  const scopes = scopesOf(token);
  if (kind === 'app') return { id, account: null, kind, scopes, app };
  const owner = await requireOwner(db, token);
  return stands(owner) ? { id, account: toView(owner), kind, scopes, app } : undefined;
}

async function requireOwner(db: Database, { id, account }: AccessTokenRow): Promise<AccountRow> {
  const owner = await accounts.get(db, { id: account });
  if (owner) return owner;
  throw new CarillonError('corrupt', `access token ${id} belongs to account ${account}, which is missing`);
}

function scopesOf({ scopes }: AccessTokenRow): readonly string[] {
  return scopes === '' ? [] : scopes.split(' ');
}
