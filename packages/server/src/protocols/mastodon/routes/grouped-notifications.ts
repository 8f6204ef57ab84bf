import * as z from 'zod';
import {
  dismissNotifications,
  type NotificationSnapshot,
  notificationById,
  notificationsOf,
  unreadNotifications,
} from '../../../domain/index.ts';
import { iso, type Status, toAccount } from '../entities/index.ts';
import { ACCOUNTS, type Call, found, many, notFound, type Rest, user } from '../http/index.ts';
import {
  belongsTo,
  GROUPED_TYPES,
  groupNotifications,
  isGroupedType,
  type NotificationGroup,
  readGroupKey,
  stretchPage,
} from './notification-groups.ts';
import { readWanted, unreadLimit } from './notifications.ts';
import { type Show, showFor } from './show.ts';

const READ = user('read:notifications');
const WRITE = user('write:notifications');
/** Accounts that stand for a group. */
const SAMPLE = 8;
/** Notifications that are looked through for the members of one group. */
const MOST_MEMBERS = 1_000;

const groupedFields = z.object({ grouped_types: many(z.string().max(100), 100) });

/** Notifications in groups (docs.joinmastodon.org/methods/grouped_notifications). */
export function groupedNotificationRoutes(rest: Rest): void {
  rest.get('/api/v2/notifications', READ, list);
  rest.get('/api/v2/notifications/unread_count', READ, async (call) => ({
    count: await call.query(unreadNotifications, { viewer: call.viewer, limit: unreadLimit(call) }),
  }));
  rest.get('/api/v2/notifications/:key', READ, async (call) => resultsOf(call, [await theGroup(call)]));
  rest.get('/api/v2/notifications/:key/accounts', READ, async (call) => {
    const { members } = await theGroup(call);
    return accountsOf(members, call);
  });
  rest.post('/api/v2/notifications/:key/dismiss', WRITE, async (call) => {
    const { members } = await theGroup(call);
    for (const { id } of members) await call.run(dismissNotifications, { actor: call.viewer, id });
  });
}

/** A page is of so many notifications; a group at its end may go on in the next. */
async function list(call: Call<number>) {
  const page = call.page(ACCOUNTS);
  const rows = await call.query(notificationsOf, { ...readWanted(call), page });
  const { grouped_types = GROUPED_TYPES } = call.search(groupedFields);
  const types = new Set<string>(grouped_types.filter(isGroupedType));
  return call.listed(
    await resultsOf(call, groupNotifications(rows, types)),
    rows.map(({ id }) => id),
    page,
  );
}

async function resultsOf(call: Call<number>, groups: readonly NotificationGroup[]) {
  const shown = await showFor(call);
  const statuses = statusesOf(groups, shown);
  return {
    accounts: accountsOf(
      groups.flatMap(({ members }) => members.slice(0, SAMPLE)),
      call,
    ),
    statuses: [...statuses.values()],
    notification_groups: groups.map(toGroup),
  };
}

function toGroup({ key, members }: NotificationGroup) {
  const [newest] = members;
  const oldest = members.at(-1) ?? newest;
  const { post } = newest;
  return {
    group_key: key,
    notifications_count: members.length,
    type: newest.type,
    most_recent_notification_id: String(newest.id),
    page_min_id: String(oldest.id),
    page_max_id: String(newest.id),
    latest_page_notification_at: iso(newest.createdAt),
    sample_account_ids: [...new Set(members.map(({ from }) => String(from.id)))].slice(0, SAMPLE),
    ...(post === null ? {} : { status_id: String(post.post.id) }),
  };
}

function statusesOf(groups: readonly NotificationGroup[], { status }: Show): ReadonlyMap<number, Status> {
  return new Map(
    groups.flatMap(({ members: [{ post }] }) => (post === null ? [] : [[post.post.id, status(post)] as const])),
  );
}

/** Each once. */
function accountsOf(members: readonly NotificationSnapshot[], { site }: Call<number>) {
  const accounts = new Map(members.map(({ from }) => [from.id, from]));
  return Array.from(accounts.values(), (account) => toAccount(account, site));
}

async function theGroup(call: Call<number>): Promise<NotificationGroup> {
  const text = call.param('key');
  const key = readGroupKey(text);
  if (key === undefined) throw notFound();
  if (key.kind === 'one') {
    return { key: text, members: [found(await call.query(notificationById, { viewer: call.viewer, id: key.id }))] };
  }
  const rows = await call.query(notificationsOf, {
    viewer: call.viewer,
    types: [key.type],
    page: stretchPage(key, MOST_MEMBERS),
  });
  const [newest, ...others] = rows.filter((row) => belongsTo(row, key));
  return { key: text, members: [found(newest), ...others] };
}
