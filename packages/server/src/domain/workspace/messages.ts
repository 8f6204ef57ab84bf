import type {
  ChannelSnapshot,
  CustomEmojiSnapshot,
  FollowSettings,
  LinkifierSnapshot,
  Message,
  TopicPolicy,
  TopicPolicySnapshot,
  UserGroupSnapshot,
} from '../../state/index.ts';

export interface Acting {
  readonly actor: number;
}

/** Throws `not-found` for channels that the actor does not follow. Changing nothing tells nobody. */
export const updateSubscription: Message<
  Acting & { readonly channel: number; readonly settings: Partial<FollowSettings> },
  FollowSettings
> = { name: 'workspace.update-subscription' };
/** Throws `not-found` for channels that the actor cannot read. `none` takes back what was said. */
export const setTopicPolicy: Message<
  Acting & { readonly channel: number; readonly topic: string; readonly policy: TopicPolicy },
  TopicPolicySnapshot
> = { name: 'workspace.set-topic-policy' };

export interface FollowSettingsView extends FollowSettings {
  readonly channel: number;
}

/** Of the channels of which an account has said anything, followed or not; `UNSAID_FOLLOW_SETTINGS` holds for others. */
export const followSettingsOf: Message<{ readonly account: number }, readonly FollowSettingsView[]> = {
  name: 'workspace.follow-settings',
};
/** The latest first. */
export const topicPoliciesOf: Message<{ readonly account: number }, readonly TopicPolicySnapshot[]> = {
  name: 'workspace.topic-policies',
};

/**
 * Role `groups.create`; the one who makes it is not in it unless named. Throws `conflict` for a name that is taken,
 * whatever its case, `not-found` for members and subgroups that are not there. At most 1,000 of each at once.
 */
export const createUserGroup: Message<
  Acting & {
    readonly name: string;
    readonly description?: string;
    readonly members?: readonly number[];
    readonly subgroups?: readonly number[];
  },
  UserGroupSnapshot
> = { name: 'workspace.create-group' };
/** This and what follows is for moderators and whoever made the group; those of the roles stay as they are. */
export const updateUserGroup: Message<
  Acting & {
    readonly id: number;
    readonly name?: string;
    readonly description?: string;
    /** Throws `conflict` while it is part of another group. */
    readonly deactivated?: boolean;
  },
  UserGroupSnapshot
> = { name: 'workspace.update-group' };
/** Throws `conflict` while it is part of another group. */
export const deleteUserGroup: Message<Acting & { readonly id: number }, undefined> = {
  name: 'workspace.delete-group',
};
/** Anybody may leave. Throws `conflict` for deactivated groups. */
export const changeGroupMembers: Message<
  Acting & { readonly id: number; readonly add?: readonly number[]; readonly remove?: readonly number[] },
  UserGroupSnapshot
> = { name: 'workspace.change-group-members' };
/** Throws `conflict` for deactivated groups, and when a group would hold itself, at whatever depth. */
export const changeSubgroups: Message<
  Acting & { readonly id: number; readonly add?: readonly number[]; readonly remove?: readonly number[] },
  UserGroupSnapshot
> = { name: 'workspace.change-subgroups' };
/** Those of the roles too, whose members are whoever has the role now, and deactivated ones. */
export const userGroupsNow: Message<Record<string, never>, readonly UserGroupSnapshot[]> = {
  name: 'workspace.groups',
};

/** Administrators only. Throws `not-found` for what is no open group channel. Answers with all of them, in their order. */
export const changeDefaultChannels: Message<
  Acting & { readonly add?: readonly number[]; readonly remove?: readonly number[] },
  readonly ChannelSnapshot[]
> = { name: 'workspace.change-default-channels' };
export const defaultChannelsNow: Message<Record<string, never>, readonly ChannelSnapshot[]> = {
  name: 'workspace.default-channels',
};

/**
 * Role `emoji.add`. The picture is an upload of the actor's that nothing shows; from then on it is the community's.
 * Throws `conflict` for the name of one that is there; that of a deactivated one is free.
 */
export const addCustomEmoji: Message<Acting & { readonly name: string; readonly media: number }, CustomEmojiSnapshot> =
  { name: 'workspace.add-emoji' };
/** Whoever added it, and administrators. */
export const deactivateCustomEmoji: Message<Acting & { readonly id: number }, CustomEmojiSnapshot> = {
  name: 'workspace.deactivate-emoji',
};
/** Deactivated ones too. */
export const customEmojiNow: Message<Record<string, never>, readonly CustomEmojiSnapshot[]> = {
  name: 'workspace.emoji',
};

type Rule = Pick<LinkifierSnapshot, 'pattern' | 'template'>;

/**
 * Administrators only, as all of these. The pattern is of the part of RE2's language that JavaScript has too, and no
 * text may fit it in two ways; the template has the pattern's named groups as its variables. Throws `unprocessable`,
 * saying what is wrong, and `conflict` for a pattern that is there.
 */
export const addLinkifier: Message<Acting & Rule, LinkifierSnapshot> = { name: 'workspace.add-linkifier' };
export const updateLinkifier: Message<Acting & Rule & { readonly id: number }, LinkifierSnapshot> = {
  name: 'workspace.update-linkifier',
};
export const removeLinkifier: Message<Acting & { readonly id: number }, undefined> = {
  name: 'workspace.remove-linkifier',
};
/** All of them, in the order in which they are tried. */
export const orderLinkifiers: Message<Acting & { readonly ids: readonly number[] }, readonly LinkifierSnapshot[]> = {
  name: 'workspace.order-linkifiers',
};
export const linkifiersNow: Message<Record<string, never>, readonly LinkifierSnapshot[]> = {
  name: 'workspace.linkifiers',
};
