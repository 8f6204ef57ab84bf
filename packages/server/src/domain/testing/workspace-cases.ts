import type {
  AccountSettingsSnapshot,
  ChannelSnapshot,
  FollowSettings,
  OrganizationSettings,
  UserGroupSnapshot,
  WorkspaceEvents,
} from '../../state/index.ts';

export const organizationSettingsCase: OrganizationSettings = {
  retentionDays: 30,
  editing: true,
  editLimitSeconds: 600,
  topicMoves: 'everyone',
  topicMoveLimitSeconds: null,
  channelMoves: 'members',
  channelMoveLimitSeconds: 60,
  maxTopicLength: 60,
  maxPostLength: 10_000,
  openChannels: 'full-members',
  closedChannels: 'admins',
  customEmoji: 'members',
  userGroups: 'moderators',
  allMentions: 'nobody',
  presence: true,
  waitingPeriodDays: 3,
};

export const accountSettingsCase: AccountSettingsSnapshot = {
  ...{ interfaceLanguage: 'it', timeZone: 'Europe/Rome', twentyFourHours: true, theme: 'dark', enterSends: false },
  ...{ starredCounts: true, allOpenChannels: false, readReceipts: true },
  ...{ typingInDirect: true, typingInChannels: false, typingShown: true },
  ...{ channelDesktop: false, channelAudible: false, channelPush: true, channelEmail: false },
  ...{ topicDesktop: true, topicAudible: false, topicPush: true, topicEmail: false },
  ...{ mentionDesktop: true, mentionAudible: true, mentionPush: true, mentionEmail: false },
  ...{ allMentions: true, onlinePush: false, textInDesktop: true, textInEmail: false, digestEmail: false },
  ...{ sound: 'bell', visibility: 'public', sensitive: false, language: null, chosenLanguages: ['en'] },
  sharesPresence: true,
};

const followSettings: FollowSettings = {
  ...{ color: '#c2726a', pinned: true, muted: false },
  ...{ desktop: null, audible: true, push: null, email: false, allMentions: null },
};
const group: UserGroupSnapshot = {
  ...{ id: 11, name: 'Capulets', description: 'a house', members: [7], subgroups: [12] },
  ...{ system: null, creator: 7, deactivated: false, createdAt: 5 },
};
const channel: ChannelSnapshot = { id: 80, kind: 'group', slug: 'verona', title: 'Verona', access: 'open' };
const emoji = { id: 13, name: 'rose', file: 'rose.png', preview: null, author: 7, deactivated: false };
const linkifier = { id: 14, pattern: '#(?P<id>[0-9]+)', template: 'https://issues.example/{id}' };

type Case<Data> = readonly [Data, object];

/** By type: what the domain says, and what readers are told; `withSecrets` adds what they must not be told. */
export function workspaceCases(withSecrets: <Value extends object>(value: Value) => Value): {
  readonly [Type in keyof WorkspaceEvents]: Case<WorkspaceEvents[Type]>;
} {
  const subscription = { account: 7, channel: 80, changed: ['color' as const] };
  const topicPolicy = { account: 7, channel: 80, topic: 'Balcony', policy: 'muted' as const, updatedAt: 5 };
  return {
    'subscription.updated': [
      withSecrets({ ...subscription, settings: followSettings }),
      { ...subscription, settings: followSettings },
    ],
    'topic-policy.changed': [withSecrets(topicPolicy), topicPolicy],
    'group.changed': [withSecrets({ operation: 'add', group: withSecrets(group) }), { operation: 'add', group }],
    'defaults.changed': [{ channels: [withSecrets(channel)] }, { channels: [channel] }],
    'emoji.changed': [
      { changed: withSecrets(emoji), emoji: [withSecrets(emoji)] },
      { changed: emoji, emoji: [emoji] },
    ],
    'linkifiers.changed': [{ linkifiers: [withSecrets(linkifier)] }, { linkifiers: [linkifier] }],
  };
}
