import {
  type CommandContext,
  type Database,
  type NotificationRow,
  notificationPermissions,
  notifications,
  statement,
} from '../../state/index.ts';
import { settleHeldNotifications } from './messages.ts';
import { removeNotices } from './withdraw.ts';

const heldFrom = statement<{ account: number; origin: number }>((db, { account, origin }) =>
  db
    .selectFrom('notifications')
    .selectAll()
    .where('origin', '=', origin)
    .where('account', '=', account)
    .where('filtered', '=', 1),
);

export interface Settlement {
  readonly actor: number;
  readonly from: number;
  readonly accept: boolean;
}

export const heldCommands = {
  [settleHeldNotifications.name]: async (context: CommandContext, { actor, from, accept }: Settlement) => {
    const rows = await find(context.db, actor, from);
    if (!accept) await removeNotices(context, rows);
    if (!accept || rows.length === 0) return rows.length;
    for (const row of rows) await notifications.put(context.db, { ...row, filtered: 0 });
    await notificationPermissions.put(context.db, { account: actor, origin: from });
    return rows.length;
  },
};

function find(db: Database, account: number, origin: number): Promise<readonly NotificationRow[]> {
  return notifications.find(db, heldFrom, { account, origin });
}
