import { CarillonError } from '@carillon/core';
import {
  type AccountRow,
  accounts,
  accountTopic,
  announce,
  type CommandContext,
  type Database,
} from '../../state/index.ts';
import { restoreTokens, silenceTokens } from './tokens.ts';

export interface Named {
  readonly account: number;
}

/** Suspending twice changes nothing. */
export async function suspend(context: CommandContext, { account }: Named): Promise<undefined> {
  const { db, now } = context;
  const row = await requireAccount(db, account);
  if (row.suspended_at !== null) return;
  await accounts.put(db, { ...row, suspended_at: now });
  tell(context, 'account.suspended', row);
  await silenceTokens(context, account);
}

/** Whoever stands already is left alone. */
export async function restore(context: CommandContext, { account }: Named): Promise<undefined> {
  const { db } = context;
  const row = await requireAccount(db, account);
  if (row.suspended_at === null) return;
  await accounts.put(db, { ...row, suspended_at: null });
  tell(context, 'account.restored', row);
  await restoreTokens(context, account);
}

/** Suspended ones too. */
export async function requireAccount(db: Database, id: number): Promise<AccountRow> {
  const row = await accounts.get(db, { id });
  if (row) return row;
  throw new CarillonError('not-found', `there is no account ${id}`);
}

function tell(context: CommandContext, type: 'account.suspended' | 'account.restored', row: AccountRow): void {
  announce(context, {
    type,
    topics: [accountTopic(row.id), 'system'],
    routing: { author: row.id, channel: row.channel, object: row.id },
    data: { account: row.id },
  });
}
