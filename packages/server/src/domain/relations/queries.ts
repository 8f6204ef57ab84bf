import {
  type AccountSnapshot,
  type Database,
  domainBlocks,
  followedTags,
  type Listed,
  listMembers,
  lists,
  type Message,
  type RelationRow,
  relations,
  statement,
} from '../../state/index.ts';
import { findPage, pagedBy } from '../community/paging.ts';
import { viewList } from './lists.ts';
import {
  blocksOf,
  domainBlocksOf,
  followedTagsOf,
  followRequests,
  type ListView,
  listById,
  listMembersOf,
  listsOf,
  mutesOf,
  type Relationship,
  relationshipsWith,
} from './messages.ts';
import { loadRelationships } from './relationships.ts';
import { listAccounts, requestsFor } from './requests.ts';

type Input<M> = M extends Message<infer I, unknown> ? I : never;

const related = pagedBy('id', (db, { viewer, kind, now }: { viewer: number; kind: RelationRow['kind']; now: number }) =>
  db
    .selectFrom('relations')
    .selectAll()
    .where('account', '=', viewer)
    .where('kind', '=', kind)
    .where((is) => is.or([is('expires_at', 'is', null), is('expires_at', '>', now)])),
);
const domains = pagedBy('id', (db, { viewer }: { viewer: number }) =>
  db.selectFrom('domain_blocks').selectAll().where('account', '=', viewer),
);
const tags = pagedBy('id', (db, { viewer }: { viewer: number }) =>
  db.selectFrom('followed_tags').selectAll().where('account', '=', viewer),
);
const members = pagedBy('id', (db, { list }: { list: number }) =>
  db.selectFrom('list_members').selectAll().where('list', '=', list),
);
const ownLists = statement<{ viewer: number }>((db, { viewer }) =>
  db.selectFrom('lists').selectAll().where('account', '=', viewer).orderBy('id'),
);
const listsWith = statement<{ viewer: number; member: number }>((db, { viewer, member }) =>
  db
    .selectFrom('lists')
    .innerJoin('list_members', 'list_members.list', 'lists.id')
    .selectAll('lists')
    .where('lists.account', '=', viewer)
    .where('list_members.member', '=', member)
    .orderBy('lists.id'),
);

export const relationQueries = {
  [relationshipsWith.name]: (db: Database, { viewer, targets }: Input<typeof relationshipsWith>) =>
    loadRelationships(db, viewer, targets, Date.now()) satisfies Promise<readonly Relationship[]>,
  [followRequests.name]: (db: Database, { viewer, page }: Input<typeof followRequests>) =>
    requestsFor(db, viewer, page),
  [blocksOf.name]: blockedBy,
  [mutesOf.name]: mutedBy,
  [domainBlocksOf.name]: async (db: Database, { viewer, page }: Input<typeof domainBlocksOf>) =>
    (await findPage(db, domainBlocks, domains, { viewer }, page)).map(({ id, domain }) => ({
      cursor: id,
      item: domain,
    })),
  [listsOf.name]: async (db: Database, { viewer, member }: Input<typeof listsOf>): Promise<readonly ListView[]> => {
    const found =
      member === undefined ? lists.find(db, ownLists, { viewer }) : lists.find(db, listsWith, { viewer, member });
    return (await found).map(viewList);
  },
  [listById.name]: async (db: Database, { viewer, id }: Input<typeof listById>): Promise<ListView | undefined> => {
    const row = await lists.get(db, { id });
    return row?.account === viewer ? viewList(row) : undefined;
  },
  [listMembersOf.name]: membersOf,
  [followedTagsOf.name]: async (db: Database, { viewer, page }: Input<typeof followedTagsOf>) =>
    (await findPage(db, followedTags, tags, { viewer }, page)).map(({ id, tag }) => ({ cursor: id, item: tag })),
};

async function blockedBy(
  db: Database,
  { viewer, page }: Input<typeof blocksOf>,
): Promise<readonly Listed<AccountSnapshot>[]> {
  const rows = await findPage(db, relations, related, { viewer, kind: 'block', now: 0 }, page);
  return listAccounts(
    db,
    rows.map(({ id, target }) => ({ cursor: id, account: target })),
  );
}

async function mutedBy(
  db: Database,
  { viewer, page }: Input<typeof mutesOf>,
): Promise<readonly Listed<AccountSnapshot & { muteExpiresAt: number | null }>[]> {
  const rows = await findPage(db, relations, related, { viewer, kind: 'mute', now: Date.now() }, page);
  const ends = new Map(rows.map(({ id, expires_at }) => [id, expires_at]));
  const found = await listAccounts(
    db,
    rows.map(({ id, target }) => ({ cursor: id, account: target })),
  );
  return found.map(({ cursor, item }) => ({ cursor, item: { ...item, muteExpiresAt: ends.get(cursor) ?? null } }));
}

async function membersOf(
  db: Database,
  { viewer, id, page }: Input<typeof listMembersOf>,
): Promise<readonly Listed<AccountSnapshot>[] | undefined> {
  const list = await lists.get(db, { id });
  if (list?.account !== viewer) return undefined;
  const rows = await findPage(db, listMembers, members, { list: id }, page);
  return listAccounts(
    db,
    rows.map((row) => ({ cursor: row.id, account: row.member })),
  );
}
