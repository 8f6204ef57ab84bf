import {
  customEmoji,
  type Database,
  followSettings,
  statement,
  topicPolicies,
  userGroupMembers,
  userGroups,
} from '../../state/index.ts';

interface Of {
  readonly account: number;
  /** Its own channel. */
  readonly channel: number;
}

const settingsRows = statement<Of>((db, { account, channel }) =>
  db
    .selectFrom('follow_settings')
    .selectAll()
    .where((is) => is.or([is('account', '=', account), is('channel', '=', channel)])),
);
const policyRows = statement<Of>((db, { account, channel }) =>
  db
    .selectFrom('topic_policies')
    .selectAll()
    .where((is) => is.or([is('account', '=', account), is('channel', '=', channel)])),
);
const membershipRows = statement<Of>((db, { account }) =>
  db.selectFrom('user_group_members').selectAll().where('account', '=', account),
);
const createdGroups = statement<Of>((db, { account }) =>
  db.selectFrom('user_groups').selectAll().where('creator', '=', account),
);
const addedEmoji = statement<Of>((db, { account }) =>
  db.selectFrom('custom_emoji').selectAll().where('author', '=', account),
);

/**
 * What an account that goes leaves in this room. Groups and emoji that it made stay the community's, without its name;
 * nobody is told of it: an account that is deactivated is in no group.
 */
export async function dropWorkspaceBelongings(db: Database, of: Of): Promise<void> {
  for (const row of await followSettings.find(db, settingsRows, of)) await followSettings.remove(db, row);
  for (const row of await topicPolicies.find(db, policyRows, of)) await topicPolicies.remove(db, row);
  for (const row of await userGroupMembers.find(db, membershipRows, of)) await userGroupMembers.remove(db, row);
  for (const row of await userGroups.find(db, createdGroups, of)) await userGroups.put(db, { ...row, creator: null });
  for (const row of await customEmoji.find(db, addedEmoji, of)) await customEmoji.put(db, { ...row, author: null });
}
