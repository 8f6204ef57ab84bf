export type {
  AccountSnapshot,
  AnnouncementSnapshot,
  AttachmentSnapshot,
  ChannelSnapshot,
  Commands,
  CommunityEvents,
  CommunityEventType,
  ConversationSnapshot,
  DraftPlace,
  DraftSnapshot,
  ForkPoint,
  Listed,
  MediaSnapshot,
  MentionSnapshot,
  NotificationSnapshot,
  PageQuery,
  PlannedPost,
  PostDoers,
  PostFlags,
  PostSnapshot,
  PostView,
  ProducerTag,
  ProfileField,
  ScheduledSnapshot,
  SnippetSnapshot,
  Source,
  StoredQueue,
  StoredStream,
  StreamGarbage,
  StreamSegment,
  SubmessageSnapshot,
  UserStatusSnapshot,
} from '../state/index.ts';
export { accountTopic, channelTopic, hashtagTopic, localHashtagTopic, readEvent } from '../state/index.ts';
export type { Audited } from './audit.ts';
export type { BodyReferences } from './body/read-body.ts';
export { ownAcct, readBody, readHtml } from './body/read-body.ts';
export type { MentionTarget, RenderedBody, RenderOptions } from './body/render.ts';
export { renderBody, renderHtml } from './body/render.ts';
export { sourceHtml } from './body/source-html.ts';
export { normalizeTag } from './body/tags.ts';
export { publicJson } from './community/public-json.ts';
export type { Right } from './community/rights.ts';
export type { KeyView, NewKey } from './credentials.ts';
export {
  createKey,
  credentialCommands,
  credentialQueries,
  ensureKey,
  keyById,
  keyCredentialId,
  listAudit,
  listKeys,
  listRevocations,
  recordAudit,
  revokeKey,
  revokeToken,
} from './credentials.ts';
export { deskCommands, deskQueries } from './desk/handlers.ts';
export type { DueScheduled, NewDraft, ScheduledPost } from './desk/messages.ts';
export {
  addAlertWords,
  addSubmessage,
  alertWordsOf,
  attachmentsOf,
  botStorageOf,
  cancelScheduled,
  createDrafts,
  createSnippet,
  deleteDraft,
  deleteSnippet,
  draftsOf,
  dueScheduled,
  editDraft,
  editSnippet,
  failScheduled,
  nextScheduled,
  putBotStorage,
  removeAlertWords,
  removeBotStorage,
  scheduledById,
  scheduledOf,
  schedulePost,
  sendScheduled,
  setUserStatus,
  snippetsOf,
  submessagesOf,
  updateScheduled,
  userStatuses,
  userStatusOf,
} from './desk/messages.ts';
export { REMOTE_DOMAIN } from './host-name.ts';
export {
  type IngestedPost,
  ingestCommands,
  ingestedPosts,
  ingestQueries,
  removeIngested,
} from './ingest/by-origin.ts';
export { startsJob } from './jobs/events.ts';
export { jobCommands, jobQueries } from './jobs/handlers.ts';
export { continueJob, type DueJob, openJobs, postponeJob } from './jobs/messages.ts';
export {
  dropUnusedMedia,
  filesToRemove,
  forgetFiles,
  hasUnusedMedia,
  unknownFiles,
  unusedMediaCommands,
  unusedMediaQueries,
} from './media/unused.ts';
export { noticeCommands, noticeQueries } from './notices/handlers.ts';
export type {
  FilterChange,
  FilterContext,
  FilterView,
  MarkerView,
  NewAnnouncement,
  NewMedia,
  NotificationPolicy,
  NotificationQuery,
  PolicyAnswer,
} from './notices/messages.ts';
export {
  announcementsFor,
  conversationsOf,
  createFilter,
  createMedia,
  deleteAnnouncement,
  deleteConversation,
  deleteFilter,
  deleteMedia,
  describeMedia,
  dismissAnnouncement,
  dismissNotifications,
  endAnnouncements,
  filtersOf,
  markersOf,
  mediaById,
  nextAnnouncementEnd,
  notificationById,
  notificationPolicy,
  notificationsOf,
  publishAnnouncement,
  reactToAnnouncement,
  readConversation,
  setMarkers,
  setNotificationPolicy,
  settleHeldNotifications,
  unreadNotifications,
  updateFilter,
} from './notices/messages.ts';
export { oauthCommands, oauthQueries } from './oauth/handlers.ts';
export type { IssuedToken, NewOauthCode, OauthApp } from './oauth/messages.ts';
export {
  createAppToken,
  createOauthApp,
  createOauthCode,
  oauthAppByClientId,
  oauthAppById,
  redeemOauthCode,
  revokeOauthToken,
} from './oauth/messages.ts';
export type { OrganizationChange, OrganizationDefaults, OrganizationView } from './organization/messages.ts';
export {
  accountRights,
  changeOrganization,
  organization,
  organizationSettingsNow,
  updateOrganization,
} from './organization/messages.ts';
export { organizationCommands, organizationQueries } from './organization/organization.ts';
export type { OrganizationSetting } from './organization/settings.ts';
export { ORGANIZATION_SETTINGS, POLICIES } from './organization/settings.ts';
export type { AccountView } from './people/account-view.ts';
export type { NewAccount } from './people/accounts.ts';
export { accountByName, accountCommands, accountQueries, createAccount, listAccounts } from './people/accounts.ts';
export type { WeekFacts } from './people/community-facts.ts';
export { communityActivity, communityFactQueries, familiarFollowers, knownDomains } from './people/community-facts.ts';
export { peopleCommands, peopleQueries } from './people/handlers.ts';
export type { AccountSettings, NewChannel, OwnAccount, ProfileChange } from './people/messages.ts';
export {
  accountByAcct,
  accountSettingsOf,
  accountSnapshot,
  accountSnapshots,
  accountsByAccts,
  changeAccountSettings,
  communityCounts,
  continueDeletion,
  createChannel,
  deleteAccount,
  followersOf,
  followingOf,
  ingestAccount,
  members,
  ownAccount,
  restoreAccount,
  signInFacts,
  suspendAccount,
  updateChannel,
  updateProfile,
} from './people/messages.ts';
export { ACCOUNT_PREFERENCES } from './people/preferences.ts';
export type { AccessTokenView, NewAccessToken } from './people/tokens.ts';
export {
  accessTokenCredentialId,
  accessTokenOf,
  apiKeyOf,
  createAccessToken,
  revokeAccessToken,
} from './people/tokens.ts';
export type { NewPost, PostBody, PostVersion, SearchQuery, TagQuery, TagView } from './posts/messages.ts';
export {
  accountPosts,
  bookmarks,
  createPost,
  deletePost,
  editPost,
  favouritedBy,
  favourites,
  flagPost,
  homeTimeline,
  listTimeline,
  MAX_PINS,
  postById,
  postContext,
  postHistory,
  postingFacts,
  postsByIds,
  publicTimeline,
  react,
  searchAccounts,
  searchPosts,
  searchTags,
  sharedBy,
  sharePost,
  tagByName,
  tagsByNames,
  tagTimeline,
  unsharePost,
} from './posts/messages.ts';
export { postCommands } from './posts/posts.ts';
export { postQueries } from './posts/queries.ts';
export type {
  ChannelPosts,
  Flagged,
  FlagPosts,
  Moved,
  MovePost,
  ReactionView,
  ReadingFlags,
  TopicView,
  UnreadView,
} from './posts/reading-messages.ts';
export {
  channelPosts,
  FLAGGED_AT_ONCE,
  flagPosts,
  listTopics,
  MOVED_AT_ONCE,
  movePost,
  reactionsOf,
  readingFlagsOf,
  unreadOf,
} from './posts/reading-messages.ts';
export { presenceCommands } from './presence/commands.ts';
export type { PresenceView } from './presence/messages.ts';
export { listPresences, onlineAccounts, readPresence, reportPresence, setOnline } from './presence/messages.ts';
export { presenceQueries } from './presence/queries.ts';
export { queueCommands, queueQueries } from './queues/handlers.ts';
export { createQueue, dropForgottenQueues, endQueue, queueOf, useQueues } from './queues/messages.ts';
export { relationCommands, relationQueries } from './relations/handlers.ts';
export type { ListView, Relationship } from './relations/messages.ts';
export {
  answerFollow,
  assignAffiliation,
  block,
  blockDomain,
  blocksOf,
  changeListMembers,
  createList,
  deleteList,
  domainBlocksOf,
  follow,
  followedTagsOf,
  followRequests,
  followTag,
  listById,
  listMembersOf,
  listsOf,
  mute,
  mutesOf,
  relationshipsWith,
  removeFollower,
  setAffiliation,
  setNote,
  unfollow,
  updateList,
} from './relations/messages.ts';
export { readRestoration, readRevocation } from './revocations.ts';
export { searchQueries } from './search/handlers.ts';
export type { StreamEventKind } from './streams/events.ts';
export { streamEventKind, tailAfter } from './streams/events.ts';
export { touchEveryMs } from './streams/expiry.ts';
export { streamCommands, streamQueries } from './streams/handlers.ts';
export { essenceOf } from './streams/media-type.ts';
export type {
  CreatedStream,
  NewFork,
  NewStream,
  StreamAppend,
  StreamAppended,
  StreamBody,
  StreamExpiry,
} from './streams/messages.ts';
export {
  appendToStream,
  collectStream,
  createStream,
  deleteStream,
  describeStream,
  expireStreams,
  holdStreams,
  streamChores,
  touchStreams,
} from './streams/messages.ts';
export { workspaceCommands, workspaceQueries } from './workspace/handlers.ts';
export { linkifierRegExp } from './workspace/linkifier-rules.ts';
export type { FollowSettingsView } from './workspace/messages.ts';
export {
  addCustomEmoji,
  addLinkifier,
  changeDefaultChannels,
  changeGroupMembers,
  changeSubgroups,
  createUserGroup,
  customEmojiNow,
  deactivateCustomEmoji,
  defaultChannelsNow,
  deleteUserGroup,
  followSettingsOf,
  linkifiersNow,
  orderLinkifiers,
  removeLinkifier,
  setTopicPolicy,
  topicPoliciesOf,
  updateLinkifier,
  updateSubscription,
  updateUserGroup,
  userGroupsNow,
} from './workspace/messages.ts';
export { roleGroupId } from './workspace/role-groups.ts';
export { FOLLOW_SETTINGS, UNSAID_FOLLOW_SETTINGS } from './workspace/subscriptions.ts';
