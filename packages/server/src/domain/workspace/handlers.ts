import { defaultCommands, defaultQueries } from './defaults.ts';
import { emojiCommands, emojiQueries } from './emoji.ts';
import { changeMembers, changeParts } from './group-members.ts';
import { changeGroup, makeGroup, removeGroup } from './groups.ts';
import { linkifierCommands, linkifierQueries } from './linkifiers.ts';
import { loadGroups } from './load-groups.ts';
import {
  changeGroupMembers,
  changeSubgroups,
  createUserGroup,
  deleteUserGroup,
  updateUserGroup,
  userGroupsNow,
} from './messages.ts';
import { subscriptionCommands, subscriptionQueries } from './subscriptions.ts';
import { topicPolicyCommands, topicPolicyQueries } from './topic-policies.ts';

export const workspaceCommands = {
  ...subscriptionCommands,
  ...topicPolicyCommands,
  ...defaultCommands,
  ...emojiCommands,
  ...linkifierCommands,
  [createUserGroup.name]: makeGroup,
  [updateUserGroup.name]: changeGroup,
  [deleteUserGroup.name]: removeGroup,
  [changeGroupMembers.name]: changeMembers,
  [changeSubgroups.name]: changeParts,
};
export const workspaceQueries = {
  ...subscriptionQueries,
  ...topicPolicyQueries,
  ...defaultQueries,
  ...emojiQueries,
  ...linkifierQueries,
  [userGroupsNow.name]: loadGroups,
};
