import { CarillonError } from '@carillon/core';
import { sql } from 'kysely';
import {
  accountTopic,
  announce,
  type CommandContext,
  type Database,
  type FilterRow,
  filterKeywords,
  filterPosts,
  filters,
  numberOf,
  statement,
} from '../../state/index.ts';
import { requireActor } from '../community/parties.ts';
import { findVisible } from '../posts/access.ts';
import {
  createFilter,
  deleteFilter,
  type FilterChange,
  type FilterContext,
  type FilterView,
  filtersOf,
  type Own,
  updateFilter,
} from './messages.ts';

const CONTEXTS: readonly FilterContext[] = ['home', 'notifications', 'public', 'thread', 'account'];
const ACTIONS: readonly FilterRow['action'][] = ['warn', 'hide', 'blur'];
/** Of one account: every one of them is in memory while it is connected. */
const MAX_FILTERS = 200;
const MAX_KEYWORDS = 1_000;
const MAX_POSTS = 1_000;
const MAX_KEYWORD_LENGTH = 512;

const ofAccount = statement<{ account: number }>((db, { account }) =>
  db.selectFrom('filters').selectAll().where('account', '=', account).orderBy('id'),
);
const keywordsOf = statement<{ filters: string }>((db, { filters }) =>
  db
    .selectFrom('filter_keywords')
    .selectAll()
    .where('filter', 'in', sql<number>`(SELECT value FROM json_each(${filters}))`)
    .orderBy('id'),
);
const postsOf = statement<{ filters: string }>((db, { filters }) =>
  db
    .selectFrom('filter_posts')
    .selectAll()
    .where('filter', 'in', sql<number>`(SELECT value FROM json_each(${filters}))`)
    .orderBy('id'),
);

const countFilters = statement<{ account: number }>((db, { account }) =>
  db
    .selectFrom('filters')
    .select((is) => is.fn.countAll().as('n'))
    .where('account', '=', account),
);
const countKeywords = statement<{ account: number }>((db, { account }) =>
  db
    .selectFrom('filter_keywords')
    .innerJoin('filters', 'filters.id', 'filter_keywords.filter')
    .select((is) => is.fn.countAll().as('n'))
    .where('filters.account', '=', account),
);
const countPosts = statement<{ account: number }>((db, { account }) =>
  db
    .selectFrom('filter_posts')
    .innerJoin('filters', 'filters.id', 'filter_posts.filter')
    .select((is) => is.fn.countAll().as('n'))
    .where('filters.account', '=', account),
);

export const filterQueries = {
  [filtersOf.name]: (db: Database, { viewer }: { readonly viewer: number }) => findFilters(db, viewer),
};

export const filterCommands = {
  [createFilter.name]: create,
  [updateFilter.name]: update,
  [deleteFilter.name]: remove,
};

async function create(
  context: CommandContext,
  { actor, filter }: { readonly actor: number; readonly filter: FilterChange & { readonly title: string } },
): Promise<FilterView> {
  await requireActor(context.db, actor);
  const { title, action = 'warn', expiresAt = null, contexts = [] } = filter;
  const row = { id: context.nextId(), account: actor, title, action, contexts: '[]', expires_at: expiresAt };
  return write(context, row, { ...filter, contexts });
}

async function update(
  context: CommandContext,
  { actor, id, filter }: Own & { readonly filter: FilterChange },
): Promise<FilterView> {
  return write(context, await own(context.db, actor, id), filter);
}

async function write(context: CommandContext, before: FilterRow, change: FilterChange): Promise<FilterView> {
  const { db } = context;
  const { title = before.title, action = before.action, expiresAt: expires_at = before.expires_at } = change;
  const contexts = change.contexts ? JSON.stringify([...new Set(change.contexts)]) : before.contexts;
  const row: FilterRow = { ...before, title, action, expires_at, contexts };
  check(row);
  await filters.put(db, row);
  await changeKeywords(context, row.id, change.keywords ?? []);
  await changePosts(context, row, change);
  await requireRoom(db, row.account);
  announceChange(context, row.account);
  const [view] = await loadFilters(db, [row]);
  if (!view) throw new Error(`filter ${row.id} was written and is not there`);
  return view;
}

function check({ title, contexts, action }: FilterRow): void {
  if (title.trim() === '') throw new CarillonError('unprocessable', 'a filter has a title');
  const named: readonly FilterContext[] = JSON.parse(contexts);
  if (named.length === 0 || !named.every((context) => CONTEXTS.includes(context))) {
    throw new CarillonError('unprocessable', `a filter has contexts among ${CONTEXTS.join(', ')}`);
  }
  if (!ACTIONS.includes(action)) throw new CarillonError('unprocessable', `a filter does ${ACTIONS.join(', ')}`);
}

async function changeKeywords(
  context: CommandContext,
  filter: number,
  changes: NonNullable<FilterChange['keywords']>,
): Promise<void> {
  const { db } = context;
  for (const { id, keyword, wholeWord, remove: goes } of changes) {
    const known = id === undefined ? undefined : await filterKeywords.get(db, { id });
    if (id !== undefined && known?.filter !== filter) {
      throw new CarillonError('not-found', `the filter has no keyword ${id}`);
    }
    if (goes && known) {
      await filterKeywords.remove(db, { id: known.id });
    } else if (!goes) {
      const text = keyword ?? known?.keyword ?? '';
      if (text.trim() === '' || text.length > MAX_KEYWORD_LENGTH) {
        throw new CarillonError('unprocessable', `a keyword has 1 to ${MAX_KEYWORD_LENGTH} letters`);
      }
      const whole = wholeWord ?? (known ? known.whole_word === 1 : true);
      const row = { id: known?.id ?? context.nextId(), filter, keyword: text, whole_word: whole ? 1 : 0 };
      await filterKeywords.put(db, row);
    }
  }
}

async function requireRoom(db: Database, account: number): Promise<void> {
  for (const [counting, most, what] of [
    [countFilters, MAX_FILTERS, 'filters'],
    [countKeywords, MAX_KEYWORDS, 'keywords in its filters'],
    [countPosts, MAX_POSTS, 'posts in its filters'],
  ] as const) {
    if ((await numberOf(db, counting, { account })) > most) {
      throw new CarillonError('unprocessable', `an account has at most ${most} ${what}`);
    }
  }
}

/** Throws `not-found` for posts that the filter's owner may not see. */
async function changePosts(
  context: CommandContext,
  { id: filter, account }: FilterRow,
  change: FilterChange,
): Promise<void> {
  const { db } = context;
  const { addPosts = [], removePosts = [] } = change;
  if (addPosts.length + removePosts.length === 0) return;
  const known = await filterPosts.find(db, postsOf, { filters: JSON.stringify([filter]) });
  for (const { id, post } of known) if (removePosts.includes(post)) await filterPosts.remove(db, { id });
  const there = new Set(known.map(({ post }) => post).filter((post) => !removePosts.includes(post)));
  const added = [...new Set(addPosts)].filter((post) => !there.has(post));
  const visible = new Set((await findVisible(db, account, added)).map(({ id }) => id));
  for (const post of added) {
    if (!visible.has(post)) throw new CarillonError('not-found', `there is no post ${post}`);
    await filterPosts.insert(db, { id: context.nextId(), filter, post });
  }
}

async function remove(context: CommandContext, { actor, id }: Own): Promise<undefined> {
  const { db } = context;
  await own(db, actor, id);
  const which = { filters: JSON.stringify([id]) };
  for (const row of await filterKeywords.find(db, keywordsOf, which)) await filterKeywords.remove(db, { id: row.id });
  for (const row of await filterPosts.find(db, postsOf, which)) await filterPosts.remove(db, { id: row.id });
  await filters.remove(db, { id });
  announceChange(context, actor);
}

async function own(db: Database, account: number, id: number): Promise<FilterRow> {
  const row = await filters.get(db, { id });
  if (row?.account !== account) throw new CarillonError('not-found', `there is no filter ${id}`);
  return row;
}

function announceChange(context: CommandContext, account: number): void {
  announce(context, { type: 'filters.changed', topics: [accountTopic(account)], data: { account } });
}

export async function findFilters(db: Database, account: number): Promise<readonly FilterView[]> {
  return loadFilters(db, await filters.find(db, ofAccount, { account }));
}

async function loadFilters(db: Database, rows: readonly FilterRow[]): Promise<readonly FilterView[]> {
  if (rows.length === 0) return [];
  const which = { filters: JSON.stringify(rows.map(({ id }) => id)) };
  const keywords = Map.groupBy(await filterKeywords.find(db, keywordsOf, which), ({ filter }) => filter);
  const named = Map.groupBy(await filterPosts.find(db, postsOf, which), ({ filter }) => filter);
  return rows.map(({ id, title, contexts, action, expires_at }) => ({
    id,
    title,
    contexts: JSON.parse(contexts),
    action,
    expiresAt: expires_at,
    keywords: (keywords.get(id) ?? []).map((row) => ({
      id: row.id,
      keyword: row.keyword,
      wholeWord: row.whole_word === 1,
    })),
    posts: (named.get(id) ?? []).map((row) => ({ id: row.id, post: row.post })),
  }));
}
