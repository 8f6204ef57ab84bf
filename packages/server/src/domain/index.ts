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
export type { ChannelView } from './channels/messages.ts';
export { channelMembers, channelViews } from './channels/messages.ts';
export { channelQueries } from './channels/queries.ts';
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
export * from './desk/index.ts';
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
export * from './notices/index.ts';
export { oauthCommands, oauthQueries } from './oauth/handlers.ts';
export type { IssuedToken, NewOauthCode, OauthApp } from './oauth/messages.ts';
export {
  createAppToken,
  createOauthApp,
  createOauthCode,
  forgetUnusedApps,
  oauthAppByClientId,
  oauthAppById,
  redeemOauthCode,
  revokeOauthToken,
} from './oauth/messages.ts';
export * from './organization/index.ts';
export * from './people/index.ts';
export * from './posts/index.ts';
export { presenceCommands } from './presence/commands.ts';
export type { PresenceView } from './presence/messages.ts';
export { listPresences, onlineAccounts, readPresence, reportPresence, setOnline } from './presence/messages.ts';
export { presenceQueries } from './presence/queries.ts';
export { queueCommands, queueQueries } from './queues/handlers.ts';
export { createQueue, dropForgottenQueues, endQueue, queueOf, useQueues } from './queues/messages.ts';
export * from './relations/index.ts';
export { readRestoration, readRevocation } from './revocations.ts';
export { searchQueries } from './search/handlers.ts';
export * from './streams/index.ts';
export * from './workspace/index.ts';
