import type { Migration } from '../../storage/index.ts';
import type {
  CustomEmojiRow,
  DefaultChannelRow,
  FollowSettingsRow,
  LinkifierRow,
  TopicPolicyRow,
  UserGroupMemberRow,
  UserGroupRow,
  UserGroupSubgroupRow,
} from './rows/workspace.ts';
import { communityTable } from './table.ts';

export const followSettings = communityTable<FollowSettingsRow, 'account' | 'channel'>(
  'follow_settings',
  ['account', 'channel', 'color', 'pinned', 'muted', 'desktop', 'audible', 'push', 'email', 'all_mentions'],
  ['account', 'channel'],
);
export const topicPolicies = communityTable<TopicPolicyRow, 'account' | 'channel' | 'topic_key'>(
  'topic_policies',
  ['account', 'channel', 'topic_key', 'topic', 'policy', 'updated_at'],
  ['account', 'channel', 'topic_key'],
);
export const userGroups = communityTable<UserGroupRow, 'id'>(
  'user_groups',
  ['id', 'name', 'name_key', 'description', 'creator', 'deactivated_at', 'created_at'],
  ['id'],
);
export const userGroupMembers = communityTable<UserGroupMemberRow, 'user_group' | 'account'>(
  'user_group_members',
  ['user_group', 'account'],
  ['user_group', 'account'],
);
export const userGroupSubgroups = communityTable<UserGroupSubgroupRow, 'user_group' | 'subgroup'>(
  'user_group_subgroups',
  ['user_group', 'subgroup'],
  ['user_group', 'subgroup'],
);
export const defaultChannels = communityTable<DefaultChannelRow, 'channel'>(
  'default_channels',
  ['channel', 'id'],
  ['channel'],
);
export const customEmoji = communityTable<CustomEmojiRow, 'id'>(
  'custom_emoji',
  ['id', 'name', 'media', 'file', 'preview', 'author', 'deactivated_at', 'created_at'],
  ['id'],
);
export const linkifiers = communityTable<LinkifierRow, 'id'>(
  'linkifiers',
  ['id', 'pattern', 'template', 'place'],
  ['id'],
);

export const workspaceTables = [
  followSettings,
  topicPolicies,
  userGroups,
  userGroupMembers,
  userGroupSubgroups,
  defaultChannels,
  customEmoji,
  linkifiers,
].map(({ guarded }) => guarded);

export const workspaceMigrations: readonly Migration[] = [
  {
    room: 'workspace',
    number: 1,
    up: (db) =>
      db.exec(`
CREATE TABLE follow_settings (
  account INTEGER NOT NULL, channel INTEGER NOT NULL, color TEXT, pinned INTEGER NOT NULL, muted INTEGER NOT NULL,
  desktop INTEGER, audible INTEGER, push INTEGER, email INTEGER, all_mentions INTEGER, sum INTEGER NOT NULL,
  PRIMARY KEY (account, channel)
) STRICT, WITHOUT ROWID;
CREATE INDEX follow_settings_by_channel ON follow_settings (channel);
CREATE TABLE topic_policies (
  account INTEGER NOT NULL, channel INTEGER NOT NULL, topic_key TEXT NOT NULL, topic TEXT NOT NULL,
  policy TEXT NOT NULL, updated_at INTEGER NOT NULL, sum INTEGER NOT NULL, PRIMARY KEY (account, channel, topic_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX topic_policies_by_topic ON topic_policies (channel, topic_key);
CREATE TABLE user_groups (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, name_key TEXT NOT NULL UNIQUE, description TEXT NOT NULL,
  creator INTEGER, deactivated_at INTEGER, created_at INTEGER NOT NULL, sum INTEGER NOT NULL
) STRICT;
CREATE TABLE user_group_members (
  user_group INTEGER NOT NULL, account INTEGER NOT NULL, sum INTEGER NOT NULL, PRIMARY KEY (user_group, account)
) STRICT, WITHOUT ROWID;
CREATE INDEX user_group_members_by_account ON user_group_members (account);
CREATE TABLE user_group_subgroups (
  user_group INTEGER NOT NULL, subgroup INTEGER NOT NULL, sum INTEGER NOT NULL, PRIMARY KEY (user_group, subgroup)
) STRICT, WITHOUT ROWID;
CREATE INDEX user_group_subgroups_by_subgroup ON user_group_subgroups (subgroup);
CREATE TABLE default_channels (channel INTEGER PRIMARY KEY, id INTEGER NOT NULL, sum INTEGER NOT NULL) STRICT;
CREATE TABLE custom_emoji (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, media INTEGER NOT NULL UNIQUE, file TEXT NOT NULL, preview TEXT,
  author INTEGER, deactivated_at INTEGER, created_at INTEGER NOT NULL, sum INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX custom_emoji_by_name ON custom_emoji (name) WHERE deactivated_at IS NULL;
CREATE INDEX custom_emoji_by_author ON custom_emoji (author);
CREATE TABLE linkifiers (
  id INTEGER PRIMARY KEY, pattern TEXT NOT NULL, template TEXT NOT NULL, place INTEGER NOT NULL, sum INTEGER NOT NULL
) STRICT;`),
  },
];
