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
