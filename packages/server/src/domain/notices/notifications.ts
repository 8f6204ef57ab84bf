import { CarillonError } from '@carillon/core';
import { sql } from 'kysely';
import {
  type CommandContext,
  type Database,
  markers,
  type NotificationRow,
  type NotificationSnapshot,
  notifications,
  numberOf,
  statement,
} from '../../state/index.ts';
import { findPage, pagedBy } from '../community/paging.ts';
import { loadNotifications } from './load-notifications.ts';
import {
  dismissNotifications,
  type NotificationQuery,
  notificationById,
  notificationsOf,
  unreadNotifications,
} from './messages.ts';
import { removeNotices } from './withdraw.ts';

interface Wanted {
  readonly viewer: number;
  /** JSON lists; null for all, or for none to leave out. */
  readonly types: string | null;
  readonly without: string | null;
  /** Zero for anybody. */
  readonly from: number;
  /** 0 to 0 leaves out what the policy keeps apart, 0 to 1 shows it, too, and 1 to 1 nothing else. */
  readonly least: number;
  readonly most: number;
}

/** Of a post that is gone, many notices are withdrawn over several commits (`withdraw.ts`). */
const isThere = sql<boolean>`(notifications.post IS NULL
  OR EXISTS (SELECT 1 FROM posts WHERE posts.id = notifications.post))`;

const pages = pagedBy('notifications.id', (db, { viewer, types, without, from, least, most }: Wanted) =>
  db
    .selectFrom('notifications')
    .innerJoin('accounts', 'accounts.id', 'notifications.origin')
    .selectAll('notifications')
    .where('notifications.account', '=', viewer)
    .where('accounts.suspended_at', 'is', null)
    .where(isThere)
    .where('notifications.filtered', '>=', least)
    .where('notifications.filtered', '<=', most)
    .where(sql<boolean>`(${types} IS NULL OR notifications.type IN (SELECT value FROM json_each(${types})))`)
    .where(sql<boolean>`(${without} IS NULL OR notifications.type NOT IN (SELECT value FROM json_each(${without})))`)
    .where(sql<boolean>`(${from} = 0 OR notifications.origin = ${from})`),
);
const newer = statement<{ viewer: number; above: number; limit: number }>((db, { viewer, above, limit }) =>
  db
    .selectFrom((is) =>
      is
        .selectFrom('notifications')
        .innerJoin('accounts', 'accounts.id', 'notifications.origin')
        .select('notifications.id')
        .where('notifications.account', '=', viewer)
        .where('notifications.id', '>', above)
        .where('notifications.filtered', '=', 0)
        .where('accounts.suspended_at', 'is', null)
        .where(isThere)
        .limit(limit)
        .as('unread'),
    )
    .select((is) => is.fn.countAll().as('n')),
);
const allOf = statement<{ account: number }>((db, { account }) =>
  db.selectFrom('notifications').selectAll().where('account', '=', account),
);

export const notificationQueries = {
  [notificationsOf.name]: list,
  [notificationById.name]: async (db: Database, { viewer, id }: { readonly viewer: number; readonly id: number }) => {
    const row = await own(db, viewer, id);
    return row && (await loadNotifications(db, viewer, [row]))[0];
  },
  [unreadNotifications.name]: async (
    db: Database,
    { viewer, limit }: { readonly viewer: number; readonly limit: number },
  ) => {
    const read = await markers.get(db, { account: viewer, timeline: 'notifications' });
    return numberOf(db, newer, { viewer, above: Number(read?.last_read ?? 0), limit });
  },
};

export const notificationCommands = { [dismissNotifications.name]: dismiss };

async function list(db: Database, query: NotificationQuery): Promise<readonly NotificationSnapshot[]> {
  const rows = await findPage(
    db,
    notifications,
    pages,
    {
      viewer: query.viewer,
      types: query.types ? JSON.stringify(query.types) : null,
      without: query.excludeTypes ? JSON.stringify(query.excludeTypes) : null,
      from: query.from ?? 0,
      least: query.onlyFiltered ? 1 : 0,
      most: query.onlyFiltered || query.includeFiltered ? 1 : 0,
    },
    query.page,
  );
  return loadNotifications(db, query.viewer, rows);
}

async function own(db: Database, viewer: number, id: number): Promise<NotificationRow | undefined> {
  const row = await notifications.get(db, { id });
  return row?.account === viewer ? row : undefined;
}

async function dismiss(
  context: CommandContext,
  { actor, id }: { readonly actor: number; readonly id?: number },
): Promise<undefined> {
  if (id === undefined) {
    await removeNotices(context, await notifications.find(context.db, allOf, { account: actor }));
    return;
  }
  const row = await own(context.db, actor, id);
  if (!row) throw new CarillonError('not-found', `there is no notification ${id}`);
  await removeNotices(context, [row]);
}
