import type { ChannelSnapshot } from './snapshots.ts';
import type {
  CustomEmojiSnapshot,
  FollowSettings,
  LinkifierSnapshot,
  TopicPolicySnapshot,
  UserGroupSnapshot,
} from './workspace-snapshots.ts';

/** What the events of the community's common furniture say, and of each account's own view of channels and topics. */
export interface WorkspaceEvents {
  /** Told to the account alone. */
  readonly 'subscription.updated': SubscriptionUpdate;
  /** Told to the account alone; the policy `none` takes back what was said. */
  readonly 'topic-policy.changed': TopicPolicySnapshot;
  readonly 'group.changed': UserGroupChange;
  /** All of them, in their order. */
  readonly 'defaults.changed': { readonly channels: readonly ChannelSnapshot[] };
  /** The one that changed, and all of them, deactivated ones too. */
  readonly 'emoji.changed': {
    readonly changed: CustomEmojiSnapshot;
    readonly emoji: readonly CustomEmojiSnapshot[];
  };
  /** All of them, in their order. */
  readonly 'linkifiers.changed': { readonly linkifiers: readonly LinkifierSnapshot[] };
}

export interface SubscriptionUpdate {
  readonly account: number;
  readonly channel: number;
  readonly settings: FollowSettings;
  readonly changed: readonly (keyof FollowSettings)[];
}

export type UserGroupChange =
  | { readonly operation: 'add'; readonly group: UserGroupSnapshot }
  | {
      readonly operation: 'update';
      readonly group: UserGroupSnapshot;
      readonly changed: readonly ('name' | 'description' | 'deactivated')[];
    }
  | {
      readonly operation: 'add_members' | 'remove_members';
      readonly group: number;
      readonly members: readonly number[];
    }
  | {
      readonly operation: 'add_subgroups' | 'remove_subgroups';
      readonly group: number;
      readonly subgroups: readonly number[];
    }
  | { readonly operation: 'remove'; readonly group: number };
