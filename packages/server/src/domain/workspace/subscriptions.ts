import { CarillonError } from '@carillon/core';
import {
  accountTopic,
  announce,
  type CommandContext,
  type Database,
  type FollowSettings,
  type FollowSettingsRow,
  followSettings,
  follows,
  type Message,
  statement,
} from '../../state/index.ts';
import { requireActor } from '../community/parties.ts';
import { flag, orNull, type SettingSchema, text, withChanges } from '../community/setting-types.ts';
import { type FollowSettingsView, followSettingsOf, updateSubscription } from './messages.ts';

type Input<M> = M extends Message<infer I, unknown> ? I : never;

const own = { type: orNull(flag()), default: null };

const FOLLOW_SETTINGS: SettingSchema<FollowSettings> = {
  color: { type: orNull(text(7, /^#[0-9a-f]{6}$/)), default: null },
  pinned: { type: flag(), default: false },
  muted: { type: flag(), default: false },
  desktop: own,
  audible: own,
  push: own,
  email: own,
  allMentions: own,
};

/** Of a channel of which nothing was said. */
export const UNSAID_FOLLOW_SETTINGS: FollowSettings = {
  ...{ color: null, pinned: false, muted: false },
  ...{ desktop: null, audible: null, push: null, email: null, allMentions: null },
};

const ofAccount = statement<{ account: number }>((db, { account }) =>
  db.selectFrom('follow_settings').selectAll().where('account', '=', account).orderBy('channel'),
);

export const subscriptionQueries = {
  [followSettingsOf.name]: async (
    db: Database,
    { account }: Input<typeof followSettingsOf>,
  ): Promise<readonly FollowSettingsView[]> =>
    (await followSettings.find(db, ofAccount, { account })).map((row) => ({
      channel: row.channel,
      ...settingsOf(row),
    })),
};

export const subscriptionCommands = { [updateSubscription.name]: change };

async function change(
  context: CommandContext,
  { actor: account, channel, settings: wanted }: Input<typeof updateSubscription>,
): Promise<FollowSettings> {
  const { db } = context;
  await requireActor(db, account);
  const follow = await follows.get(db, { account, channel });
  if (follow?.state !== 'subscribed') throw new CarillonError('not-found', `you follow no channel ${channel}`);
  const row = await followSettings.get(db, { account, channel });
  const before = row ? settingsOf(row) : UNSAID_FOLLOW_SETTINGS;
  const { values: settings, changed } = withChanges(FOLLOW_SETTINGS, before, wanted);
  if (changed.length === 0) return settings;
  await followSettings.put(db, rowOf(account, channel, settings));
  announce(context, {
    type: 'subscription.updated',
    topics: [accountTopic(account)],
    actor: String(account),
    routing: { author: account, channel, object: channel },
    subjects: [`account:${account}`],
    data: { account, channel, settings, changed },
  });
  return settings;
}

function settingsOf(row: FollowSettingsRow): FollowSettings {
  return {
    color: row.color,
    pinned: row.pinned === 1,
    muted: row.muted === 1,
    desktop: toFlag(row.desktop),
    audible: toFlag(row.audible),
    push: toFlag(row.push),
    email: toFlag(row.email),
    allMentions: toFlag(row.all_mentions),
  };
}

function rowOf(account: number, channel: number, settings: FollowSettings): FollowSettingsRow {
  return {
    account,
    channel,
    color: settings.color,
    pinned: Number(settings.pinned),
    muted: Number(settings.muted),
    desktop: toNumber(settings.desktop),
    audible: toNumber(settings.audible),
    push: toNumber(settings.push),
    email: toNumber(settings.email),
    all_mentions: toNumber(settings.allMentions),
  };
}

function toFlag(value: number | null): boolean | null {
  return value === null ? null : value === 1;
}

function toNumber(value: boolean | null): number | null {
  return value === null ? null : Number(value);
}
