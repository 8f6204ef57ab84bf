import type { Position } from '@carillon/core';
import { sql } from 'kysely';
import { type CommandContext, follows, numbersOf, type PostRow, posts, statement } from '../../state/index.ts';
import { FAVOURITE } from '../community/load-flags.ts';
import { loadMentions } from '../community/load-posts.ts';
import { AT_ONCE, type JobKind, serve } from '../jobs/serve.ts';
import { notify } from '../notices/notify.ts';
import { visiblePost } from './access.ts';
import { isReplyToOther } from './reach.ts';

interface ToFollowers {
  readonly post: number;
  /** Of the event that told of the post: who has followed since is told of the next ones. */
  readonly position: Position;
}

interface ToDoers {
  readonly post: number;
  readonly editedAt: number;
  /** What was done with the post before the edit has ids below this. */
  readonly before: number;
}

const wantingEach = statement<{ channel: number; position: number; cursor: number }>(
  (db, { channel, position, cursor }) =>
    db
      .selectFrom('follows')
      .selectAll()
      .where('channel', '=', channel)
      // A literal, or SQLite does not see that the index of those who want it serves.
      .where('notify', '=', sql.lit(1))
      .where('state', '=', 'subscribed')
      .where('since_position', '<', position)
      .where('id', '>', cursor)
      .orderBy('id')
      .limit(AT_ONCE),
);
const doersOf = statement<{ post: number; before: number; cursor: number }>((db, { post, before, cursor }) =>
  db
    .selectFrom('posts')
    .select('author as n')
    .where('shared', '=', post)
    .where('id', '<', before)
    .where('author', '>', cursor)
    .union(
      db
        .selectFrom('reactions')
        .select('account as n')
        .where('post', '=', post)
        .where('emoji', '=', FAVOURITE)
        .where('id', '<', before)
        .where('account', '>', cursor),
    )
    .orderBy('n')
    .limit(AT_ONCE),
);

/** Of a post, those followers who want to hear of each one of the channel, unless they are named in it. */
export const followersNews: JobKind<ToFollowers> = {
  name: 'followers-news',
  async serve(context, { post: id, position }, cursor) {
    const { db } = context;
    const row = await posts.get(db, { id });
    if (!row) return undefined;
    const wanting = await follows.find(db, wantingEach, { channel: row.channel, position, cursor });
    const mentions = wanting.length === 0 ? [] : ((await loadMentions(db, [id])).get(id) ?? []);
    for (const { account } of wanting) {
      if (mentions.includes(account) || account === row.author) continue;
      await notify(context, { account, type: 'status', origin: row.author, post: id });
    }
    return wanting.length < AT_ONCE ? undefined : wanting.at(-1)?.id;
  },
};

/** Of an edit, those who favourited or shared the post. An edit that followed it tells them all itself. */
export const doersNews: JobKind<ToDoers> = {
  name: 'doers-news',
  async serve(context, { post: id, editedAt, before }, cursor) {
    const { db } = context;
    const row = await posts.get(db, { id });
    if (row?.edited_at !== editedAt) return undefined;
    const doers = await numbersOf(db, doersOf, { post: id, before, cursor });
    for (const account of doers) await notify(context, { account, type: 'update', origin: row.author, post: id });
    return doers.length < AT_ONCE ? undefined : doers.at(-1);
  },
};

/** Tells those whom a post names, as far as they may see it. */
export async function tellMentioned(context: CommandContext, row: PostRow, mentions: readonly number[]): Promise<void> {
  for (const account of mentions) {
    if (!(await visiblePost(context.db, account, row.id))) continue;
    await notify(context, { account, type: 'mention', origin: row.author, post: row.id });
  }
}

/** `position` is that of the event which tells of the post. */
export async function tellFollowers(context: CommandContext, row: PostRow, position: Position): Promise<void> {
  if (row.visibility === 'direct' || isReplyToOther(row)) return;
  await serve(context, followersNews, { post: row.id, position });
}

/** Call it once the edit is stored. */
export async function tellDoers(context: CommandContext, { id, edited_at: editedAt }: PostRow): Promise<void> {
  if (editedAt === null) throw new Error(`post ${id} was not edited`);
  await serve(context, doersNews, { post: id, editedAt, before: context.nextId() });
}
