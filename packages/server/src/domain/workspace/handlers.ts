import { subscriptionCommands, subscriptionQueries } from './subscriptions.ts';
import { topicPolicyCommands, topicPolicyQueries } from './topic-policies.ts';

export const workspaceCommands = { ...subscriptionCommands, ...topicPolicyCommands };
export const workspaceQueries = { ...subscriptionQueries, ...topicPolicyQueries };
