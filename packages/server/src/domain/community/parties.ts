import { CarillonError } from '@carillon/core';
import { type AccountRow, accounts, type ChannelRow, channels, type Database } from '../../state/index.ts';

/** Somebody who can be followed, blocked or named: an account with its own channel, or a group channel. */
export interface Party {
  readonly id: number;
  readonly channel: ChannelRow;
  /** Absent for a group channel. */
  readonly account?: AccountRow;
}

/** The account that a command speaks for; throws `unauthorized` when it may do nothing any more. */
export async function requireActor(db: Database, id: number): Promise<AccountRow> {
  const row = await accounts.get(db, { id });
  if (row && stands(row)) return row;
  throw new CarillonError('unauthorized', 'this account is gone or suspended');
}

/** Throws `not-found` when there is neither an account nor a group channel of this id, or it is suspended. */
export async function requireParty(db: Database, id: number): Promise<Party> {
  const party = await findParty(db, id);
  if (party && (party.account === undefined || stands(party.account))) return party;
  throw new CarillonError('not-found', `there is no account ${id}`);
}

/** For what parts people rather than joins them: suspended ones are still there for it. */
export async function requireKnown(db: Database, id: number): Promise<Party> {
  const party = await findParty(db, id);
  if (party) return party;
  throw new CarillonError('not-found', `there is no account ${id}`);
}

/** Suspended ones too. */
export async function findParty(db: Database, id: number): Promise<Party | undefined> {
  const account = await accounts.get(db, { id });
  if (account) return { id, account, channel: await requireChannel(db, account.channel) };
  const channel = await channels.get(db, { id });
  return channel?.kind === 'group' ? { id, channel } : undefined;
}

export async function requireChannel(db: Database, id: number): Promise<ChannelRow> {
  const channel = await channels.get(db, { id });
  if (channel) return channel;
  throw new CarillonError('not-found', `there is no channel ${id}`);
}

/** Neither suspended nor deactivated. */
export function stands(row: Pick<AccountRow, 'suspended_at' | 'deactivated_at'>): boolean {
  return row.suspended_at === null && row.deactivated_at === null;
}
