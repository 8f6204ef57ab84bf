import { toErrorValue } from '@carillon/core';
import * as z from 'zod';
import {
  type ChannelView,
  channelMembers,
  channelViews,
  follow,
  followSettingsOf,
  removeFollower,
  setAffiliation,
  UNSAID_FOLLOW_SETTINGS,
  unfollow,
} from '../../../domain/index.ts';
import { channelName, toSubscription } from '../entities/index.ts';
import { type Call, type Endpoint, endpoint, json, notPermitted, optional, otherwise, Refusal } from '../http/index.ts';
import { channelNamed, channelsNamed, key, people } from './find.ts';
import { makeChannel } from './make-channel.ts';

const wantedChannel = z.object({
  name: z.string().trim().min(1).max(60),
  description: z.string().max(1_024).optional(),
  color: z.string().optional(),
});
const principals = optional(
  json(
    'Ids or addresses of others, whom only owners and moderators may add and remove.',
    z.union([z.array(z.int()), z.array(z.string())]),
  ),
);
const adding = {
  invite_only: otherwise(false, json('Whether a new channel is for those who are let in.', z.boolean())),
  authorization_errors_fatal: otherwise(
    true,
    json('Whether one channel that may not be had ends the call.', z.boolean()),
  ),
  announce: otherwise(false, json('Taken and without effect.', z.boolean())),
  principals,
};

type Wanted = z.infer<typeof wantedChannel>;

/** What an account is subscribed to (zulip.com/api/get-subscriptions). Subscribing to a new name makes the channel. */
export const subscriptionEndpoints: readonly Endpoint[] = [
  endpoint('GET /users/me/subscriptions', {
    access: 'read',
    about: 'Channels that the account is subscribed to.',
    parameters: { include_subscribers: otherwise(false, json('With the ids of who else is.', z.boolean())) },
    run: async (call, wanted) => ({ subscriptions: await subscriptions(call, wanted.include_subscribers) }),
  }),
  endpoint('POST /users/me/subscriptions', {
    access: 'write',
    about: 'Subscribes to channels, and makes those that are not there.',
    parameters: {
      subscriptions: json('Objects with `name`, for a new one `description`.', z.array(wantedChannel).max(100)),
      ...adding,
    },
    run: (call, { subscriptions: wanted, ...how }) => subscribe(call, wanted, how),
  }),
  endpoint('DELETE /users/me/subscriptions', {
    access: 'write',
    about: 'Ends subscriptions.',
    parameters: { subscriptions: json('Names of channels.', z.array(z.string()).max(100)), principals },
    run: (call, { subscriptions: names, principals: who }) => unsubscribe(call, names, who),
  }),
  endpoint('PATCH /users/me/subscriptions', {
    access: 'write',
    about: 'Subscribes to channels and ends subscriptions.',
    parameters: {
      add: otherwise([], json('As in POST.', z.array(wantedChannel).max(100))),
      delete: otherwise([], json('As in DELETE.', z.array(z.string()).max(100))),
    },
    run: async (call, { add, delete: names }) => {
      if (add.length === 0 && names.length === 0)
        throw new Refusal('Nothing to do. Specify at least one of "add" or "delete".');
      const how = { invite_only: false, authorization_errors_fatal: true, principals: undefined };
      return { ...(await subscribe(call, add, how)), ...(await unsubscribe(call, names, undefined)) };
    },
  }),
];

async function subscriptions(call: Call, withSubscribers: boolean) {
  const all = await call.query(channelViews, { viewer: call.viewer, select: { all: true } });
  const own = all.filter(({ subscribed }) => subscribed);
  const said = new Map(
    (await call.query(followSettingsOf, { account: call.viewer })).map((settings) => [settings.channel, settings]),
  );
  const members = withSubscribers ? await membersOf(call, own) : undefined;
  return own.map((view) =>
    toSubscription(view, said.get(view.id) ?? UNSAID_FOLLOW_SETTINGS, members && (members.get(view.id) ?? [])),
  );
}

async function membersOf(call: Call, views: readonly ChannelView[]): Promise<ReadonlyMap<number, readonly number[]>> {
  const found = await call.query(channelMembers, { channels: views.map(({ id }) => id) });
  return new Map(found.map(({ channel, accounts }) => [channel, accounts]));
}

interface Manner {
  readonly invite_only: boolean;
  readonly authorization_errors_fatal: boolean;
  readonly principals: readonly (number | string)[] | undefined;
}

async function subscribe(call: Call, wanted: readonly Wanted[], how: Manner) {
  const who = await accountsOf(call, how.principals);
  const known =
    wanted.length > 0
      ? await channelsNamed(
          call,
          wanted.map(({ name }) => name),
        )
      : new Map<string, ChannelView>();
  const refused = wanted.filter(({ name }) => known.get(key(name))?.readable === false).map(({ name }) => name);
  if (refused.length > 0 && how.authorization_errors_fatal)
    throw new Refusal(`Unable to access channel (${refused.join(', ')}).`);
  const channels: ChannelView[] = [];
  const made = new Set<number>();
  for (const each of wanted) {
    if (refused.includes(each.name)) continue;
    const there = known.get(key(each.name));
    const channel = there ?? (await makeChannel(call, each, how.invite_only));
    if (!there) made.add(channel.id);
    channels.push(channel);
  }
  const outcome: Outcome = { subscribed: new Map(), already_subscribed: new Map() };
  const members = await membersOf(call, channels);
  for (const channel of channels) {
    for (const account of who) {
      const isThere = members.get(channel.id)?.includes(account) === true;
      if (!isThere) await add(call, channel, account);
      // Whoever makes a channel is subscribed to it by that.
      const isNew = !isThere || made.has(channel.id);
      note(isNew ? outcome.subscribed : outcome.already_subscribed, account, channelName(channel));
    }
  }
  return {
    subscribed: Object.fromEntries(outcome.subscribed),
    already_subscribed: Object.fromEntries(outcome.already_subscribed),
    ...(how.authorization_errors_fatal ? {} : { unauthorized: refused }),
  };
}

/** Names of channels by the ids of accounts. */
type Noted = Map<number, string[]>;

/** Whoever asks, or those who are named. */
async function accountsOf(call: Call, principals: Manner['principals']): Promise<readonly number[]> {
  return principals === undefined ? [call.viewer] : (await people(call, principals)).map(({ id }) => id);
}

interface Outcome {
  readonly subscribed: Noted;
  readonly already_subscribed: Noted;
}

function note(noted: Noted, account: number, name: string): void {
  noted.set(account, [...(noted.get(account) ?? []), name]);
}

async function add(call: Call, channel: ChannelView, account: number): Promise<void> {
  if (account !== call.viewer) await invite(call, channel, account);
  // The channel of a person is followed by following the person.
  const target = channel.kind === 'personal' ? channel.owner : channel.id;
  await call.run(follow, { actor: account, target }).catch((error: unknown) => {
    if (toErrorValue(error).code !== 'forbidden') throw error;
    throw new Refusal(`Unable to access channel (${channelName(channel)}).`);
  });
}

/** Only staff brings others into a channel. */
async function invite(call: Call, channel: ChannelView, account: number): Promise<void> {
  if (channel.kind !== 'group' || !isStaff(channel)) throw notPermitted();
  if (channel.access === 'open') return;
  const affiliation = channel.defaultAffiliation;
  await call.run(setAffiliation, { actor: call.viewer, target: account, channel: channel.id, affiliation });
}

function isStaff({ affiliation }: ChannelView): boolean {
  return affiliation === 'owner' || affiliation === 'moderator';
}

async function unsubscribe(call: Call, names: readonly string[], wanted: Manner['principals']) {
  const who = await accountsOf(call, wanted);
  const channels: ChannelView[] = [];
  for (const name of names) channels.push(await channelNamed(call, name));
  const members = await membersOf(call, channels);
  const removed = new Set<string>();
  const notRemoved = new Set<string>();
  for (const channel of channels) {
    for (const id of who) {
      const isThere = (members.get(channel.id) ?? []).includes(id);
      if (isThere) await remove(call, channel, id);
      (isThere ? removed : notRemoved).add(channelName(channel));
    }
  }
  return { removed: [...removed], not_removed: [...notRemoved] };
}

async function remove(call: Call, channel: ChannelView, account: number): Promise<void> {
  if (channel.owner === account) throw new Refusal('The owner of a channel stays subscribed to it');
  if (account !== call.viewer) {
    if (!isStaff(channel)) throw notPermitted();
    await call.run(removeFollower, { actor: call.viewer, target: account, channel: channel.id });
    return;
  }
  await call.run(unfollow, { actor: account, target: channel.kind === 'personal' ? channel.owner : channel.id });
}
