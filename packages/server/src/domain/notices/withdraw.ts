import { sql } from 'kysely';
import {
  accountTopic,
  announce,
  type CommandContext,
  type NotificationRow,
  notifications,
  statement,
} from '../../state/index.ts';
import { AT_ONCE, type JobKind, serve } from '../jobs/serve.ts';
import type { Notice } from './judge.ts';

interface Matched {
  readonly account: number;
  /** Zero for any. */
  readonly origin: number;
  readonly post: number;
  /** The empty text for any. */
  readonly type: string;
}

/** What one account did to another is least: that index comes first where both are named. */
const matching = {
  pair: matchingBy('account', 'origin'),
  account: matchingBy('account'),
};

function matchingBy(...leading: readonly ('origin' | 'account')[]) {
  return statement<Matched>((db, wanted) => {
    const { origin, post, type } = wanted;
    return leading
      .reduce((query, column) => query.where(column, '=', wanted[column]), db.selectFrom('notifications').selectAll())
      .where(sql<boolean>`(${origin} = 0 OR origin = ${origin})`)
      .where(sql<boolean>`(${post} = 0 OR post = ${post})`)
      .where(sql<boolean>`(${type} = '' OR type = ${type})`);
  });
}

const aboutPost = statement<{ post: number }>((db, { post }) =>
  db.selectFrom('notifications').selectAll().where('post', '=', post).orderBy('id').limit(AT_ONCE),
);
const causedBy = statement<{ origin: number }>((db, { origin }) =>
  db.selectFrom('notifications').selectAll().where('origin', '=', origin).orderBy('account').limit(AT_ONCE),
);

/** What the notices are about, or who caused them. */
export type Gone = { readonly post: number } | { readonly origin: number };

/** Notices of what is gone, so that no others come; nobody is shown them meanwhile. */
export const withdrawal: JobKind<Gone> = {
  name: 'withdraw-notices',
  async serve(context, gone) {
    const { db } = context;
    const rows =
      'post' in gone ? await notifications.find(db, aboutPost, gone) : await notifications.find(db, causedBy, gone);
    await removeNotices(context, rows);
    // Those that are served are gone: the next ones are always the first.
    return rows.length < AT_ONCE ? undefined : 0;
  },
};

/** Takes back what everybody was told of a post, or by an account; call it when that is gone. */
export function withdrawAll(context: CommandContext, gone: Gone): Promise<void> {
  return serve(context, withdrawal, gone);
}

/** Takes back what one account was told: of an undone favourite, share or follow, by whom it blocks; absent is any. */
export async function withdrawNotices(
  context: CommandContext,
  { account, type, origin = 0, post = 0 }: Partial<Notice> & Pick<Notice, 'account'>,
): Promise<void> {
  const leading = origin === 0 ? 'account' : 'pair';
  await removeNotices(
    context,
    await notifications.find(context.db, matching[leading], { account, type: type ?? '', origin, post }),
  );
}

/** Of ids in one event; beyond them the event that made the notices go says enough (kernel K5). */
const MAX_IDS = 1_000;

export async function removeNotices(context: CommandContext, rows: readonly NotificationRow[]): Promise<void> {
  for (const { id } of rows) await notifications.remove(context.db, { id });
  const told = Map.groupBy(
    rows.filter(({ filtered }) => filtered === 0),
    ({ account }) => account,
  );
  for (const [account, gone] of told) {
    announce(context, {
      type: 'notification.dismissed',
      topics: [accountTopic(account)],
      data: { account, notifications: gone.slice(-MAX_IDS).map(({ id }) => id) },
    });
  }
}
