import { sql } from 'kysely';
import {
  type AccountSnapshot,
  accountByEmail,
  computed,
  type Database,
  type Message,
  statement,
} from '../../state/index.ts';
import { loadAccount, loadAccountList } from '../community/load-accounts.ts';
import { stands } from '../community/parties.ts';
import { listFollowed, listFollowers } from './follow-lists.ts';
import {
  accountByAcct,
  accountSettingsOf,
  accountSnapshot,
  accountSnapshots,
  accountsByAccts,
  communityCounts,
  followersOf,
  followingOf,
  members,
  ownAccount,
  signInFacts,
} from './messages.ts';
import { loadOwn } from './profile.ts';
import { readAllSettings } from './settings.ts';

type Input<M> = M extends Message<infer I, unknown> ? I : never;

const MONTH_MS = 30 * 86_400_000;

const bySlugs = statement<{ slugs: string }>((db, { slugs }) =>
  db
    .selectFrom('slugs')
    .select(['slug', 'object'])
    .where('slug', 'in', sql<string>`(SELECT value FROM json_each(${slugs}))`),
);
const counts = statement<{ since: number }>((db, { since }) =>
  db
    .selectFrom('accounts')
    .select([
      sql<number>`count(*) FILTER (WHERE domain IS NULL AND suspended_at IS NULL)`.as('accounts'),
      sql<number>`coalesce(sum(posts_count) FILTER (WHERE domain IS NULL), 0)`.as('posts'),
      sql<number>`count(DISTINCT domain)`.as('domains'),
      sql<number>`count(*) FILTER (WHERE domain IS NULL AND last_post_at > ${since})`.as('active'),
    ]),
);

const localIds = statement<Record<never, never>>((db) =>
  db.selectFrom('accounts').select('id').where('domain', 'is', null).where('deactivated_at', 'is', null).orderBy('id'),
);

export const peopleQueries = {
  [accountSnapshot.name]: (db: Database, { id }: Input<typeof accountSnapshot>) => loadAccount(db, id),
  [accountSnapshots.name]: (db: Database, { ids }: Input<typeof accountSnapshots>) => loadAccountList(db, ids),
  [members.name]: async (db: Database) =>
    loadAccountList(
      db,
      (await computed(db, localIds, {})).map(({ id }) => Number(id)),
    ),
  [accountByAcct.name]: async (db: Database, { acct }: Input<typeof accountByAcct>) =>
    (await findByAccts(db, [acct]))[0]?.account,
  [accountsByAccts.name]: async (db: Database, { accts }: Input<typeof accountsByAccts>) =>
    (await findByAccts(db, accts)).map(({ acct, account }) => ({ ...account, acct })),
  [ownAccount.name]: (db: Database, { account }: Input<typeof ownAccount>) => loadOwn(db, account),
  [accountSettingsOf.name]: (db: Database, { account }: Input<typeof accountSettingsOf>) =>
    readAllSettings(db, account),
  [signInFacts.name]: findSignIn,
  [followersOf.name]: listFollowers,
  [followingOf.name]: listFollowed,
  [communityCounts.name]: async (db: Database) => {
    const [row] = await computed(db, counts, { since: Date.now() - MONTH_MS });
    return {
      accounts: Number(row?.['accounts']),
      posts: Number(row?.['posts']),
      domains: Number(row?.['domains']),
      active: Number(row?.['active']),
    };
  },
};

/** Names that were given once and belong to nobody any more are left out. */
async function findByAccts(
  db: Database,
  accts: readonly string[],
): Promise<readonly { readonly acct: string; readonly account: AccountSnapshot }[]> {
  const wanted = [...new Set(accts.map((acct) => acct.toLowerCase()))];
  const rows = await computed(db, bySlugs, { slugs: JSON.stringify(wanted) });
  const ids = new Map(rows.map(({ slug, object }) => [String(slug), Number(object)]));
  const found = new Map((await loadAccountList(db, ids.values())).map((account) => [account.id, account]));
  return wanted.flatMap((acct) => {
    const account = found.get(ids.get(acct) ?? 0);
    return account ? [{ acct, account }] : [];
  });
}

async function findSignIn(db: Database, { email }: Input<typeof signInFacts>) {
  const row = await accountByEmail(db, email.toLowerCase());
  if (!row?.password || row.domain !== null || row.deactivated_at !== null) return undefined;
  return { account: row.id, password: row.password, suspended: !stands(row) };
}
