import * as z from 'zod';
import {
  type AccountSnapshot,
  accountByAcct,
  accountPosts,
  accountSnapshot,
  accountSnapshots,
  familiarFollowers,
  followersOf,
  followingOf,
  listsOf,
  relationshipsWith,
  searchAccounts,
} from '../../../domain/index.ts';
import { toAccount, toList, toRelationship } from '../entities/index.ts';
import {
  ACCOUNTS,
  anyone,
  type Call,
  flag,
  found,
  idField,
  many,
  type Rest,
  readLimit,
  readQueryFields,
  STATUSES,
  user,
} from '../http/index.ts';
import { statusPage } from './show.ts';

const READ = anyone('read:accounts');
const MOST_AT_ONCE = 40;

const postFilters = z.object({
  only_media: flag,
  exclude_replies: flag,
  exclude_reblogs: flag,
  pinned: flag,
  tagged: z.string().min(1).max(200).optional(),
});

const search = z.object({
  q: z.string().max(500).default(''),
  following: flag,
  offset: z.coerce.number().int().min(0).max(10_000).default(0),
});

/** Looking at accounts (docs.joinmastodon.org/methods/accounts). */
export function accountRoutes(rest: Rest): void {
  rest.get('/api/v1/accounts', READ, several);
  rest.get('/api/v1/accounts/lookup', READ, lookup);
  rest.get('/api/v1/accounts/search', user('read:accounts'), searched);
  rest.get('/api/v1/accounts/relationships', user('read:follows'), relationships);
  rest.get('/api/v1/accounts/familiar_followers', user('read:follows'), familiar);
  rest.get('/api/v1/accounts/:id', READ, async (call) => toAccount(await theAccount(call), call.site));
  rest.get('/api/v1/accounts/:id/statuses', anyone('read:statuses'), posts);
  rest.get('/api/v1/accounts/:id/followers', READ, (call) => accountPage(call, followersOf));
  rest.get('/api/v1/accounts/:id/following', READ, (call) => accountPage(call, followingOf));
  rest.get('/api/v1/accounts/:id/featured_tags', READ, async (call) => {
    await theAccount(call);
    return [];
  });
  rest.get('/api/v1/accounts/:id/lists', user('read:lists'), async (call) => {
    const { id: member } = await theAccount(call);
    return (await call.query(listsOf, { viewer: call.viewer, member })).map(toList);
  });
}

/** The account of the path; throws when there is none. */
async function theAccount(call: Call<number | null>): Promise<AccountSnapshot> {
  return found(await call.query(accountSnapshot, { id: call.id() }));
}

async function several(call: Call<number | null>) {
  const ids = idsAsked(call);
  const snapshots = ids.length > 0 ? await call.query(accountSnapshots, { ids }) : [];
  return snapshots.map((snapshot) => toAccount(snapshot, call.site));
}

async function lookup(call: Call<number | null>) {
  const { acct } = call.search(z.object({ acct: z.string().max(300).default('') }));
  return toAccount(found(await call.query(accountByAcct, { acct: localAcct(acct, call.site.domain) })), call.site);
}

async function searched(call: Call<number>) {
  const { q: text, following = false, offset } = call.search(search);
  const limit = readLimit(readQueryFields(call.context).limit, ACCOUNTS.limit, ACCOUNTS.most);
  if (text.trim() === '') return [];
  const found = await call.query(searchAccounts, { viewer: call.viewer, text, following, limit, offset });
  return found.map((snapshot) => toAccount(snapshot, call.site));
}

/** In the order that was asked for. */
async function relationships(call: Call<number>) {
  const ids = idsAsked(call);
  const rows = ids.length > 0 ? await call.query(relationshipsWith, { viewer: call.viewer, targets: ids }) : [];
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => {
    const row = byId.get(id);
    return row ? [toRelationship(row)] : [];
  });
}

async function familiar(call: Call<number>) {
  const ids = idsAsked(call);
  const rows = ids.length > 0 ? await call.query(familiarFollowers, { viewer: call.viewer, targets: ids }) : [];
  return rows.map(({ target, followers }) => ({
    id: String(target),
    accounts: followers.map((follower) => toAccount(follower, call.site)),
  }));
}

async function posts(call: Call<number | null>) {
  const page = call.page(STATUSES);
  const asked = call.search(postFilters);
  const rows = await call.query(accountPosts, {
    viewer: call.viewer,
    account: call.id(),
    page,
    excludeReplies: asked.exclude_replies ?? false,
    excludeShares: asked.exclude_reblogs ?? false,
    onlyMedia: asked.only_media ?? false,
    pinned: asked.pinned ?? false,
    ...(asked.tagged === undefined ? {} : { tagged: asked.tagged }),
  });
  return statusPage(call, found(rows), page);
}

async function accountPage(call: Call<number | null>, query: typeof followersOf): Promise<Response> {
  const page = call.page(ACCOUNTS);
  const rows = found(await call.query(query, { viewer: call.viewer, account: call.id(), page }));
  return call.list(rows, page, (snapshot) => toAccount(snapshot, call.site));
}

function idsAsked(call: Call<number | null>): readonly number[] {
  const { id: ids = [] } = call.search(z.object({ id: many(idField) }));
  return [...new Set(ids)].slice(0, MOST_AT_ONCE);
}

/** `@juliet` and `juliet@example.org` are `juliet` at example.org. */
export function localAcct(text: string, domain: string): string {
  const acct = text.replace(/^@/, '').toLowerCase();
  return acct.endsWith(`@${domain}`) ? acct.slice(0, -domain.length - 1) : acct;
}
