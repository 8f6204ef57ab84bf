export type {
  CommandContext,
  Commands,
  Database,
  Message,
  SqlValue,
} from '../storage/index.ts';
export { firstIdOf } from '../storage/index.ts';
export {
  accessTokenByDigest,
  accessTokens,
  accountByEmail,
  accountBySlug,
  accountSettings,
  accounts,
  accountsAfter,
  oauthApps,
  oauthCodes,
  slugs,
} from './community/accounts.ts';
export { channels, follows } from './community/channels.ts';
export {
  alertWords,
  botStorage,
  drafts,
  scheduledPosts,
  snippets,
  submessages,
  userStatuses,
} from './community/desk.ts';
export type {
  AttachmentSnapshot,
  DeskEvents,
  DraftPlace,
  DraftSnapshot,
  PlannedPost,
  ScheduledSnapshot,
  SnippetSnapshot,
  SubmessageSnapshot,
  UserStatusSnapshot,
} from './community/desk-events.ts';
export type {
  Announcement,
  CommunityEvents,
  CommunityEventType,
  Follow,
  FollowStart,
  ListChange,
  PostMoved,
  PostsFlagged,
  Reaction,
  RelationshipChange,
  UnreadDetails,
} from './community/events.ts';
export { announce, readEvent } from './community/events.ts';
export { jobs } from './community/jobs.ts';
export {
  announcementReactions,
  announcementReads,
  announcements,
  conversations,
  markers,
  notificationPermissions,
  notifications,
} from './community/notices.ts';
export { organizationSettings, organizations } from './community/organization.ts';
export {
  droppedFiles,
  media,
  postEdits,
  postFlags,
  postMentions,
  posts,
  postTags,
  reactions,
} from './community/posts.ts';
export { presences } from './community/presences.ts';
export { movedPosts, postMoves, readMarks, topicPosts } from './community/reading.ts';
export {
  accountNotes,
  domainBlocks,
  filterKeywords,
  filterPosts,
  filters,
  followedTags,
  listMembers,
  lists,
  relations,
} from './community/relations.ts';
export type {
  AccessTokenRow,
  AccountKind,
  AccountRow,
  AccountSettingsRow,
  OauthAppRow,
  OauthCodeRow,
  Role,
} from './community/rows/accounts.ts';
export type { Affiliation, ChannelRow, FollowRow, FollowState } from './community/rows/channels.ts';
export type {
  BotStorageRow,
  DraftRow,
  ScheduledPostRow,
  SnippetRow,
  SubmessageRow,
  UserStatusRow,
} from './community/rows/desk.ts';
export type {
  AnnouncementRow,
  ConversationRow,
  MarkerRow,
  NotificationRow,
  NotificationType,
} from './community/rows/notices.ts';
export type { OrganizationRow } from './community/rows/organization.ts';
export type { MediaRow, PostEditRow, PostFlagsRow, PostRow, ReactionRow, Visibility } from './community/rows/posts.ts';
export type { PresenceRow, PresenceStatus } from './community/rows/presences.ts';
export type { MovedPostRow, PostMoveRow, ReadMarkRow, TopicPostRow } from './community/rows/reading.ts';
export type { FilterRow, ListMemberRow, ListRow, RelationRow } from './community/rows/relations.ts';
export type {
  CustomEmojiRow,
  FollowSettingsRow,
  LinkifierRow,
  TopicPolicyRow,
  UserGroupRow,
} from './community/rows/workspace.ts';
export type { CommunitySchema } from './community/schema.ts';
export { indexName, indexPost, unindexName, unindexPost } from './community/search.ts';
export type {
  AccountSnapshot,
  AnnouncementSnapshot,
  ChannelSnapshot,
  ConversationSnapshot,
  Listed,
  MediaSnapshot,
  MentionSnapshot,
  NotificationSnapshot,
  OrganizationSnapshot,
  PageQuery,
  PostDoers,
  PostFlags,
  PostSnapshot,
  PostView,
  ProfileField,
  Source,
} from './community/snapshots.ts';
export { type Statement, statement } from './community/statement.ts';
export { computed, numberOf, numbersOf, type Table } from './community/table.ts';
export { foldTopic, normalizeTopic } from './community/topic-names.ts';
export type { Audience } from './community/topics.ts';
export {
  accountTopic,
  channelMetaTopic,
  channelTopic,
  hashtagTopic,
  localHashtagTopic,
  PRESENCE_TOPIC,
  postTopics,
  tagOfTopic,
} from './community/topics.ts';
export {
  customEmoji,
  defaultChannels,
  followSettings,
  linkifiers,
  topicPolicies,
  userGroupMembers,
  userGroupSubgroups,
  userGroups,
} from './community/workspace.ts';
export type { SubscriptionUpdate, UserGroupChange, WorkspaceEvents } from './community/workspace-events.ts';
export type {
  AccountPreferences,
  AccountSettingsSnapshot,
  CustomEmojiSnapshot,
  FollowSettings,
  LinkifierSnapshot,
  OrganizationSettings,
  Policy,
  TopicPolicy,
  TopicPolicySnapshot,
  UserGroupRole,
  UserGroupSnapshot,
} from './community/workspace-snapshots.ts';
export type { AuditEntry, Revocation, StoredAuditEntry, StoredKey } from './credentials.ts';
export {
  addAuditEntry,
  allKeys,
  allRevocations,
  auditEntries,
  dropRevocationsBefore,
  findKey,
  putKey,
  putRevocation,
} from './credentials.ts';
export { stateMigrations, stateTables } from './migrations.ts';
export type { StoredQueue } from './queues.ts';
export { addQueue, dropQueue, findQueue, forgottenQueues, queuesBeyond, useQueue } from './queues.ts';
export type { ForkPoint, ProducerTag, StoredProducer, StoredStream, StreamGarbage, StreamSegment } from './streams.ts';
export {
  dropGarbage,
  dropStream,
  dueStreams,
  findProducer,
  findStream,
  forksOf,
  putGarbage,
  putProducer,
  putStream,
  someGarbage,
  streamById,
} from './streams.ts';
