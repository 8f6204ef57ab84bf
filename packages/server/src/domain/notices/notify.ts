import { sql } from 'kysely';
import {
  type CommandContext,
  type Database,
  type NotificationRow,
  type NotificationType,
  notifications,
  statement,
} from '../../state/index.ts';
import { announce } from '../community/events.ts';
import type { NotificationSnapshot } from '../community/snapshots.ts';
import { accountTopic } from '../community/topics.ts';
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
/** Zero stands for any account or origin, the empty text for any type; one column leads, for its index. */
const matching = {
  post: matchingBy('post'),
  origin: matchingBy('origin'),
  account: matchingBy('account'),
};

function matchingBy(leading: 'post' | 'origin' | 'account') {
  return statement<{ lead: number; account: number; type: string; origin: number }>(
    (db, { lead, account, type, origin }) =>
      db
        .selectFrom('notifications')
        .selectAll()
        .where(leading, '=', lead)
        .where(sql<boolean>`(${account} = 0 OR account = ${account})`)
        .where(sql<boolean>`(${type} = '' OR type = ${type})`)
        .where(sql<boolean>`(${origin} = 0 OR origin = ${origin})`),
  );
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
  const leading = post ? 'post' : origin ? 'origin' : 'account';
  const lead = post || origin || account;
  if (lead === 0) throw new Error('not all notices can go at once');
  const rows = await notifications.find(context.db, matching[leading], { lead, account, type, origin });
  await removeNotices(context, rows);
}

/** Beyond this many accounts the event that made the notices go says enough (kernel K5). */
const MAX_TOLD = 100;

export async function removeNotices(context: CommandContext, rows: readonly NotificationRow[]): Promise<void> {
  const told = new Map<number, number[]>();
  for (const { id, account, filtered } of rows) {
    await notifications.remove(context.db, { id });
    if (filtered === 0) told.set(account, [...(told.get(account) ?? []), id]);
  }
  for (const [account, ids] of [...told].slice(0, MAX_TOLD)) {
    announce(context, {
      type: 'notification.dismissed',
      topics: [accountTopic(account)],
      data: { account, notifications: ids },
    });
  }
}
