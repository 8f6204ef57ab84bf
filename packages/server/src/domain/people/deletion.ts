import {
  type AccountRow,
  accounts,
  accountTopic,
  announce,
  type CommandContext,
  channelMetaTopic,
  channels,
  type Database,
  type FollowRow,
  follows,
  posts,
  statement,
  unindexName,
} from '../../state/index.ts';
import { AT_ONCE } from '../jobs/serve.ts';
import { withdrawAll, withdrawNotices } from '../notices/withdraw.ts';
import { removePost } from '../posts/delete.ts';
import { removeShare } from '../posts/share.ts';
import { takeOver } from '../relations/ownership.ts';
import { dropWorkspaceBelongings } from '../workspace/belongings.ts';
import { dropBelongings } from './belongings.ts';
import { type Named, requireAccount } from './suspension.ts';
import { dropTokens } from './tokens.ts';

/** Posts, and their shares and notices, that go with one commit: for longer nobody else should wait. */
const POSTS_AT_ONCE = 200;

const postsOf = statement<Named>((db, { account }) =>
  db.selectFrom('posts').selectAll().where('author', '=', account).orderBy('id', 'desc').limit(POSTS_AT_ONCE),
);
const followsOf = statement<Named>((db, { account }) =>
  db.selectFrom('follows').selectAll().where('account', '=', account),
);
const membersOf = statement<{ channel: number }>((db, { channel }) =>
  db.selectFrom('follows').selectAll().where('channel', '=', channel),
);
const heirsOf = statement<{ channel: number; account: number }>((db, { channel, account }) =>
  db
    .selectFrom('follows')
    .selectAll()
    .where('channel', '=', channel)
    .where('account', '<>', account)
    .where('affiliation', 'in', ['owner', 'moderator'])
    .orderBy('id')
    .limit(1),
);

/**
 * Erases an account from state and log: its posts, whatever it did with others' posts, and everything that it has. One
 * event tells the community; its followers' rows go without one each. Its name stays taken. Answers whether that is
 * all: an account with many posts is deactivated with its newest, and is to be asked for again.
 */
export async function erase(context: CommandContext, { account: id }: Named): Promise<boolean> {
  const { db } = context;
  const row = await requireAccount(db, id);
  await dropTokens(context, id);
  const newest = await posts.find(db, postsOf, { account: id });
  let left = POSTS_AT_ONCE;
  for (const post of newest) {
    if (left <= 0) break;
    if (post.shared === null) await removePost(context, post);
    else await removeShare(context, post);
    left -= 1 + Math.min(2 * AT_ONCE, post.shares_count + post.favourites_count);
  }
  if (left <= 0) {
    await deactivate(context, id);
    return false;
  }
  await withdrawAll(context, { origin: id });
  await withdrawNotices(context, { account: id });
  await dropBelongings(db, id);
  await dropWorkspaceBelongings(db, { account: id, channel: row.channel });
  await dropMemberships(db, row);
  await channels.remove(db, { id: row.channel });
  await accounts.remove(db, { id });
  await unindexName(db, id);
  context.eraseSubject(`account:${id}`);
  tellEnd(context, row);
  return true;
}

/** Its posts have changed its row meanwhile. */
async function deactivate(context: CommandContext, id: number): Promise<void> {
  const row = await requireAccount(context.db, id);
  if (row.deactivated_at !== null) return;
  await accounts.put(context.db, { ...row, deactivated_at: context.now });
  tellEnd(context, row);
}

function tellEnd(context: CommandContext, { id, channel }: AccountRow): void {
  announce(context, {
    type: 'account.deactivated',
    topics: ['community', accountTopic(id), channelMetaTopic(channel), 'system'],
    routing: { author: id, channel, object: id },
    data: { account: id },
  });
}

async function dropMemberships(db: Database, { id, channel }: AccountRow): Promise<void> {
  for (const membership of await follows.find(db, followsOf, { account: id })) {
    await follows.remove(db, membership);
    if (membership.channel !== channel) await leave(db, membership);
  }
  for (const membership of await follows.find(db, membersOf, { channel })) {
    await follows.remove(db, membership);
    const follower = membership.state === 'subscribed' && (await accounts.get(db, { id: membership.account }));
    if (follower) await accounts.put(db, { ...follower, following_count: follower.following_count - 1 });
  }
}

/** A group that belonged to the account passes to whoever has looked after it longest. */
async function leave(db: Database, { channel: where, account, state }: FollowRow): Promise<void> {
  const channel = await channels.get(db, { id: where });
  if (!channel || channel.kind === 'direct') return;
  if (channel.owner !== account) {
    if (state !== 'subscribed') return;
    await channels.put(db, { ...channel, followers_count: channel.followers_count - 1 });
    return;
  }
  const [heir] = await follows.find(db, heirsOf, { channel: where, account });
  if (!heir) return;
  await follows.put(db, { ...heir, affiliation: 'owner' });
  await takeOver(db, channel, heir);
}
