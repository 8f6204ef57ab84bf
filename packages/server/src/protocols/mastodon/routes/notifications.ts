import * as z from 'zod';
import {
  dismissNotifications,
  type NotificationQuery,
  type NotificationSnapshot,
  notificationById,
  notificationsOf,
  unreadNotifications,
} from '../../../domain/index.ts';
import { ACCOUNTS, type Call, flag, found, idField, many, type Rest, readLimit, user } from '../http/index.ts';
import { showFor } from './show.ts';

const READ = user('read:notifications');
const WRITE = user('write:notifications');

/** Every type that this server makes; others that clients name are never found. */
const TYPES = [
  'mention',
  'status',
  'reblog',
  'follow',
  'follow_request',
  'favourite',
  'update',
  'admin.sign_up',
] as const;
type Type = (typeof TYPES)[number];

const names = many(z.string().max(100), 100);
const notificationFields = z.object({
  types: names,
  exclude_types: names,
  account_id: idField.optional(),
  include_filtered: flag,
});

const UNREAD = { limit: 100, most: 1_000 };

/** Notifications one by one (docs.joinmastodon.org/methods/notifications). */
export function notificationRoutes(rest: Rest): void {
  rest.get('/api/v1/notifications', READ, list);
  rest.get('/api/v1/notifications/unread_count', READ, async (call) => ({
    count: await call.query(unreadNotifications, { viewer: call.viewer, limit: unreadLimit(call) }),
  }));
  rest.get('/api/v1/notifications/:id', READ, async (call) => {
    const notification = found(await call.query(notificationById, { viewer: call.viewer, id: call.id() }));
    return (await showFor(call)).notification(notification);
  });
  rest.post('/api/v1/notifications/clear', WRITE, async (call) => {
    await call.run(dismissNotifications, { actor: call.viewer });
  });
  rest.post('/api/v1/notifications/:id/dismiss', WRITE, async (call) => {
    await call.run(dismissNotifications, { actor: call.viewer, id: call.id() });
  });
}

/** What a query asks for, but for its page. */
export function readWanted(call: Call<number>): Omit<NotificationQuery, 'page'> {
  const { types, exclude_types, account_id, include_filtered } = call.search(notificationFields);
  return {
    viewer: call.viewer,
    ...(types === undefined ? {} : { types: known(types) }),
    ...(exclude_types === undefined ? {} : { excludeTypes: known(exclude_types) }),
    ...(account_id === undefined ? {} : { from: account_id }),
    ...(include_filtered ? { includeFiltered: true } : {}),
  };
}

export function unreadLimit(call: Call<number>): number {
  return readLimit(call.context.req.query('limit'), UNREAD.limit, UNREAD.most);
}

async function list(call: Call<number>) {
  const page = call.page(ACCOUNTS);
  const rows: readonly NotificationSnapshot[] = await call.query(notificationsOf, { ...readWanted(call), page });
  const show = await showFor(call);
  return call.listed(
    rows.map(show.notification),
    rows.map(({ id }) => id),
    page,
  );
}

function known(wanted: readonly string[]): readonly Type[] {
  return TYPES.filter((type) => wanted.includes(type));
}
