import { type FollowSettings, type Message, type TopicPolicy, type TopicPolicySnapshot } from '../../state/index.ts';

interface Acting {
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
