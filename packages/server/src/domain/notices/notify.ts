import { sql } from 'kysely';
import {
  accountTopic,
  announce,
  type CommandContext,
  type Database,
  type NotificationRow,
  type NotificationSnapshot,
  type NotificationType,
  notifications,
  statement,
} from '../../state/index.ts';
import { judge, type Notice } from './judge.ts';
import { loadNotifications } from './load-notifications.ts';
import type { PolicyAnswer } from './messages.ts';

export type { Notice } from './judge.ts';

/** Doing these again after undoing them tells nobody anew. */
const ONCE: readonly NotificationType[] = ['favourite', 'reblog', 'follow', 'follow_request'];

const alike = statement<{ account: number; type: string; origin: number; post: number | null }>(
  (db, { account, type, origin, post }) =>
    db
      .selectFrom('notifications')
      .selectAll()
      .where('account', '=', account)
      .where('origin', '=', origin)
      .where('type', '=', sql<NotificationType>`${type}`)
      .where(sql<boolean>`post IS ${post}`)
      .limit(1),
);
interface Matched {
  /** Zero for any. */
  readonly account: number;
  readonly origin: number;
  readonly post: number;
  /** The empty text for any. */
  readonly type: string;
}

/** The columns that lead are compared by their index; what one account did to another is least, and comes first. */
const matching = {
  pair: matchingBy('account', 'origin'),
  post: matchingBy('post'),
  origin: matchingBy('origin'),
  account: matchingBy('account'),
};

function matchingBy(...leading: readonly ('post' | 'origin' | 'account')[]) {
  return statement<Matched>((db, wanted) => {
    const { account, origin, post, type } = wanted;
    return leading
      .reduce((query, column) => query.where(column, '=', wanted[column]), db.selectFrom('notifications').selectAll())
      .where(sql<boolean>`(${account} = 0 OR account = ${account})`)
      .where(sql<boolean>`(${origin} = 0 OR origin = ${origin})`)
      .where(sql<boolean>`(${post} = 0 OR post = ${post})`)
      .where(sql<boolean>`(${type} = '' OR type = ${type})`);
  });
}

/**
 * Tells an account about something, unless it does not want to know: nothing is kept for other servers' accounts, for
 * whoever caused it, across blocks, of posts that the account may not see, or where the policy says drop. Tells what became of it.
 */
export async function notify(context: CommandContext, notice: Notice): Promise<PolicyAnswer> {
  const { db, now } = context;
  const answer = await judge(db, now, notice);
  if (answer === 'drop' || (await isKnown(db, notice))) return answer;
  const row: NotificationRow = {
    id: context.nextId(),
    account: notice.account,
    type: notice.type,
    origin: notice.origin,
    post: notice.post ?? null,
    filtered: answer === 'filter' ? 1 : 0,
    created_at: now,
  };
  const [notification] = await loadNotifications(db, notice.account, [row]);
  if (!notification) return 'drop';
  await notifications.insert(db, row);
  if (answer === 'accept') announceNotification(context, row, notification);
  return answer;
}

async function isKnown(db: Database, { account, type, origin, post }: Notice): Promise<boolean> {
  if (!ONCE.includes(type)) return false;
  return (await notifications.find(db, alike, { account, type, origin, post: post ?? null })).length > 0;
}

function announceNotification(context: CommandContext, row: NotificationRow, notification: NotificationSnapshot): void {
  const { from, post } = notification;
  const held = [post?.post, post?.post.shared].filter((one) => one !== undefined && one !== null);
  announce(context, {
    type: 'notification.created',
    topics: [accountTopic(row.account)],
    actor: String(row.origin),
    routing: {
      author: row.origin,
      ...(row.post === null ? {} : { object: row.post }),
      ...(from.domain === null ? {} : { domain: from.domain }),
    },
    subjects: [
      ...new Set([row.origin, row.account, ...held.map(({ author }) => author.id)].map((id) => `account:${id}`)),
      ...held.map(({ id }) => `post:${id}`),
    ],
    data: { notification },
  });
}

/** Which notices go; what is absent is any. One of the account, the origin and the post must be named. */
export type NoticeMatch = Partial<Notice>;

/** Takes notices back: of a deleted post, of an undone favourite, share or follow, of a blocked or deleted account. */
export async function withdrawNotices(context: CommandContext, match: NoticeMatch): Promise<void> {
  const { account = 0, type = '', origin = 0, post = 0 } = match;
  if (account + origin + post === 0) throw new Error('not all notices can go at once');
  const leading = account && origin ? 'pair' : post ? 'post' : origin ? 'origin' : 'account';
  await removeNotices(
    context,
    await notifications.find(context.db, matching[leading], { account, type, origin, post }),
  );
}

/** Beyond this many accounts, and ids in one event, the event that made the notices go says enough (kernel K5). */
const MAX_TOLD = 100;
const MAX_IDS = 1_000;

export async function removeNotices(context: CommandContext, rows: readonly NotificationRow[]): Promise<void> {
  for (const { id } of rows) await notifications.remove(context.db, { id });
  const told = Map.groupBy(
    rows.filter(({ filtered }) => filtered === 0),
    ({ account }) => account,
  );
  for (const [account, gone] of [...told].slice(0, MAX_TOLD)) {
    announce(context, {
      type: 'notification.dismissed',
      topics: [accountTopic(account)],
      data: { account, notifications: gone.slice(-MAX_IDS).map(({ id }) => id) },
    });
  }
}
