export { workspaceCommands, workspaceQueries } from './handlers.ts';
export { linkifierRegExp } from './linkifier-rules.ts';
export type { FollowSettingsView } from './messages.ts';
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
} from './messages.ts';
export { roleGroupId } from './role-groups.ts';
export { UNSAID_FOLLOW_SETTINGS } from './subscriptions.ts';
