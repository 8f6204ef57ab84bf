import { CarillonError } from '@carillon/core';
import {
  type AccountRow,
  accountByEmail,
  accountBySlug,
  accounts,
  accountsAfter,
  type CommandContext,
  type Database,
  type Message,
} from '../../state/index.ts';
import { type Audited, audited } from '../audit.ts';
import { checkSlug } from '../slug.ts';
import { followDefaults } from '../workspace/defaults.ts';
import { insertAccount, requireFree } from './account-rows.ts';
import { type AccountView, toView } from './account-view.ts';
import { tokenCommands, tokenQueries } from './tokens.ts';

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

export const createAccount: Message<Audited<NewAccount>, AccountView> = { name: 'accounts.create' };
export const accountByName: Message<{ readonly name: string }, AccountView | undefined> = { name: 'accounts.by-name' };
export const listAccounts: Message<{ readonly after: number; readonly limit: number }, readonly AccountView[]> = {
  name: 'accounts.list',
};

export const accountCommands = { ...tokenCommands, [createAccount.name]: audited(create) };

export const accountQueries = {
  ...tokenQueries,
  [accountByName.name]: async (db: Database, { name }: { readonly name: string }) => {
    const row = await accountBySlug(db, name);
    return row && toView(row);
  },
  [listAccounts.name]: async (db: Database, { after, limit }: { readonly after: number; readonly limit: number }) =>
    (await accountsAfter(db, after, limit)).map(toView),
};

async function create(context: CommandContext, wanted: NewAccount): Promise<AccountView> {
  const slug = checkSlug(wanted.name);
  await requireFree(context.db, slug);
  const email = wanted.email.toLowerCase();
  if (await accountByEmail(context.db, email)) {
    throw new CarillonError('conflict', `${email} belongs to another account`);
  }
  const row = await insertAccount(context, {
    slug,
    domain: null,
    kind: wanted.kind,
    role: wanted.role,
    display_name: wanted.displayName || slug,
    email,
    password: wanted.password ?? null,
    note_html: '',
    url: null,
  });
  await followDefaults(context, row);
  return toView((await accounts.get(context.db, { id: row.id })) ?? row);
}
