export { MISSING_AVATAR, MISSING_HEADER, NO_FLAGS, toAccount, toCredentialAccount } from './account.ts';
export { toFilter, toFilterKeyword, toFilterResult, toFilterStatus, toFiltersV1 } from './filter.ts';
export {
  CHARACTERS_PER_ADDRESS,
  MEDIA_PER_POST,
  PROFILE_LIMITS,
  toInstance,
  toInstanceV1,
  toRules,
} from './instance.ts';
export { toList, toTag } from './lists.ts';
export { toMedia } from './media.ts';
export { toAnnouncement, toConversation, toMarker, toNotification } from './notices.ts';
export { toRelationship } from './relationship.ts';
export { toScheduledStatus } from './scheduled.ts';
export type { Site } from './site.ts';
export { acctOf, iso, isoOrNull, mediaUrl } from './site.ts';
export type { Viewed } from './status.ts';
export { toDeletedStatus, toStatus, toStatusFor, withFlags } from './status.ts';
export type {
  Account,
  Announcement,
  Conversation,
  CredentialAccount,
  Filter,
  FilterResult,
  List,
  Marker,
  MediaAttachment,
  Notification,
  Relationship,
  Status,
  Tag,
} from './types.ts';
export { readVisibility, wireVisibility } from './visibility.ts';
