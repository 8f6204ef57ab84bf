import {
  accountSettings,
  accounts,
  alertWords,
  channels,
  type Database,
  domainBlocks,
  filterKeywords,
  filterPosts,
  filters,
  followedTags,
  follows,
  listMembers,
  lists,
  postFlags,
  relations,
  statement,
} from '../state/index.ts';
import type { FilterEntry, FollowEntry, ListEntry, ViewRows } from './messages.ts';

type Of = { readonly account: number };

/** Not of direct channels, whose events come on the account's own topic. */
const followsOf = statement<Of>((db, { account }) =>
  db
    .selectFrom('follows')
    .innerJoin('channels', 'channels.id', 'follows.channel')
    .selectAll('follows')
    .where('follows.account', '=', account)
    .where('follows.state', '=', 'subscribed')
    .where('channels.kind', '<>', 'direct'),
);
const ownChannelsFollowedBy = statement<Of>((db, { account }) =>
  db
    .selectFrom('channels')
    .innerJoin('follows', 'follows.channel', 'channels.id')
    .selectAll('channels')
    .where('follows.account', '=', account)
    .where('follows.state', '=', 'subscribed')
    .where('channels.kind', '=', 'personal'),
);
const tagsOf = statement<Of>((db, { account }) =>
  db.selectFrom('followed_tags').selectAll().where('account', '=', account),
);
const listsOf = statement<Of>((db, { account }) => db.selectFrom('lists').selectAll().where('account', '=', account));
const membersOf = statement<Of>((db, { account }) =>
  db
    .selectFrom('list_members')
    .innerJoin('lists', 'lists.id', 'list_members.list')
    .selectAll('list_members')
    .where('lists.account', '=', account),
);
const relationsOf = statement<Of>((db, { account }) =>
  db.selectFrom('relations').selectAll().where('account', '=', account),
);
const blocksAgainst = statement<Of>((db, { account }) =>
  db.selectFrom('relations').selectAll().where('target', '=', account).where('kind', '=', 'block'),
);
const domainsOf = statement<Of>((db, { account }) =>
  db.selectFrom('domain_blocks').selectAll().where('account', '=', account),
);
const mutedThreadsOf = statement<Of>((db, { account }) =>
  db.selectFrom('post_flags').selectAll().where('account', '=', account).where('muted', '=', 1),
);
const filtersOf = statement<Of>((db, { account }) =>
  db.selectFrom('filters').selectAll().where('account', '=', account),
);
const alertWordsOf = statement<Of>((db, { account }) =>
  db.selectFrom('alert_words').selectAll().where('account', '=', account).orderBy('folded'),
);
const keywordsOf = statement<Of>((db, { account }) =>
  db
    .selectFrom('filter_keywords')
    .innerJoin('filters', 'filters.id', 'filter_keywords.filter')
    .selectAll('filter_keywords')
    .where('filters.account', '=', account)
    .orderBy('filter_keywords.id'),
);
const filteredPostsOf = statement<Of>((db, { account }) =>
  db
    .selectFrom('filter_posts')
    .innerJoin('filters', 'filters.id', 'filter_posts.filter')
    .selectAll('filter_posts')
    .where('filters.account', '=', account)
    .orderBy('filter_posts.id'),
);

const suspended = statement<object>((db) =>
  db
    .selectFrom('accounts')
    .selectAll()
    .where((is) => is.or([is('suspended_at', 'is not', null), is('deactivated_at', 'is not', null)])),
);

/** Accounts that are suspended or gone. */
export async function readSuspended(db: Database): Promise<readonly number[]> {
  return (await accounts.find(db, suspended, {})).map(({ id }) => id);
}

/** Reads in the snapshot of one query. */
export async function readView(db: Database, { account }: Of): Promise<ViewRows | undefined> {
  const row = await accounts.get(db, { id: account });
  if (!row) return undefined;
  const settings = await accountSettings.get(db, { account });
  const own = await relations.find(db, relationsOf, { account });
  return {
    ended: row.suspended_at !== null || row.deactivated_at !== null,
    follows: await readFollows(db, account),
    tags: (await followedTags.find(db, tagsOf, { account })).map(({ tag, since_position: since }) => ({ tag, since })),
    lists: await readLists(db, account),
    blocks: own.filter(({ kind }) => kind === 'block').map(({ target }) => target),
    mutes: own
      .filter(({ kind }) => kind === 'mute')
      .map(({ target, expires_at: expiresAt }) => ({ target, expiresAt })),
    blockedBy: (await relations.find(db, blocksAgainst, { account })).map((relation) => relation.account),
    domains: (await domainBlocks.find(db, domainsOf, { account })).map(({ domain }) => domain),
    chosenLanguages: parseList(settings?.chosen_languages ?? null),
    threads: (await postFlags.find(db, mutedThreadsOf, { account })).map(({ post }) => post),
    filters: await readFilters(db, { account }),
    alertWords: (await alertWords.find(db, alertWordsOf, { account })).map(({ word }) => word),
  };
}

export async function readFilters(db: Database, { account }: Of): Promise<readonly FilterEntry[]> {
  const rows = await filters.find(db, filtersOf, { account });
  if (rows.length === 0) return [];
  const keywords = Map.groupBy(await filterKeywords.find(db, keywordsOf, { account }), ({ filter }) => filter);
  const posts = Map.groupBy(await filterPosts.find(db, filteredPostsOf, { account }), ({ filter }) => filter);
  return rows.map(({ id, title, contexts, action, expires_at: expiresAt }) => ({
    id,
    title,
    contexts: parseList(contexts) ?? [],
    action,
    expiresAt,
    keywords: (keywords.get(id) ?? []).map(({ keyword, whole_word }) => ({ keyword, wholeWord: whole_word === 1 })),
    posts: (posts.get(id) ?? []).map(({ post }) => post),
  }));
}

async function readFollows(db: Database, account: number): Promise<readonly FollowEntry[]> {
  const rows = await follows.find(db, followsOf, { account });
  const owned = await channels.find(db, ownChannelsFollowedBy, { account });
  const owners = new Map(owned.map(({ id, owner }) => [id, owner]));
  return rows.map(({ channel, since_position: since, affiliation, shares, languages }) => ({
    channel,
    since,
    affiliation,
    shares: shares === 1,
    languages: parseList(languages),
    followed: owners.get(channel) ?? null,
  }));
}

async function readLists(db: Database, account: number): Promise<readonly ListEntry[]> {
  const rows = await lists.find(db, listsOf, { account });
  if (rows.length === 0) return [];
  const members = Map.groupBy(await listMembers.find(db, membersOf, { account }), ({ list }) => list);
  return rows.map(({ id, replies, exclusive }) => ({
    id,
    replies,
    exclusive: exclusive === 1,
    members: (members.get(id) ?? []).map(({ member, channel, since_position: since }) => ({ member, channel, since })),
  }));
}

function parseList(json: string | null): readonly string[] | null {
  return json === null ? null : JSON.parse(json);
}
