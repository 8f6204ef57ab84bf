import { CarillonError } from '@carillon/core';
import {
  accountTopic,
  announce,
  type CommandContext,
  channelTopic,
  type Database,
  numberOf,
  type PostRow,
  type PostView,
  type ReactionRow,
  reactions,
  statement,
} from '../../state/index.ts';
import { FAVOURITE } from '../community/load-flags.ts';
import { requireActor } from '../community/parties.ts';
import { notify } from '../notices/notify.ts';
import { withdrawNotices } from '../notices/withdraw.ts';
import { requirePost, requireTouched } from './access.ts';
import { recount } from './counts.ts';
import { codeOf, type Emoji, isRetired, readEmoji } from './emoji.ts';
import type { Reacting } from './messages.ts';
import { membersOf } from './reach.ts';
import { showTouched } from './show.ts';

/** Different ones of one account under one post, beside the favourite. */
const MAX_REACTIONS = 20;

const reactionBy = statement<{ post: number; emoji: string; account: number }>((db, { post, emoji, account }) =>
  db
    .selectFrom('reactions')
    .selectAll()
    .where('post', '=', post)
    .where('emoji', '=', emoji)
    .where('account', '=', account),
);

const othersBy = statement<{ post: number; account: number }>((db, { post, account }) =>
  db
    .selectFrom('reactions')
    .select((is) => is.fn.countAll<number>().as('n'))
    .where('post', '=', post)
    .where('account', '=', account)
    .where('emoji', '<>', FAVOURITE),
);

export async function reactTo(context: CommandContext, wanted: Reacting): Promise<PostView> {
  const { db } = context;
  const { actor, on, strict = false } = wanted;
  await requireActor(db, actor);
  const emoji = await readEmoji(db, wanted);
  const reaction = async (to: PostRow): Promise<ReactionRow | undefined> =>
    (await reactions.find(db, reactionBy, { post: to.id, emoji: emoji.emoji, account: actor }))[0];
  const post = on
    ? await requirePost(db, actor, wanted.id)
    : await requireTouched(db, actor, wanted.id, async (meant) => (await reaction(meant)) !== undefined);
  const known = await reaction(post);
  if (strict && on === (known !== undefined)) {
    const reason = on ? 'reaction-exists' : 'reaction-missing';
    throw new CarillonError('conflict', `post ${post.id}: the reaction ${on ? 'is there already' : 'is not there'}`, {
      facts: { reason },
    });
  }
  if (on && !known) await add(context, post, actor, emoji);
  if (!on && known) await takeBack(context, post, known);
  return showTouched(db, actor, post.id);
}

async function add(context: CommandContext, post: PostRow, account: number, written: Emoji): Promise<void> {
  const { db, now } = context;
  const { emoji, name } = written;
  if (await isRetired(db, written)) {
    throw new CarillonError('unprocessable', 'this emoji was withdrawn', { facts: { reason: 'emoji-retired' } });
  }
  if (emoji !== FAVOURITE && (await numberOf(db, othersBy, { post: post.id, account })) >= MAX_REACTIONS) {
    throw new CarillonError('unprocessable', `a post takes ${MAX_REACTIONS} different emoji of one account`);
  }
  await reactions.insert(db, { id: context.nextId(), post: post.id, account, emoji, name, created_at: now });
  await countFavourite(db, post.id, emoji, 1);
  await tell(context, 'reaction.added', post, { account, emoji, name });
  if (emoji !== FAVOURITE) return;
  await notify(context, { account: post.author, type: 'favourite', origin: account, post: post.id });
}

async function takeBack(context: CommandContext, post: PostRow, row: ReactionRow): Promise<void> {
  const { account, emoji, name } = row;
  await reactions.remove(context.db, { id: row.id });
  await countFavourite(context.db, post.id, emoji, -1);
  await tell(context, 'reaction.removed', post, { account, emoji, name });
  if (emoji !== FAVOURITE) return;
  await withdrawNotices(context, { account: post.author, type: 'favourite', origin: account, post: post.id });
}

async function countFavourite(db: Database, post: number, emoji: string, by: 1 | -1): Promise<void> {
  if (emoji === FAVOURITE) await recount(db, post, (row) => ({ favourites_count: row.favourites_count + by }));
}

/** To those among whom the post lives, to its author and to whoever reacts. */
async function tell(
  context: CommandContext,
  type: 'reaction.added' | 'reaction.removed',
  post: PostRow,
  { account, emoji, name }: Pick<ReactionRow, 'account' | 'emoji' | 'name'>,
): Promise<void> {
  const isDirect = post.visibility === 'direct';
  const people = new Set([post.author, account, ...(isDirect ? await membersOf(context.db, post) : [])]);
  announce(context, {
    type,
    topics: [...(isDirect ? [] : [channelTopic(post.channel)]), ...[...people].map(accountTopic)],
    actor: String(account),
    routing: { author: account, object: post.id, channel: post.channel },
    subjects: [`post:${post.id}`, `account:${account}`],
    data: { post: post.id, account, emoji, name, code: codeOf(emoji) },
  });
}
