import type { Migration } from '../../storage/index.ts';
import type {
  AccountNoteRow,
  DomainBlockRow,
  FilterKeywordRow,
  FilterPostRow,
  FilterRow,
  FollowedTagRow,
  ListMemberRow,
  ListRow,
  RelationRow,
} from './rows/relations.ts';
import { communityTable } from './table.ts';

export const relations = communityTable<RelationRow, 'account' | 'target' | 'kind'>(
  'relations',
  ['account', 'target', 'kind', 'id', 'notifications', 'expires_at', 'created_at'],
  ['account', 'target', 'kind'],
);
export const domainBlocks = communityTable<DomainBlockRow, 'account' | 'domain'>(
  'domain_blocks',
  ['account', 'domain', 'id'],
  ['account', 'domain'],
);
export const accountNotes = communityTable<AccountNoteRow, 'account' | 'target'>(
  'account_notes',
  ['account', 'target', 'text'],
  ['account', 'target'],
);
export const lists = communityTable<ListRow, 'id'>('lists', ['id', 'account', 'title', 'replies', 'exclusive'], ['id']);
export const listMembers = communityTable<ListMemberRow, 'list' | 'member'>(
  'list_members',
  ['list', 'member', 'channel', 'since_position', 'id'],
  ['list', 'member'],
);
export const followedTags = communityTable<FollowedTagRow, 'account' | 'tag'>(
  'followed_tags',
  ['account', 'tag', 'since_position', 'id'],
  ['account', 'tag'],
);
export const filters = communityTable<FilterRow, 'id'>(
  'filters',
  ['id', 'account', 'title', 'contexts', 'action', 'expires_at'],
  ['id'],
);
export const filterKeywords = communityTable<FilterKeywordRow, 'id'>(
  'filter_keywords',
  ['id', 'filter', 'keyword', 'whole_word'],
  ['id'],
);
export const filterPosts = communityTable<FilterPostRow, 'id'>('filter_posts', ['id', 'filter', 'post'], ['id']);

export const relationTables = [
  relations,
  domainBlocks,
  accountNotes,
  lists,
  listMembers,
  followedTags,
  filters,
  filterKeywords,
  filterPosts,
].map(({ guarded }) => guarded);

export const relationMigrations: readonly Migration[] = [
  {
    room: 'relations',
    number: 1,
    up: (db) =>
      db.exec(`
CREATE TABLE relations (
  account INTEGER NOT NULL, target INTEGER NOT NULL, kind TEXT NOT NULL, id INTEGER NOT NULL,
  notifications INTEGER NOT NULL, expires_at INTEGER, created_at INTEGER NOT NULL, sum INTEGER NOT NULL,
  PRIMARY KEY (account, target, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX relations_by_target ON relations (target, kind);
CREATE INDEX relations_by_account ON relations (account, kind, id);
CREATE TABLE domain_blocks (
  account INTEGER NOT NULL, domain TEXT NOT NULL, id INTEGER NOT NULL, sum INTEGER NOT NULL,
  PRIMARY KEY (account, domain)
) STRICT, WITHOUT ROWID;
CREATE TABLE account_notes (
  account INTEGER NOT NULL, target INTEGER NOT NULL, text TEXT NOT NULL, sum INTEGER NOT NULL,
  PRIMARY KEY (account, target)
) STRICT, WITHOUT ROWID;
CREATE TABLE lists (
  id INTEGER PRIMARY KEY, account INTEGER NOT NULL, title TEXT NOT NULL, replies TEXT NOT NULL,
  exclusive INTEGER NOT NULL, sum INTEGER NOT NULL
) STRICT;
CREATE INDEX lists_by_account ON lists (account, id);
CREATE TABLE list_members (
  list INTEGER NOT NULL, member INTEGER NOT NULL, channel INTEGER NOT NULL, since_position INTEGER NOT NULL,
  id INTEGER NOT NULL, sum INTEGER NOT NULL, PRIMARY KEY (list, member)
) STRICT, WITHOUT ROWID;
CREATE INDEX list_members_by_channel ON list_members (channel);
CREATE TABLE followed_tags (
  account INTEGER NOT NULL, tag TEXT NOT NULL, since_position INTEGER NOT NULL, id INTEGER NOT NULL,
  sum INTEGER NOT NULL, PRIMARY KEY (account, tag)
) STRICT, WITHOUT ROWID;
CREATE TABLE filters (
  id INTEGER PRIMARY KEY, account INTEGER NOT NULL, title TEXT NOT NULL, contexts TEXT NOT NULL,
  action TEXT NOT NULL, expires_at INTEGER, sum INTEGER NOT NULL
) STRICT;
CREATE INDEX filters_by_account ON filters (account, id);
CREATE TABLE filter_keywords (
  id INTEGER PRIMARY KEY, filter INTEGER NOT NULL, keyword TEXT NOT NULL, whole_word INTEGER NOT NULL,
  sum INTEGER NOT NULL
) STRICT;
CREATE INDEX filter_keywords_by_filter ON filter_keywords (filter, id);
CREATE TABLE filter_posts (
  id INTEGER PRIMARY KEY, filter INTEGER NOT NULL, post INTEGER NOT NULL, sum INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX filter_posts_by_filter ON filter_posts (filter, post);`),
  },
];
