import {
  accountNotes,
  accountSettings,
  alertWords,
  announcementReactions,
  announcementReads,
  botStorage,
  conversations,
  type Database,
  domainBlocks,
  drafts,
  filterKeywords,
  filterPosts,
  filters,
  followedTags,
  listMembers,
  lists,
  markers,
  media,
  notificationPermissions,
  oauthCodes,
  postFlags,
  posts,
  presences,
  reactions,
  readMarks,
  relations,
  type Statement,
  scheduledPosts,
  snippets,
  statement,
  submessages,
  type Table,
  userStatuses,
} from '../../state/index.ts';
import { FAVOURITE } from '../community/load-flags.ts';
import { forgetMedia } from '../media/drop.ts';

interface Of {
  readonly account: number;
}

/** A table with the statement that finds an account's rows in it. */
type Owned = (db: Database, values: Of) => Promise<void>;

const OWNED: readonly Owned[] = [
  owned(
    relations,
    statement<Of>((db, { account }) =>
      db
        .selectFrom('relations')
        .selectAll()
        .where((is) => is.or([is('account', '=', account), is('target', '=', account)])),
    ),
  ),
  owned(
    domainBlocks,
    statement<Of>((db, { account }) => db.selectFrom('domain_blocks').selectAll().where('account', '=', account)),
  ),
  owned(
    accountNotes,
    statement<Of>((db, { account }) =>
      db
        .selectFrom('account_notes')
        .selectAll()
        .where((is) => is.or([is('account', '=', account), is('target', '=', account)])),
    ),
  ),
  owned(
    listMembers,
    statement<Of>((db, { account }) =>
      db
        .selectFrom('list_members')
        .innerJoin('lists', 'lists.id', 'list_members.list')
        .selectAll('list_members')
        .where((is) => is.or([is('lists.account', '=', account), is('list_members.member', '=', account)])),
    ),
  ),
  owned(
    lists,
    statement<Of>((db, { account }) => db.selectFrom('lists').selectAll().where('account', '=', account)),
  ),
  owned(
    followedTags,
    statement<Of>((db, { account }) => db.selectFrom('followed_tags').selectAll().where('account', '=', account)),
  ),
  owned(
    filterKeywords,
    statement<Of>((db, { account }) =>
      db
        .selectFrom('filter_keywords')
        .innerJoin('filters', 'filters.id', 'filter_keywords.filter')
        .selectAll('filter_keywords')
        .where('filters.account', '=', account),
    ),
  ),
  owned(
    filterPosts,
    statement<Of>((db, { account }) =>
      db
        .selectFrom('filter_posts')
        .innerJoin('filters', 'filters.id', 'filter_posts.filter')
        .selectAll('filter_posts')
        .where('filters.account', '=', account),
    ),
  ),
  owned(
    filters,
    statement<Of>((db, { account }) => db.selectFrom('filters').selectAll().where('account', '=', account)),
  ),
  owned(
    conversations,
    statement<Of>((db, { account }) => db.selectFrom('conversations').selectAll().where('account', '=', account)),
  ),
  owned(
    markers,
    statement<Of>((db, { account }) => db.selectFrom('markers').selectAll().where('account', '=', account)),
  ),
  owned(
    alertWords,
    statement<Of>((db, { account }) => db.selectFrom('alert_words').selectAll().where('account', '=', account)),
  ),
  owned(
    botStorage,
    statement<Of>((db, { account }) => db.selectFrom('bot_storage').selectAll().where('account', '=', account)),
  ),
  owned(
    submessages,
    statement<Of>((db, { account }) => db.selectFrom('submessages').selectAll().where('account', '=', account)),
  ),
  owned(
    drafts,
    statement<Of>((db, { account }) => db.selectFrom('drafts').selectAll().where('account', '=', account)),
  ),
  owned(
    snippets,
    statement<Of>((db, { account }) => db.selectFrom('snippets').selectAll().where('account', '=', account)),
  ),
  owned(
    userStatuses,
    statement<Of>((db, { account }) => db.selectFrom('user_statuses').selectAll().where('account', '=', account)),
  ),
  owned(
    scheduledPosts,
    statement<Of>((db, { account }) => db.selectFrom('scheduled_posts').selectAll().where('account', '=', account)),
  ),
  owned(
    announcementReactions,
    statement<Of>((db, { account }) =>
      db.selectFrom('announcement_reactions').selectAll().where('account', '=', account),
    ),
  ),
  owned(
    notificationPermissions,
    statement<Of>((db, { account }) =>
      db
        .selectFrom('notification_permissions')
        .selectAll()
        .where((is) => is.or([is('account', '=', account), is('origin', '=', account)])),
    ),
  ),
  owned(
    announcementReads,
    statement<Of>((db, { account }) => db.selectFrom('announcement_reads').selectAll().where('account', '=', account)),
  ),
  owned(
    postFlags,
    statement<Of>((db, { account }) => db.selectFrom('post_flags').selectAll().where('account', '=', account)),
  ),
  owned(
    readMarks,
    statement<Of>((db, { account }) => db.selectFrom('read_marks').selectAll().where('account', '=', account)),
  ),
  owned(
    oauthCodes,
    statement<Of>((db, { account }) => db.selectFrom('oauth_codes').selectAll().where('account', '=', account)),
  ),
  owned(
    presences,
    statement<Of>((db, { account }) => db.selectFrom('presences').selectAll().where('account', '=', account)),
  ),
  owned(
    accountSettings,
    statement<Of>((db, { account }) => db.selectFrom('account_settings').selectAll().where('account', '=', account)),
  ),
];

const reactionsOf = statement<Of>((db, { account }) =>
  db.selectFrom('reactions').selectAll().where('account', '=', account),
);

const uploadsOf = statement<Of>((db, { account }) => db.selectFrom('media').selectAll().where('account', '=', account));

/** Whatever is only the account's, and what others keep about it. Its posts, memberships and tokens are not here. */
export async function dropBelongings(db: Database, account: number): Promise<void> {
  for (const upload of await media.find(db, uploadsOf, { account })) await forgetMedia(db, upload);
  for (const reaction of await reactions.find(db, reactionsOf, { account })) {
    await reactions.remove(db, reaction);
    const post = reaction.emoji === FAVOURITE && (await posts.get(db, { id: reaction.post }));
    if (post) await posts.put(db, { ...post, favourites_count: post.favourites_count - 1 });
  }
  for (const drop of OWNED) await drop(db, { account });
}

function owned<Row extends object, Key extends keyof Row & string>(table: Table<Row, Key>, rows: Statement<Of>): Owned {
  return async (db, values) => {
    for (const row of await table.find(db, rows, values)) await table.remove(db, row);
  };
}
