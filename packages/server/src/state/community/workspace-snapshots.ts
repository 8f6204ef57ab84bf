/** Whom a right is given to: whoever has this role or one above it. Full members have been here for a while. */
export type Policy = 'everyone' | 'members' | 'full-members' | 'moderators' | 'admins' | 'owners' | 'nobody';

/** What administrators decide for the community; `domain/organization/settings.ts` says what each does. */
export interface OrganizationSettings {
  readonly retentionDays: number | null;
  readonly editing: boolean;
  readonly editLimitSeconds: number | null;
  readonly topicMoves: Policy;
  readonly topicMoveLimitSeconds: number | null;
  readonly channelMoves: Policy;
  readonly channelMoveLimitSeconds: number | null;
  readonly maxTopicLength: number;
  readonly maxPostLength: number | null;
  readonly openChannels: Policy;
  readonly closedChannels: Policy;
  readonly customEmoji: Policy;
  readonly userGroups: Policy;
  readonly allMentions: Policy;
  readonly presence: boolean;
  readonly waitingPeriodDays: number;
}

/** What an account says of one channel that it follows. */
export interface FollowSettings {
  /** `#c2726a`; null where clients choose one. */
  readonly color: string | null;
  readonly pinned: boolean;
  readonly muted: boolean;
  /** Null where the account's own settings hold. */
  readonly desktop: boolean | null;
  readonly audible: boolean | null;
  readonly push: boolean | null;
  readonly email: boolean | null;
  /** Whether a mention of everybody in the channel is one of this account. */
  readonly allMentions: boolean | null;
}

export type TopicPolicy = 'none' | 'muted' | 'unmuted' | 'followed';

export interface TopicPolicySnapshot {
  readonly account: number;
  readonly channel: number;
  /** As it was written; upper and lower case are one topic. */
  readonly topic: string;
  readonly policy: TopicPolicy;
  readonly updatedAt: number;
}

/** A group of accounts that is named and given rights as one; nothing that posts are written in. */
export interface UserGroupSnapshot {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  /** Its own, without those of its subgroups. */
  readonly members: readonly number[];
  readonly subgroups: readonly number[];
  /** Of a role, which only roles change; null for those that people make. */
  readonly system: UserGroupRole | null;
  readonly creator: number | null;
  readonly deactivated: boolean;
  readonly createdAt: number | null;
}

/** The anonymous, or whom the policy of this name gives a right to. */
export type UserGroupRole = 'internet' | Policy;

export interface CustomEmojiSnapshot {
  readonly id: number;
  readonly name: string;
  /** Names under `/media/`. */
  readonly file: string;
  readonly preview: string | null;
  readonly author: number | null;
  readonly deactivated: boolean;
}

/** Text that fits the pattern becomes a link. */
export interface LinkifierSnapshot {
  readonly id: number;
  readonly pattern: string;
  /** RFC 6570, with the pattern's named groups as its variables. */
  readonly template: string;
}

/** What an account has set for itself; `domain/people/preferences.ts` says what each does. */
export interface AccountPreferences {
  readonly interfaceLanguage: string;
  readonly timeZone: string;
  readonly twentyFourHours: boolean;
  readonly theme: 'system' | 'light' | 'dark';
  readonly enterSends: boolean;
  readonly starredCounts: boolean;
  readonly allOpenChannels: boolean;
  readonly readReceipts: boolean;
  readonly typingInDirect: boolean;
  readonly typingInChannels: boolean;
  readonly typingShown: boolean;
  readonly channelDesktop: boolean;
  readonly channelAudible: boolean;
  readonly channelPush: boolean;
  readonly channelEmail: boolean;
  readonly topicDesktop: boolean;
  readonly topicAudible: boolean;
  readonly topicPush: boolean;
  readonly topicEmail: boolean;
  readonly mentionDesktop: boolean;
  readonly mentionAudible: boolean;
  readonly mentionPush: boolean;
  readonly mentionEmail: boolean;
  readonly allMentions: boolean;
  readonly onlinePush: boolean;
  readonly textInDesktop: boolean;
  readonly textInEmail: boolean;
  readonly digestEmail: boolean;
  readonly sound: string;
}

/** Everything that an account has set. */
export interface AccountSettingsSnapshot extends AccountPreferences {
  readonly visibility: 'public' | 'unlisted' | 'followers' | 'direct';
  readonly sensitive: boolean;
  readonly language: string | null;
  readonly chosenLanguages: readonly string[] | null;
  readonly sharesPresence: boolean;
}
