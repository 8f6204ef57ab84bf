import * as z from 'zod';
import {
  type AccountSnapshot,
  accountByAcct,
  type PostView,
  type SearchQuery,
  searchAccounts,
  searchPosts,
  searchTags,
  type TagView,
} from '../../../domain/index.ts';
import { toAccount, toTag } from '../entities/index.ts';
import {
  anyone,
  type Call,
  flag,
  idField,
  invalid,
  needsUser,
  type Rest,
  textField,
  wholeNumber,
} from '../http/index.ts';
import { showStatuses } from './show.ts';

const READ = anyone('read:search');
const SIZE = { limit: 20, most: 40 };

const fields = z.object({
  q: textField(1_000),
  type: z.preprocess(
    (value) => (value === '' ? undefined : value),
    z.enum(['accounts', 'statuses', 'hashtags'], 'is not included in the list').optional(),
  ),
  account_id: idField.optional(),
  offset: wholeNumber(0, 100_000),
  following: flag,
});

/** Search (docs.joinmastodon.org/methods/search). `resolve` is ignored: there are no other servers to ask. */
export function searchRoutes(rest: Rest): void {
  rest.get('/api/v2/search', READ, async (call) => {
    const { accounts, statuses, tags } = await results(call);
    return { accounts, statuses, hashtags: tags.map((tag) => toTag(tag, call.site, call.viewer)) };
  });
  // The old form has the bare names of tags.
  rest.get('/api/v1/search', READ, async (call) => {
    const { accounts, statuses, tags } = await results(call);
    return { accounts, statuses, hashtags: tags.map(({ name }) => name) };
  });
}

type AnyCall = Call<number | null>;

async function results(call: AnyCall) {
  const { q = '', type, account_id, offset = 0, following = false } = call.search(fields);
  const text = q.trim();
  if (text === '') throw invalid('q is missing');
  if (call.viewer === null && offset > 0) throw needsUser();
  const page = call.page(SIZE);
  const query: SearchQuery = { viewer: call.viewer, text, limit: page.limit, offset };
  const wants = (name: 'accounts' | 'statuses' | 'hashtags') => type === undefined || type === name;
  const accounts = wants('accounts') ? await findAccounts(call, query, following) : [];
  const statuses: readonly PostView[] =
    wants('statuses') && call.viewer !== null
      ? await call.query(searchPosts, { ...query, page, ...(account_id === undefined ? {} : { account: account_id }) })
      : [];
  const tags: readonly TagView[] = wants('hashtags')
    ? await call.query(searchTags, { ...query, text: text.replace(/^#/, '') })
    : [];
  return {
    accounts: accounts.map((account) => toAccount(account, call.site)),
    statuses: await showStatuses(call, statuses),
    tags,
  };
}

/** Whoever is named in full stands first. */
async function findAccounts(
  call: AnyCall,
  query: SearchQuery,
  following: boolean,
): Promise<readonly AccountSnapshot[]> {
  const acct = query.text.replace(/^@/, '').toLowerCase();
  const rows = await call.query(searchAccounts, { ...query, text: acct, ...(following ? { following } : {}) });
  if (query.offset > 0 || following || !/^[a-z0-9_.-]+(?:@[a-z0-9.-]+)?$/.test(acct)) return rows;
  const named = await call.query(accountByAcct, { acct });
  return named ? [named, ...rows.filter(({ id }) => id !== named.id)].slice(0, query.limit) : rows;
}
