import { CarillonError } from '@carillon/core';
import { accountSettings, type CommandContext, type Database, type Message } from '../../state/index.ts';
import { requireActor } from '../community/parties.ts';
import { loadSettings } from '../people/settings.ts';
import { type NotificationPolicy, notificationPolicy, type PolicyAnswer, setNotificationPolicy } from './messages.ts';

/**
 * Everything is let through at first, unsolicited direct posts too, which Mastodon holds back: it has a room where held
 * back senders are let in, and the other protocols have not.
 */
const DEFAULT_POLICY: NotificationPolicy = {
  notFollowing: 'accept',
  notFollowers: 'accept',
  newAccounts: 'accept',
  privateMentions: 'accept',
  limitedAccounts: 'filter',
};

const ANSWERS: readonly PolicyAnswer[] = ['accept', 'filter', 'drop'];

export const policyQueries = {
  [notificationPolicy.name]: (db: Database, { viewer }: Input<typeof notificationPolicy>) => policyOf(db, viewer),
};

export const policyCommands = { [setNotificationPolicy.name]: setPolicy };

type Input<M> = M extends Message<infer I, unknown> ? I : never;

export async function policyOf(db: Database, account: number): Promise<NotificationPolicy> {
  return { ...DEFAULT_POLICY, ...JSON.parse((await loadSettings(db, account)).notification_policy) };
}

async function setPolicy(
  { db }: CommandContext,
  { actor, policy }: Input<typeof setNotificationPolicy>,
): Promise<NotificationPolicy> {
  for (const [name, answer] of Object.entries(policy)) {
    if (!(name in DEFAULT_POLICY) || !ANSWERS.includes(answer)) {
      throw new CarillonError('unprocessable', `${name}: ${answer} is not a part of the notification policy`);
    }
  }
  await requireActor(db, actor);
  const row = await loadSettings(db, actor);
  const changed = { ...(await policyOf(db, actor)), ...policy };
  await accountSettings.put(db, { ...row, notification_policy: JSON.stringify(changed) });
  return changed;
}
