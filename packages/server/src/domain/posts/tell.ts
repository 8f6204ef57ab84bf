import { sql } from 'kysely';
import { type CommandContext, follows, type PostDoers, type PostRow, statement } from '../../state/index.ts';
import { notify } from '../notices/notify.ts';
import { visiblePost } from './access.ts';
import { isReplyToOther } from './reach.ts';

/** Accounts that one command tells of something at most; others find it in their timelines. */
const MAX_TOLD = 1_000;

const wantingEach = statement<{ channel: number }>((db, { channel }) =>
  db
    .selectFrom('follows')
    .selectAll()
    .where('channel', '=', channel)
    // A literal, or SQLite does not see that the index of those who want it serves.
    .where('notify', '=', sql.lit(1))
    .where('state', '=', 'subscribed')
    .orderBy('id')
    .limit(MAX_TOLD),
);

/** Tells those whom a post names, as far as they may see it. */
export async function tellMentioned(context: CommandContext, row: PostRow, mentions: readonly number[]): Promise<void> {
  for (const account of mentions) {
    if (!(await visiblePost(context.db, account, row.id))) continue;
    await notify(context, { account, type: 'mention', origin: row.author, post: row.id });
  }
}

/** Tells followers who want to hear of each post of the channel, unless they are named in it. */
export async function tellFollowers(context: CommandContext, row: PostRow, mentions: readonly number[]): Promise<void> {
  if (row.visibility === 'direct' || isReplyToOther(row)) return;
  for (const { account } of await follows.find(context.db, wantingEach, { channel: row.channel })) {
    if (mentions.includes(account) || account === row.author) continue;
    await notify(context, { account, type: 'status', origin: row.author, post: row.id });
  }
}

/** Tells those who favourited or shared a post that it is another now. */
export async function tellDoers(context: CommandContext, row: PostRow, doers: PostDoers): Promise<void> {
  const accounts = [...new Set([...doers.shared, ...doers.favourited])].slice(0, MAX_TOLD);
  for (const account of accounts) {
    if (!(await visiblePost(context.db, account, row.id))) continue;
    await notify(context, { account, type: 'update', origin: row.author, post: row.id });
  }
}
