import { CarillonError } from '@carillon/core';
import {
  accountTopic,
  announce,
  type CommandContext,
  channels,
  type Database,
  foldTopic,
  follows,
  type Message,
  normalizeTopic,
  numberOf,
  statement,
  type TopicPolicyRow,
  type TopicPolicySnapshot,
  topicPolicies,
} from '../../state/index.ts';
import { requireActor } from '../community/parties.ts';
import { setTopicPolicy, topicPoliciesOf } from './messages.ts';

type Input<M> = M extends Message<infer I, unknown> ? I : never;

/** Of one account; whoever has more starts over. */
const MOST_POLICIES = 10_000;

const ofAccount = statement<{ account: number }>((db, { account }) =>
  db.selectFrom('topic_policies').selectAll().where('account', '=', account).orderBy('updated_at', 'desc'),
);
const count = statement<{ account: number }>((db, { account }) =>
  db
    .selectFrom('topic_policies')
    .select((is) => is.fn.countAll().as('n'))
    .where('account', '=', account),
);

export const topicPolicyQueries = {
  [topicPoliciesOf.name]: async (db: Database, { account }: Input<typeof topicPoliciesOf>) =>
    (await topicPolicies.find(db, ofAccount, { account })).map(toSnapshot),
};

export const topicPolicyCommands = { [setTopicPolicy.name]: set };

async function set(
  context: CommandContext,
  { actor: account, channel, topic: written, policy }: Input<typeof setTopicPolicy>,
): Promise<TopicPolicySnapshot> {
  const { db, now } = context;
  await requireActor(db, account);
  const key = { account, channel, topic_key: foldTopic(written) };
  const known = await topicPolicies.get(db, key);
  // Whoever may not read the channel any more may still take back what it said of it.
  if (policy !== 'none' || !known) await requireReadable(db, account, channel);
  const topic = known?.topic ?? normalizeTopic(written);
  const snapshot = { account, channel, topic, policy, updatedAt: now };
  if ((known?.policy ?? 'none') === policy) return { ...snapshot, updatedAt: known?.updated_at ?? now };
  if (policy === 'none') await topicPolicies.remove(db, key);
  else {
    if (!known) await requireRoom(db, account);
    await topicPolicies.put(db, { ...key, topic, policy, updated_at: now });
  }
  announce(context, {
    type: 'topic-policy.changed',
    topics: [accountTopic(account)],
    actor: String(account),
    routing: { author: account, channel, object: channel },
    subjects: [`account:${account}`],
    data: snapshot,
  });
  return snapshot;
}

async function requireReadable(db: Database, account: number, id: number): Promise<void> {
  const channel = await channels.get(db, { id });
  if (channel && channel.kind !== 'direct') {
    if (channel.access === 'open') return;
    if ((await follows.get(db, { channel: id, account }))?.state === 'subscribed') return;
  }
  throw new CarillonError('not-found', `there is no channel ${id}`);
}

async function requireRoom(db: Database, account: number): Promise<void> {
  if ((await numberOf(db, count, { account })) < MOST_POLICIES) return;
  throw new CarillonError('too-large', `an account has policies on ${MOST_POLICIES} topics at most`, {
    facts: { limit: MOST_POLICIES },
  });
}

function toSnapshot({ account, channel, topic, policy, updated_at }: TopicPolicyRow): TopicPolicySnapshot {
  return { account, channel, topic, policy, updatedAt: updated_at };
}
