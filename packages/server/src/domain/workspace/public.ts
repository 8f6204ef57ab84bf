import type {
  AccountSettingsSnapshot,
  ChannelSnapshot,
  CustomEmojiSnapshot,
  FollowSettings,
  LinkifierSnapshot,
  OrganizationSettings,
  UserGroupChange,
  UserGroupSnapshot,
  WorkspaceEvents,
} from '../../state/index.ts';

/** What readers are told of each event of this room; every field is named, as in `community/public-json.ts`. */
export const WORKSPACE_PUBLIC: {
  readonly [Type in keyof WorkspaceEvents]: (data: WorkspaceEvents[Type]) => object;
} = {
  'subscription.updated': ({ account, channel, settings, changed }) => ({
    ...{ account, channel, settings: showFollowSettings(settings), changed },
  }),
  'topic-policy.changed': ({ account, channel, topic, policy, updatedAt }) => ({
    ...{ account, channel, topic, policy, updatedAt },
  }),
  'group.changed': showGroupChange,
  'defaults.changed': ({ channels }) => ({ channels: channels.map(showChannel) }),
  'emoji.changed': ({ changed, emoji }) => ({ changed: showEmoji(changed), emoji: emoji.map(showEmoji) }),
  'linkifiers.changed': ({ linkifiers }) => ({ linkifiers: linkifiers.map(showLinkifier) }),
};

export function showOrganizationSettings(settings: OrganizationSettings): object {
  const { retentionDays, editing, editLimitSeconds, maxTopicLength, maxPostLength } = settings;
  const { topicMoves, topicMoveLimitSeconds, channelMoves, channelMoveLimitSeconds } = settings;
  const { openChannels, closedChannels, customEmoji, userGroups, allMentions, presence, waitingPeriodDays } = settings;
  return {
    ...{ retentionDays, editing, editLimitSeconds, maxTopicLength, maxPostLength },
    ...{ topicMoves, topicMoveLimitSeconds, channelMoves, channelMoveLimitSeconds },
    ...{ openChannels, closedChannels, customEmoji, userGroups, allMentions, presence, waitingPeriodDays },
  };
}

export function showAccountSettings(settings: AccountSettingsSnapshot): object {
  const { interfaceLanguage, timeZone, twentyFourHours, theme, enterSends, starredCounts, allOpenChannels } = settings;
  const { readReceipts, typingInDirect, typingInChannels, typingShown, sharesPresence } = settings;
  const { channelDesktop, channelAudible, channelPush, channelEmail } = settings;
  const { topicDesktop, topicAudible, topicPush, topicEmail } = settings;
  const { mentionDesktop, mentionAudible, mentionPush, mentionEmail } = settings;
  const { allMentions, onlinePush, textInDesktop, textInEmail, digestEmail, sound } = settings;
  const { visibility, sensitive, language, chosenLanguages } = settings;
  return {
    ...{ interfaceLanguage, timeZone, twentyFourHours, theme, enterSends, starredCounts, allOpenChannels },
    ...{ readReceipts, typingInDirect, typingInChannels, typingShown, sharesPresence },
    ...{ channelDesktop, channelAudible, channelPush, channelEmail },
    ...{ topicDesktop, topicAudible, topicPush, topicEmail },
    ...{ mentionDesktop, mentionAudible, mentionPush, mentionEmail },
    ...{ allMentions, onlinePush, textInDesktop, textInEmail, digestEmail, sound },
    ...{ visibility, sensitive, language, chosenLanguages },
  };
}

function showFollowSettings(settings: FollowSettings): object {
  const { color, pinned, muted, desktop, audible, push, email, allMentions } = settings;
  return { color, pinned, muted, desktop, audible, push, email, allMentions };
}

function showGroupChange(change: UserGroupChange): object {
  const { operation } = change;
  switch (operation) {
    case 'add':
      return { operation, group: showGroup(change.group) };
    case 'update':
      return { operation, group: showGroup(change.group), changed: change.changed };
    case 'add_members':
    case 'remove_members':
      return { operation, group: change.group, members: change.members };
    case 'add_subgroups':
    case 'remove_subgroups':
      return { operation, group: change.group, subgroups: change.subgroups };
    case 'remove':
      return { operation, group: change.group };
  }
}

function showGroup(group: UserGroupSnapshot): object {
  const { id, name, description, members, subgroups, system, creator, deactivated, createdAt } = group;
  return { id, name, description, members, subgroups, system, creator, deactivated, createdAt };
}

function showChannel({ id, kind, slug, title, access }: ChannelSnapshot): object {
  return { id, kind, slug, title, access };
}

function showEmoji({ id, name, file, preview, author, deactivated }: CustomEmojiSnapshot): object {
  return { id, name, file, preview, author, deactivated };
}

function showLinkifier({ id, pattern, template }: LinkifierSnapshot): object {
  return { id, pattern, template };
}
