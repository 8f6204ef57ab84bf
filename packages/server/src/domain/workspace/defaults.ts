import { CarillonError } from '@carillon/core';
import {
  type AccountRow,
  announce,
  type ChannelRow,
  type ChannelSnapshot,
  type CommandContext,
  channels,
  type Database,
  defaultChannels,
  type Message,
  statement,
} from '../../state/index.ts';
import { channelSnapshotOf } from '../community/load-posts.ts';
import { auditAct, requireRight } from '../community/rights.ts';
import { newFollow, startFollow } from '../relations/memberships.ts';
import { changeDefaultChannels, defaultChannelsNow } from './messages.ts';

type Input<M> = M extends Message<infer I, unknown> ? I : never;

/** Each new account follows them in the commit that makes it. */
const MOST_DEFAULTS = 100;

const chosen = statement((db) =>
  db
    .selectFrom('channels')
    .innerJoin('default_channels', 'default_channels.channel', 'channels.id')
    .selectAll('channels')
    .orderBy('default_channels.id'),
);

export const defaultQueries = { [defaultChannelsNow.name]: loadDefaults };

export const defaultCommands = { [changeDefaultChannels.name]: change };

/** People follow the default channels from their first moment; guests see only what they are let into. */
export async function followDefaults(context: CommandContext, { id, kind, role }: AccountRow): Promise<void> {
  if (kind !== 'person' || role === 'guest') return;
  for (const channel of await channels.find(context.db, chosen, {})) {
    const follow = newFollow(context, id, channel.id, {});
    await startFollow(context, { actor: id, account: id, channel }, follow, channel.default_affiliation);
  }
}

/** A channel that closes, or goes, is none of the defaults any more. */
export async function dropDefault(context: CommandContext, channel: number): Promise<void> {
  if (await defaultChannels.remove(context.db, { channel })) await announceDefaults(context);
}

async function change(
  context: CommandContext,
  { actor, add = [], remove = [] }: Input<typeof changeDefaultChannels>,
): Promise<readonly ChannelSnapshot[]> {
  const { db } = context;
  await requireRight(context, actor, 'defaults.change');
  let count = 0;
  for (const channel of new Set(remove)) if (await defaultChannels.remove(db, { channel })) count++;
  for (const id of new Set(add)) {
    const { id: channel } = await requireOpen(db, id);
    if (await defaultChannels.get(db, { channel })) continue;
    await defaultChannels.insert(db, { channel, id: context.nextId() });
    count++;
  }
  const all = await loadDefaults(db);
  if (all.length > MOST_DEFAULTS) {
    throw new CarillonError('too-large', `a community has at most ${MOST_DEFAULTS} default channels`, {
      facts: { limit: MOST_DEFAULTS },
    });
  }
  if (count === 0) return all;
  await announceDefaults(context);
  auditAct(context, actor, 'defaults.change', '');
  return all;
}

async function requireOpen(db: Database, id: number): Promise<ChannelRow> {
  const channel = await channels.get(db, { id });
  if (channel?.kind === 'group' && channel.access === 'open') return channel;
  throw new CarillonError('not-found', `there is no open group channel ${id}`);
}

async function announceDefaults(context: CommandContext): Promise<void> {
  announce(context, {
    type: 'defaults.changed',
    topics: ['community'],
    data: { channels: await loadDefaults(context.db) },
  });
}

async function loadDefaults(db: Database): Promise<readonly ChannelSnapshot[]> {
  return (await channels.find(db, chosen, {})).map(channelSnapshotOf);
}
