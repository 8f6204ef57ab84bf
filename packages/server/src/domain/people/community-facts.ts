import { sql } from 'kysely';
import {
  type AccountSnapshot,
  computed,
  type Database,
  firstIdOf,
  type Message,
  statement,
} from '../../state/index.ts';
import { loadAccounts } from '../community/load-accounts.ts';

export interface WeekFacts {
  /** Unix seconds of its Monday, UTC. */
  readonly week: number;
  readonly posts: number;
  /** Accounts that posted. */
  readonly authors: number;
  /** Accounts that were made. */
  readonly accounts: number;
}

/** Other servers that accounts are known of, by name. */
export const knownDomains: Message<Record<string, never>, readonly string[]> = { name: 'people.domains' };
/** What this community's own accounts did in the last twelve weeks, the newest first. */
export const communityActivity: Message<{ now: number }, readonly WeekFacts[]> = { name: 'people.activity' };
/** Of each target the followers that the viewer follows, at most 40. */
export const familiarFollowers: Message<
  { viewer: number; targets: readonly number[] },
  readonly { readonly target: number; readonly followers: readonly AccountSnapshot[] }[]
> = { name: 'people.familiar-followers' };

export const communityFactQueries = {
  [knownDomains.name]: domainsOf,
  [communityActivity.name]: activityUntil,
  [familiarFollowers.name]: familiarOf,
};

const MOST_DOMAINS = 5_000;
const WEEK_MS = 7 * 86_400_000;
/** The first Monday after the beginning of Unix time. */
const MONDAY_MS = 4 * 86_400_000;
const WEEKS = 12;
const MOST_FAMILIAR = 40;
const MOST_FOUND = 1_000;

const domains = statement<Record<never, never>>((db) =>
  db
    .selectFrom('accounts')
    .select('domain')
    .distinct()
    .where('domain', 'is not', null)
    .orderBy('domain')
    .limit(MOST_DOMAINS),
);
/** Whole weeks since the first Monday: constants, because a number that is bound is a float to SQLite. */
const weekOf = sql<number>`(created_at - ${sql.lit(MONDAY_MS)}) / ${sql.lit(WEEK_MS)}`.as('week');
const postsByWeek = statement<{ since: number; from: number }>((db, { since, from }) =>
  db
    .selectFrom('posts')
    .select([weekOf, sql<number>`count(*)`.as('posts'), sql<number>`count(DISTINCT author)`.as('authors')])
    .where('id', '>=', from)
    .where('created_at', '>=', since)
    .where('origin', 'is', null)
    .groupBy('week'),
);
const accountsByWeek = statement<{ since: number }>((db, { since }) =>
  db
    .selectFrom('accounts')
    .select([weekOf, sql<number>`count(*)`.as('accounts')])
    .where('created_at', '>=', since)
    .where('domain', 'is', null)
    .groupBy('week'),
);
/** From those whom the viewer follows to whom they follow: as many steps as the viewer has follows. */
const familiar = statement<{ viewer: number; channels: string }>((db, { viewer, channels }) =>
  db
    .selectFrom('follows as mine')
    .innerJoin('channels', 'channels.id', 'mine.channel')
    .innerJoin('follows as theirs', 'theirs.account', 'channels.owner')
    .select(['theirs.channel as channel', 'theirs.account as account'])
    .where('mine.account', '=', viewer)
    .where('mine.state', '=', 'subscribed')
    .where('channels.kind', '=', 'personal')
    .where('channels.owner', '<>', viewer)
    .where('theirs.state', '=', 'subscribed')
    .where('theirs.affiliation', '<>', 'owner')
    .where('theirs.channel', 'in', sql<number>`(SELECT value FROM json_each(${channels}))`)
    .orderBy('theirs.id', 'desc')
    .limit(MOST_FOUND),
);

async function domainsOf(db: Database): Promise<readonly string[]> {
  return (await computed(db, domains, {})).map(({ domain }) => String(domain));
}

async function activityUntil(db: Database, { now }: { readonly now: number }): Promise<readonly WeekFacts[]> {
  const last = Math.floor((now - MONDAY_MS) / WEEK_MS);
  const since = (last - WEEKS + 1) * WEEK_MS + MONDAY_MS;
  const posted = new Map(
    (await computed(db, postsByWeek, { since, from: firstIdOf(since) })).map((row) => [Number(row['week']), row]),
  );
  const made = new Map((await computed(db, accountsByWeek, { since })).map((row) => [Number(row['week']), row]));
  return Array.from({ length: WEEKS }, (_, ago) => {
    const number = last - ago;
    const { posts = 0, authors = 0 } = posted.get(number) ?? {};
    return {
      week: (number * WEEK_MS + MONDAY_MS) / 1000,
      posts: Number(posts),
      authors: Number(authors),
      accounts: Number(made.get(number)?.['accounts'] ?? 0),
    };
  });
}

async function familiarOf(
  db: Database,
  { viewer, targets }: { readonly viewer: number; readonly targets: readonly number[] },
) {
  const known = await loadAccounts(db, targets);
  const channels = [...known.values()].map(({ channel }) => channel);
  const rows = await computed(db, familiar, { viewer, channels: JSON.stringify(channels) });
  const followers = await loadAccounts(
    db,
    rows.map(({ account }) => Number(account)),
  );
  return [...known.values()].map(({ id, channel }) => ({
    target: id,
    followers: rows
      .filter((row) => row['channel'] === channel)
      .slice(0, MOST_FAMILIAR)
      .map(({ account }) => followers.get(Number(account)))
      .filter((follower) => follower !== undefined),
  }));
}
