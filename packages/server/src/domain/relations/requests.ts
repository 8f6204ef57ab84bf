import { sql } from 'kysely';
import {
  type AccountSnapshot,
  type Database,
  type FollowRow,
  follows,
  type Listed,
  numberOf,
  type PageQuery,
  statement,
} from '../../state/index.ts';
import { loadAccounts } from '../community/load-accounts.ts';
import { findPage, pagedBy } from '../community/paging.ts';

/** Both conditions are in the words of their indexes. */
const pending = sql<boolean>`f.state = 'pending'`;
const staffs = sql<boolean>`s.affiliation IN ('owner', 'moderator')`;

const waiting = pagedBy('f.id', (db, { viewer }: { viewer: number }) =>
  db
    .selectFrom('follows as s')
    .innerJoin('follows as f', 'f.channel', 's.channel')
    .selectAll('f')
    .where('s.account', '=', viewer)
    .where(staffs)
    .where(pending),
);
const waitingCount = statement<{ viewer: number }>((db, { viewer }) =>
  db
    .selectFrom('follows as s')
    .innerJoin('follows as f', 'f.channel', 's.channel')
    .select((is) => is.fn.countAll().as('n'))
    .where('s.account', '=', viewer)
    .where(staffs)
    .where(pending),
);
const waitingOf = statement<{ viewer: number; account: number }>((db, { viewer, account }) =>
  db
    .selectFrom('follows as f')
    .innerJoin('follows as s', 's.channel', 'f.channel')
    .selectAll('f')
    .where('f.account', '=', account)
    .where(pending)
    .where('s.account', '=', viewer)
    .where(staffs)
    .orderBy('f.id'),
);
const waitingAt = statement<{ channel: number; limit: number }>((db, { channel, limit }) =>
  db
    .selectFrom('follows as f')
    .selectAll('f')
    .where('f.channel', '=', channel)
    .where(pending)
    .orderBy('f.id')
    .limit(limit),
);

/** Who waits for an answer of this account: at its own channel, and at groups that it moderates. */
export async function requestsFor(
  db: Database,
  viewer: number,
  page: PageQuery,
): Promise<readonly Listed<AccountSnapshot>[]> {
  const rows = await findPage(db, follows, waiting, { viewer }, page);
  return listAccounts(
    db,
    rows.map(({ id, account }) => ({ cursor: id, account })),
  );
}

export function countRequests(db: Database, viewer: number): Promise<number> {
  return numberOf(db, waitingCount, { viewer });
}

/** What an account asks of another: at the channel, or, when none is named, first of all at its own. */
export async function findRequest(
  db: Database,
  { viewer, own, account, channel }: { viewer: number; own: number; account: number; channel?: number | undefined },
): Promise<FollowRow | undefined> {
  const rows = await follows.find(db, waitingOf, { viewer, account });
  if (channel !== undefined) return rows.find((row) => row.channel === channel);
  return rows.find((row) => row.channel === own) ?? rows[0];
}

/** The oldest requests at a channel. */
export function oldestRequests(db: Database, channel: number, limit: number): Promise<readonly FollowRow[]> {
  return follows.find(db, waitingAt, { channel, limit });
}

/** Accounts under the ids that they are listed by; what is gone is left out. */
export async function listAccounts(
  db: Database,
  entries: readonly { readonly cursor: number; readonly account: number }[],
): Promise<readonly Listed<AccountSnapshot>[]> {
  const found = await loadAccounts(
    db,
    entries.map(({ account }) => account),
  );
  return entries.flatMap(({ cursor, account }) => {
    const item = found.get(account);
    return item ? [{ cursor, item }] : [];
  });
}
