import { CarillonError } from '@carillon/core';
import {
  type AccountRow,
  type ChannelRow,
  type CommandContext,
  type Database,
  follows,
  type PostRow,
} from '../../state/index.ts';
import { mayAct } from '../community/rights.ts';
import { loadOrganizationSettings } from '../organization/settings.ts';
import { isStaff } from '../relations/staff.ts';
import { mayPost } from './place.ts';

export interface Intent {
  readonly actor: AccountRow;
  readonly from: ChannelRow;
  readonly to: ChannelRow;
  readonly rows: readonly PostRow[];
}

/**
 * Who may write in both channels, and read them where they are closed, may move what the organisation's settings let
 * them move, for as long as they let them; staff of the channel that the posts leave, and moderators, at any time. To
 * another topic authors may always move their own.
 */
export async function requireMovable(context: CommandContext, intent: Intent): Promise<void> {
  const { actor, from, to, rows } = intent;
  const { db } = context;
  const isSame = from.id === to.id;
  if (!isSame && (from.kind !== 'group' || to.kind !== 'group')) {
    throw new CarillonError('unprocessable', 'posts move between group channels alone', {
      facts: { reason: 'not-movable' },
    });
  }
  for (const channel of isSame ? [from] : [from, to]) await requireAtHome(db, actor.id, channel);
  const follow = await follows.get(db, { channel: from.id, account: actor.id });
  const isTheirs = isStaff(follow);
  const isOwn = isSame && rows.every(({ author }) => author === actor.id);
  const right = isSame ? 'posts.move-topic' : 'posts.move-channel';
  if (!isTheirs && !isOwn && !(await mayAct(context, actor, right))) {
    throw new CarillonError('forbidden', `${right}: this account may not move these posts`, {
      facts: { reason: 'not-allowed', right },
    });
  }
  if (isTheirs || (await mayAct(context, actor, 'posts.move-late'))) return;
  await requireTimely(context, rows, isSame);
}

/** Answers a stranger of a closed channel as if there were none. */
async function requireAtHome(db: Database, account: number, channel: ChannelRow): Promise<void> {
  const follow = await follows.get(db, { channel: channel.id, account });
  if (channel.kind === 'group' && channel.access !== 'open' && follow?.state !== 'subscribed') {
    throw new CarillonError('not-found', `there is no channel ${channel.id}`);
  }
  if (channel.kind === 'group' ? await mayPost(db, account, channel) : channel.owner === account) return;
  throw new CarillonError('forbidden', `this account may not post in channel ${channel.id}`, {
    facts: { reason: 'not-writable', channel: channel.id },
  });
}

async function requireTimely({ db, now }: CommandContext, rows: readonly PostRow[], isSame: boolean): Promise<void> {
  const settings = await loadOrganizationSettings(db);
  const limit = isSame ? settings.topicMoveLimitSeconds : settings.channelMoveLimitSeconds;
  if (limit === null) return;
  const timely = rows.filter(({ created_at }) => now - created_at <= limit * 1_000);
  if (timely.length === rows.length) return;
  throw new CarillonError('forbidden', `a post may be moved for ${limit} seconds`, {
    facts: {
      ...{ reason: 'move-limit', limit, total: rows.length, allowed: timely.length },
      ...(timely[0] ? { firstAllowed: timely[0].id } : {}),
    },
  });
}
