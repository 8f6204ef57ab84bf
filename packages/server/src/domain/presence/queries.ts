import { sql } from 'kysely';
import { type Database, type Message, numbersOf, presences, statement } from '../../state/index.ts';
import { isSmall } from './commands.ts';
import { listPresences, onlineAccounts, type PresenceView, readPresence } from './messages.ts';
import { presenceOf } from './presence-rows.ts';

type Input<M> = M extends Message<infer I, unknown> ? I : never;

export const presenceQueries = {
  [listPresences.name]: (db: Database, { viewer, since = 0, maxMembers }: Input<typeof listPresences>) =>
    list(db, { viewer, since, only: null }, maxMembers),
  [readPresence.name]: async (db: Database, { viewer, account, maxMembers }: Input<typeof readPresence>) =>
    (await list(db, { viewer, since: 0, only: account }, maxMembers))[0],
  [onlineAccounts.name]: (db: Database) => numbersOf(db, online, {}),
};

interface Wanted {
  readonly viewer: number;
  readonly since: number;
  /** One account instead of all. */
  readonly only: number | null;
}

const online = statement<Record<never, never>>((db) =>
  db.selectFrom('presences').select('account as n').where('online', '=', sql.lit(1)).orderBy('account'),
);
const shown = statement<Wanted>((db, { viewer, since, only }) =>
  db
    .selectFrom('presences')
    .innerJoin('accounts', 'accounts.id', 'presences.account')
    .selectAll('presences')
    .where('accounts.suspended_at', 'is', null)
    .where('accounts.deactivated_at', 'is', null)
    .where((is) => is.or([is('online', '=', 1), is('active_at', '>=', since), is('idle_at', '>=', since)]))
    .where('presences.account', '=', sql<number>`coalesce(${only}, presences.account)`)
    .where((is) =>
      is.or([
        is('presences.account', '=', viewer),
        is.and([is('shared', '=', 1), is.not(is.exists(blocksBetween(viewer)))]),
      ]),
    )
    .orderBy('presences.account'),
);

/** In either direction. */
function blocksBetween(viewer: number) {
  return sql`(SELECT 1 FROM relations WHERE kind = 'block' AND account = ${viewer} AND target = presences.account
    UNION ALL SELECT 1 FROM relations WHERE kind = 'block' AND account = presences.account AND target = ${viewer})`;
}

async function list(db: Database, wanted: Wanted, maxMembers: number): Promise<readonly PresenceView[]> {
  const { viewer, only } = wanted;
  if (only === viewer || (await isSmall(db, maxMembers)))
    return (await presences.find(db, shown, wanted)).map(presenceOf);
  return only === null ? list(db, { ...wanted, only: viewer }, maxMembers) : [];
}
