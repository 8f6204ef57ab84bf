import { CarillonError } from '@carillon/core';
import {
  announce,
  type ChannelRow,
  type ChannelSnapshot,
  type CommandContext,
  channelMetaTopic,
  channels,
  follows,
  indexName,
  type Message,
} from '../../state/index.ts';
import { channelSnapshotOf } from '../community/load-posts.ts';
import { requireActor, requireChannel } from '../community/parties.ts';
import { requireRight } from '../community/rights.ts';
import { acceptWaiting } from '../relations/follow.ts';
import { isStaff } from '../relations/staff.ts';
import { checkSlug } from '../slug.ts';
import { dropDefault } from '../workspace/defaults.ts';
import { claimSlug, insertOwner, NEW_CHANNEL } from './account-rows.ts';
import type { createChannel, updateChannel } from './messages.ts';

type Input<M> = M extends Message<infer I, unknown> ? I : never;

const MAX_TITLE = 200;
const MAX_DESCRIPTION = 5_000;

export async function makeChannel(
  context: CommandContext,
  { actor, slug: name, title, description, access, defaultAffiliation, granted = false }: Input<typeof createChannel>,
): Promise<ChannelSnapshot> {
  const { db } = context;
  if (granted) await requireActor(db, actor);
  else await requireRight(context, actor, access === 'open' ? 'channels.create-open' : 'channels.create-closed');
  const slug = checkSlug(name);
  const row: ChannelRow = {
    ...NEW_CHANNEL,
    id: context.nextId(),
    kind: 'group',
    slug,
    title: title.trim() || slug,
    description,
    access,
    default_affiliation: defaultAffiliation,
    owner: actor,
    created_at: context.now,
  };
  checkTexts(row);
  await claimSlug(db, slug, 'channel', row.id);
  await channels.insert(db, row);
  await indexName(db, { id: row.id, slug, name: row.title });
  const since = announceChannel(context, actor, 'channel.created', row);
  await insertOwner(context, row.id, actor, since);
  return channelSnapshotOf(row);
}

/** Throws `forbidden` for all but owners and moderators, and for personal channels, which go with their profiles. */
export async function changeChannel(
  context: CommandContext,
  { actor, channel, title, description, access, defaultAffiliation }: Input<typeof updateChannel>,
): Promise<ChannelSnapshot> {
  const { db } = context;
  await requireActor(db, actor);
  const before = await requireChannel(db, channel);
  const staff = isStaff(await follows.get(db, { channel, account: actor }));
  if (!staff || before.kind !== 'group') {
    throw new CarillonError('forbidden', 'only owners and moderators of a group channel may change it');
  }
  const row: ChannelRow = {
    ...before,
    title: title?.trim() || before.title,
    description: description ?? before.description,
    access: access ?? before.access,
    default_affiliation: defaultAffiliation ?? before.default_affiliation,
  };
  checkTexts(row);
  if (JSON.stringify(row) === JSON.stringify(before)) return channelSnapshotOf(row);
  await channels.put(db, row);
  await indexName(db, { id: row.id, slug: row.slug ?? '', name: row.title });
  announceChannel(context, actor, 'channel.updated', row, before);
  if (row.access === 'open') await acceptWaiting(context, actor, row.id);
  else await dropDefault(context, row.id);
  return channelSnapshotOf(row);
}

/** The community hears of open channels, and of one that closes: its name is no secret any more. */
function announceChannel(
  context: CommandContext,
  actor: number,
  type: 'channel.created' | 'channel.updated',
  row: ChannelRow,
  before = row,
): number {
  const open = row.access === 'open' || before.access === 'open';
  return announce(context, {
    type,
    topics: [channelMetaTopic(row.id), ...(open ? ['community'] : [])],
    actor: String(actor),
    routing: { author: actor, channel: row.id, object: row.id },
    subjects: [`account:${actor}`],
    data: { channel: channelSnapshotOf(row) },
  });
}

function checkTexts({ title, description }: ChannelRow): void {
  if (title.length > MAX_TITLE || description.length > MAX_DESCRIPTION) {
    throw new CarillonError(
      'unprocessable',
      `a channel has a title of ${MAX_TITLE} and a description of ${MAX_DESCRIPTION} characters at most`,
    );
  }
}
